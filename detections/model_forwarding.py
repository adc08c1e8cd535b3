"""What is forwarded to a regional centre, and what comes from others: the decision, the queue, the counts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.keys import HashedKey
from accounts.models import Agency, Agreement, Member
from detections.model_reads import Camera, Transfer


class Forwarding(models.Model):
    """Detections go on to another installation as they come, under the agreement that names it.

    San Leandro Policy 418.5: data is transferred to the regional centre automatically and immediately. Where
    it goes is chosen by one person and approved by another. The key that the centre issued is not here
    (`forwarding.secret`). Counts and faults are the worker's: services save none of them.
    """

    class State(models.TextChoices):
        """Where the forwarding stands."""

        PROPOSED = "proposed", "Waits for a second person"
        ACTIVE = "active", "Forwards"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="forwardings")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="forwardings")
    address = models.CharField(max_length=200, help_text="Such as https://centre.example.gov.")
    with_pictures = models.BooleanField("pictures go as well", default=True)
    earlier_since = models.DateField(
        null=True, blank=True, help_text="Also what came in earlier, from this day of capture on."
    )
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)
    proposed_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_why = models.CharField(max_length=300, blank=True, editable=False)

    came_in = models.PositiveBigIntegerField(
        default=0, help_text="Detections that the centre has.", editable=False
    )
    refused = models.PositiveBigIntegerField(
        default=0, help_text="Times the centre refused a detection.", editable=False
    )
    pictures = models.PositiveBigIntegerField(
        default=0, help_text="Pictures that went with them.", editable=False
    )
    pictures_gone = models.PositiveBigIntegerField(
        default=0, help_text="Pictures gone before they could go.", editable=False
    )
    gone = models.PositiveBigIntegerField(
        default=0, help_text="Deleted here before they could be forwarded.", editable=False
    )
    unsent = models.PositiveBigIntegerField(
        default=0, help_text="Waited when the forwarding ended.", editable=False
    )
    receipt = models.JSONField(default=dict, help_text="The last receipt that was checked.", editable=False)
    receipt_at = models.DateTimeField(null=True, editable=False)
    earlier_queued_at = models.DateTimeField(null=True, editable=False)
    kicked_at = models.DateTimeField(
        null=True, help_text="When a run was last queued and has not begun.", editable=False
    )
    failures = models.PositiveIntegerField(
        default=0, help_text="Tries in a row that did not succeed.", editable=False
    )
    failing_since = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(max_length=300, blank=True, editable=False)
    next_try_at = models.DateTimeField(null=True, editable=False)
    said = models.JSONField(
        default=dict, help_text="How it stands at the centre, as the centre last said.", editable=False
    )
    said_at = models.DateTimeField(null=True, editable=False)
    ahead_ms = models.IntegerField(
        null=True, help_text="How far our clock runs ahead of the centre's.", editable=False
    )

    class Meta:
        ordering = ["-proposed_at"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
                name="forwarding_approved_by_another",
                violation_error_message="A forwarding is approved by another than who proposes it.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "ended"]) | Q(approved_by__isnull=False),
                name="forwarding_approved_first",
            ),
            models.UniqueConstraint(
                fields=["agreement"], condition=~Q(state="ended"), name="forwarding_once_per_agreement",
                violation_error_message="Another forwarding under this agreement stands: end it first.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"forwarding {self.pk} to {self.agreement.partner_name}"


class ForwardQueued(models.Model):
    """Detections that wait to be forwarded: what one batch stored, made in the same transaction.

    They are those of `transfer` with ids from `first_id` to `last_id`; without a transfer those of the camera
    in between that had come in by `queued_at`. `count` are those still to go.
    """

    forwarding = models.ForeignKey(
        Forwarding, on_delete=models.PROTECT, related_name="queued", db_index=False
    )
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+", db_index=False)
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    first_id = models.UUIDField()
    last_id = models.UUIDField()
    count = models.PositiveIntegerField()
    queued_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        indexes = [models.Index(fields=["forwarding", "id"], name="forward_queue")]

    def __str__(self) -> str:
        return f"{self.count} detections for {self.forwarding}"


class ForwardRefused(models.Model):
    """A detection that the centre did not take, with its reasons; it is sent again only if a person asks."""

    forwarding = models.ForeignKey(Forwarding, on_delete=models.PROTECT, related_name="refusals")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+", db_index=False)
    detection_id = models.UUIDField()
    reasons = models.JSONField(default=dict)
    refused_at = models.DateTimeField()

    class Meta:
        ordering = ["-refused_at", "-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["forwarding", "detection_id"], name="forward_refused_once"),
        ]

    def __str__(self) -> str:
        return f"detection {str(self.detection_id)[-12:]}, refused"


class ForwardSource(models.Model):
    """Another agency whose detections come in here as they come in there, under an agreement on file."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="forward_sources")
    name = models.CharField(max_length=120, help_text="The agency that sends.")
    prefix = models.CharField(
        max_length=8, help_text="Stands before its cameras’ codes here: slpd makes slpd-cam-12."
    )
    reference = models.CharField(max_length=120, help_text="The agreement, as your files name it.")
    ends_on = models.DateField(null=True, blank=True, help_text="The agreement’s last day, if it has one.")
    registered_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)
    registered_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_why = models.CharField(max_length=300, blank=True, editable=False)

    accepted = models.PositiveBigIntegerField(
        default=0, help_text="Detections of it that were stored.", editable=False
    )
    duplicates = models.PositiveBigIntegerField(default=0, help_text="That came again.", editable=False)
    refused = models.PositiveBigIntegerField(default=0, editable=False)
    receipt = models.JSONField(default=dict, help_text="The last receipt that was given.", editable=False)
    receipt_at = models.DateTimeField(null=True, editable=False)
    waiting_there = models.PositiveBigIntegerField(
        null=True, help_text="As it said with its last batch.", editable=False
    )
    waiting_since = models.DateTimeField(
        null=True, help_text="When the oldest of them came in there.", editable=False
    )
    purged = models.PositiveBigIntegerField(
        default=0, help_text="Of those accepted, gone by the policy.", editable=False
    )
    purged_before = models.DateTimeField(
        null=True, help_text="What was captured before was due then.", editable=False
    )
    held = models.PositiveBigIntegerField(default=0, help_text="Due then and kept by a hold.", editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "prefix"], name="forward_source_prefix",
                violation_error_message="Another source has this short name.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"source {self.name}"


