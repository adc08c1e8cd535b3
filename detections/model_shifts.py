"""Patrol cars, the shifts they drive, and what their computers hold and deleted after a transfer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Member
from detections.model_reads import Camera, ReaderKey


class PatrolCar(models.Model):
    """A vehicle that carries readers. Its cameras name it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="patrol_cars")
    unit = models.CharField(max_length=20, help_text="As dispatch calls it: 4K12.")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["unit"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "unit"], name="patrol_car_once_per_agency"),
        ]

    def __str__(self) -> str:
        return f"patrol car {self.unit}"


class Shift(models.Model):
    """One shift with a patrol car: the equipment check at its start, the transfer at its end.

    Alameda Policy 462: the user who signs in checks the equipment at the start of each shift. West Covina
    Policy 462: data is transferred at the start and end of each shift.
    """

    patrol_car = models.ForeignKey(PatrolCar, on_delete=models.PROTECT, related_name="shifts")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="shifts")
    began_at = models.DateTimeField(auto_now_add=True)
    checks = models.JSONField(
        default=list, help_text='What was checked: {"item", "passed", "note"}, the items of `shifts.Item`.'
    )
    passed = models.BooleanField(help_text="Whether all of it worked.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    transferred_at = models.DateTimeField(null=True, help_text="When the last of its data had come in.")
    not_transferred_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-began_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["patrol_car"], condition=Q(ended_at=None), name="one_open_shift_per_patrol_car"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="shift_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"shift {self.pk} of {self.patrol_car}"

    @property
    def agency(self) -> Agency:
        """The agency of its car."""
        return self.patrol_car.agency


class VehicleCopy(models.Model):
    """What a vehicle's computer still holds of one camera's reads, and when reads last came in late.

    Beside the camera, so that a transfer is no change of the camera's record. It names no plate.
    """

    camera = models.OneToOneField(
        Camera, on_delete=models.PROTECT, primary_key=True, related_name="vehicle_copy"
    )
    said_at = models.DateTimeField(null=True, help_text="When the transfer client last said what it holds.")
    left = models.PositiveIntegerField(default=0, help_text="Reads that have not come in.")
    set_aside = models.PositiveIntegerField(default=0, help_text="Reads that were refused, kept apart there.")
    late_at = models.DateTimeField(null=True, help_text="When reads last came in over an hour after capture.")
    late_seconds = models.PositiveIntegerField(default=0, help_text="How long after capture the oldest came.")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"copy of {self.camera} in its vehicle"

    @property
    def agency(self) -> Agency:
        """The agency of its camera."""
        return self.camera.agency


class LocalPurge(models.Model):
    """The signed list of what a vehicle's computer deleted after a transfer, as it sent it.

    `signature` is the HMAC-SHA-256 of the list under the reader's key, so that nobody without the key can
    have written it.
    """

    key = models.ForeignKey(ReaderKey, on_delete=models.PROTECT, related_name="local_purges")
    list_sha256 = models.CharField("SHA-256 of the list", max_length=64)
    signature = models.CharField(max_length=64)
    purged = models.PositiveIntegerField(help_text="Reads deleted from the vehicle's computer.")
    pictures = models.PositiveIntegerField(help_text="Pictures deleted from the vehicle's computer.")
    purged_at = models.DateTimeField(help_text="By the vehicle's clock.")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-received_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key", "list_sha256"], name="local_purge_once_per_list"),
        ]

    def __str__(self) -> str:
        return f"{self.purged} reads on the vehicle’s computer (list {self.pk})"

    @property
    def agency(self) -> Agency:
        """The agency of its camera."""
        return self.key.camera.agency
