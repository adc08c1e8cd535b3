"""Evidence packages: held data on its way out, and the chain of custody from there on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Member
from detections.model_retention import Hold


class SigningKey(models.Model):
    """An agency's Ed25519 key by its public half. The private half stays out of the database."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="signing_keys")
    public_key = models.CharField(max_length=64, unique=True, help_text="32 bytes in hexadecimal.")
    made_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"signing key {self.public_key[:16]}"


class EvidencePackage(models.Model):
    """What a hold keeps, asked for by one person, approved by another, built as a BagIt package and booked.

    Vallejo Policy 426.4: data kept as evidence is downloaded to portable media and booked into evidence.
    """

    class State(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", "Waits for a second person"
        APPROVED = "approved", "Is being built"
        DECLINED = "declined", "Declined"
        BUILT = "built", "Ready to be booked"
        FAILED = "failed", "Could not be built"
        BOOKED = "booked", "Booked into evidence"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="evidence_packages")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="packages")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    built_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField("SHA-256 of the package", max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="In bytes.")
    detections = models.PositiveIntegerField(default=0)
    hits = models.PositiveIntegerField(default=0)
    pictures = models.PositiveIntegerField(default=0)
    signed_with = models.ForeignKey(SigningKey, on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    property_number = models.CharField(max_length=40, blank=True, help_text="As the evidence room gave it.")

    class Meta:
        ordering = ["-asked_at"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="evidence_approved_by_another",
                violation_error_message="An evidence package is approved by another than who asks for it.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "declined"]) | Q(decided_by__isnull=False),
                name="evidence_built_after_approval",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | ~Q(property_number=""), name="booked_evidence_has_number"
            ),
        ]

    def __str__(self) -> str:
        return f"evidence package {self.pk} for case {self.hold.case_number}"


class CustodyStep(models.Model):
    """One step in the chain of custody: who had the package from whom, when and why. Written once."""

    package = models.ForeignKey(EvidencePackage, on_delete=models.PROTECT, related_name="custody")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    released_by = models.CharField(max_length=120, help_text="Who gave it.")
    received_by = models.CharField(max_length=120, help_text="Who took it.")
    reason = models.CharField(max_length=300)
    sha256 = models.CharField("SHA-256 as it then was", max_length=64)

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"custody of {self.package}"
