"""Parking: zones, reads, hits."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("detections", "0010_seen_plates"),
    ]

    operations = []
