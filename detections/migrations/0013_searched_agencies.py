"""Searches of other agencies’ data."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("detections", "0012_forwarding"),
    ]

    operations = []
