"""Findings of swapped and counterfeit plates."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("detections", "0013_searched_agencies"),
    ]

    operations = []
