"""Searches of other agencies’ data."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_agreements"),
        ("detections", "0012_forwarding"),
    ]

    operations = [
        migrations.AddField(
            model_name="search",
            name="agencies",
            field=models.ManyToManyField(
                blank=True,
                help_text="Whose detections; empty: its own agency’s alone.",
                related_name="+",
                to="accounts.agency",
            ),
        ),
        migrations.AlterField(
            model_name="search",
            name="broad_why",
            field=models.CharField(
                blank=True,
                help_text="Why it needs a second person; empty where one may make it alone.",
                max_length=1000,
            ),
        ),
    ]
