"""What each member has chosen for the own console."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Member


class ConsoleChoice(models.Model):
    """Sound, keys and filters of one member's console. An empty filter shows everything.

    `keys` maps an action to a single key where the member changed it. `muted_until` silences what is not of
    high priority; high priority is silenced for ten minutes at most (`high_muted_until`).
    """

    member = models.OneToOneField(Member, on_delete=models.PROTECT, related_name="console_choice")
    volume = models.PositiveSmallIntegerField(default=60, help_text="Of the alert sound, from 0 to 100.")
    muted_until = models.DateTimeField(null=True, blank=True)
    high_muted_until = models.DateTimeField(null=True, blank=True)
    keys = models.JSONField(default=dict, blank=True)
    lists = ArrayField(models.BigIntegerField(), default=list, blank=True)
    priorities = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    areas = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(volume__lte=100), name="console_volume_in_percent"),
        ]

    def __str__(self) -> str:
        return f"console of {self.member}"
