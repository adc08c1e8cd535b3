"""Findings of swapped and counterfeit plates, and which batches are still to be looked at for them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0004_agreements"),
        ("detections", "0013_searched_agencies"),
    ]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="captured_from",
            field=models.DateTimeField(help_text="Capture time of the first stored read.", null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="captured_to",
            field=models.DateTimeField(help_text="Capture time of the last stored read.", null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="to_compare",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether its plates are still to be compared for findings.",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("to_compare", True)), fields=["id"], name="batch_to_compare"
            ),
        ),
        migrations.AddField(
            model_name="purgerun",
            name="findings_gone",
            field=models.PositiveIntegerField(
                default=0, help_text="Findings that went with a detection they rested on."
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="kind",
            field=models.CharField(
                choices=[
                    ("detection", "One detection"),
                    ("finding", "The detections of a finding"),
                    ("hit", "A hit with its detections"),
                    ("search", "The results of a search"),
                    ("plate", "Every detection of a plate"),
                    ("camera", "What a camera captures in a time"),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="hold", name="hold_names_what_it_keeps"),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["detection", "finding"]),
                    models.Q(
                        ("kind", "hit"),
                        models.Q(("hit__isnull", False), ("released_at__isnull", False), _connector="OR"),
                    ),
                    models.Q(("kind", "search"), ("search__isnull", False)),
                    models.Q(
                        ("kind", "plate"),
                        models.Q(
                            models.Q(("plate_key", ""), _negated=True),
                            ("released_at__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    models.Q(("camera__isnull", False), ("kind", "camera"), ("since__isnull", False)),
                    _connector="OR",
                ),
                name="hold_names_what_it_keeps",
            ),
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("apart", "Two places, too far apart for the time"),
                            ("unlike", "Vehicles that do not look alike"),
                        ],
                        max_length=10,
                    ),
                ),
                ("plate", models.CharField(max_length=10)),
                ("state", models.CharField(blank=True, max_length=2, verbose_name="state of the plate")),
                (
                    "doubts",
                    models.JSONField(default=list, help_text="The values of `Doubt` that weaken it."),
                ),
                (
                    "count",
                    models.PositiveIntegerField(default=0, help_text="How many reads contradicted another."),
                ),
                (
                    "weight",
                    models.FloatField(
                        help_text="Kilometers an hour that it takes, or points of what looks unlike."
                    ),
                ),
                ("kilometers", models.FloatField(help_text="Between the two places.", null=True)),
                ("one", models.UUIDField(help_text="The earlier of the two detections.")),
                ("other", models.UUIDField(help_text="The later of the two detections.")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "last_read_at",
                    models.DateTimeField(help_text="Capture time of the newest read that joined."),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=6
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("swapped", "Swapped or counterfeit plate"),
                            ("misread", "Misread by a reader"),
                            ("explained", "One vehicle; a clock or a camera’s place is wrong"),
                            ("two_vehicles", "One owner, who moved the plate lawfully"),
                            ("nothing", "Nothing to it"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="accounts.agency",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "one_camera",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="detections.camera",
                    ),
                ),
                (
                    "other_camera",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="detections.camera",
                    ),
                ),
            ],
            options={
                "ordering": ["-last_read_at", "-pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["agency", "plate"], name="finding_plate"),
                    models.Index(fields=["agency", "status", "-last_read_at"], name="finding_shown"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("agency", "kind", "plate", "state"),
                        name="finding_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("closed_by", None), ("result", ""), ("status", "open")),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                ("status", "closed"),
                                models.Q(("result", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="finding_closed_with_result",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FindingRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("detection_id", models.UUIDField(db_index=True)),
                (
                    "finding",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reads",
                        to="detections.finding",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("finding", "detection_id"), name="finding_read_once")
                ],
            },
        ),
    ]