class ForwardKey(HashedKey):
    """The key with which a source sends, and opens nothing else."""

    source = models.ForeignKey(ForwardSource, on_delete=models.PROTECT, related_name="keys")

    class Meta:
        ordering = ["-issued_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"forwarding key {self.name} of {self.source.name}"

    is_authenticated = True
    trail_kind = "source"

    @property
    def agency(self) -> Agency:
        """The agency that takes what comes."""
        return self.source.agency

    @property
    def trail_label(self) -> str:
        """Who sends, and the key's first characters."""
        return f"{self.source.name} (key {self.name})"

    @property
    def trail_agency(self) -> Agency:
        """The agency that takes what comes."""
        return self.source.agency

    @property
    def trail_policy(self) -> str:
        """The policy version in force there."""
        return self.source.agency.policy_label


class ForwardedCamera(models.Model):
    """A camera of a source, as it is known here. It becomes known when the source first names it."""

    source = models.ForeignKey(ForwardSource, on_delete=models.PROTECT, related_name="cameras")
    code = models.CharField(max_length=30, help_text="As the source names it.")
    camera = models.OneToOneField(Camera, on_delete=models.PROTECT, related_name="forwarded")
    told = models.JSONField(default=dict, help_text="What the source last said of it.")
    first_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["source", "code"], name="forwarded_camera_once"),
        ]

    def __str__(self) -> str:
        return f"camera {self.code} of {self.source.name}"

    @property
    def agency(self) -> Agency:
        """The agency that takes what comes."""
        return self.source.agency
