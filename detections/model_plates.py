"""Which plates were read on which days: where a search looks, so that it passes over all other days.

It names plates, and keeps none longer than the detections it speaks of: `detections.plates_seen.forget`.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from accounts.models import Agency


class SeenPlate(models.Model):
    """A folded plate that an agency's readers have read, and the listed days on which they did."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    plate_key = models.CharField(max_length=10)
    grams = ArrayField(
        models.CharField(max_length=3), help_text="Every three characters that stand together."
    )
    days = ArrayField(models.IntegerField(), help_text="Days in UTC since January 1, 1970, in order.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["agency", "plate_key"], name="seen_plate_once")]
        indexes = [GinIndex(fields=["grams"], name="seen_plate_grams")]

    def __str__(self) -> str:
        return f"seen plate {self.pk}"


class ListedDay(models.Model):
    """A day whose every detection of the agency stands among its seen plates."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.IntegerField(help_text="In UTC, since January 1, 1970.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["agency", "day"], name="listed_day_once")]

    def __str__(self) -> str:
        return f"listed day {self.day}"
