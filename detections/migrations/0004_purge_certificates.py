"""The certificate of a purge counts hits and photographs too, and names the run that continued it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("detections", "0003_partitions")]

    operations = [
        migrations.AddField(
            "purgerun",
            "continued_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="continues",
                to="detections.purgerun",
            ),
        ),
        migrations.AddField(
            "purgerun",
            "hits_before",
            models.DateTimeField(help_text="Empty where the policy keeps hits indefinitely.", null=True),
        ),
        *(
            migrations.AddField("purgerun", name, models.PositiveIntegerField(default=0))
            for name in ("hits_due", "hits_held", "hits_gone", "jobs_gone")
        ),
    ]
