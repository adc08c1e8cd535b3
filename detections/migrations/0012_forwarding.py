"""What is forwarded to a regional centre, and what came from others."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("detections", "0011_parking"),
    ]

    operations = []
