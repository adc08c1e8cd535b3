"""The trail: stated purposes, and the one table of row changes and acts. Both are append-only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from auditlog.models import AbstractLogEntry, LogEntryManager
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from trail import context
from trail.verbs import Outcome, Verb


class AppendOnly(Exception):
    """An attempt to change or delete what has been recorded."""


class Offense(models.TextChoices):
    """The kind of case for which a search is made: the uses that policies list, in the field's words."""

    STOLEN = "stolen", "Stolen vehicle or plate"
    WANTED = "wanted", "Wanted person or warrant"
    MISSING = "missing", "Missing person, Amber or Silver alert"
    ROBBERY = "robbery", "Robbery"
    BURGLARY = "burglary", "Burglary or theft"
    ASSAULT = "assault", "Assault or shooting"
    HOMICIDE = "homicide", "Homicide"
    SEX = "sex", "Sexual offense"
    DOMESTIC = "domestic", "Domestic violence or protective order"
    TRAFFIC = "traffic", "Hit and run or traffic collision"
    NARCOTICS = "narcotics", "Narcotics"
    FRAUD = "fraud", "Fraud or forgery"
    WITNESS = "witness", "Witness or victim of violent crime"
    SUPPORT = "support", "Support of another department"
    ADMINISTRATIVE = "administrative", "Civil or administrative action"
    OTHER = "other", "Other crime, named in the reason"


class Inquiry(models.Model):
    """A stated purpose: who, for which agency, offense, case or incident number, reason.

    Civil Code 1798.90.52 asks for it with every access. It is good for one spell of duty, `GOOD_FOR`; after
    that the same purpose is stated again, so that no old number covers new curiosity.
    """

    GOOD_FOR = timedelta(hours=12)

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="inquiries")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    offense = models.CharField(max_length=20, choices=Offense)
    case_number = models.CharField("case or incident number", max_length=30, blank=True)
    reason = models.TextField(blank=True)
    stated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "inquiries"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(case_number="", reason=""),
                name="inquiry_has_number_or_reason",
                violation_error_message="State a case or incident number, or a reason.",
            )
        ]

    def __str__(self) -> str:
        return f"inquiry {self.number}"

    @property
    def number(self) -> str:
        """How the inquiry is cited: S, the year, its number."""
        return f"S-{self.stated_at:%Y}-{self.pk:06d}"

    @property
    def is_fresh(self) -> bool:
        """Whether the purpose still covers what its member does now."""
        return timezone.now() - self.stated_at < self.GOOD_FOR

    @property
    def purpose(self) -> str:
        """The purpose in one line, as it is written on every event under it."""
        parts = [self.get_offense_display()]
        if self.case_number:
            parts.append(f"case {self.case_number}")
        if self.reason:
            parts.append(f"“{self.reason}”")
        return ", ".join(parts)


class Event(AbstractLogEntry):
    """One line of the trail: a row change that auditlog wrote, or an act that `trail.record` wrote.

    Labels, the purpose and the policy version stand as they were at the time. PostgreSQL refuses UPDATE,
    DELETE and TRUNCATE by trigger, for the table's owner as well.
    """

    content_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    object_pk = models.CharField(max_length=255, blank=True, db_index=True)
    object_repr = models.TextField(blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_kind = models.CharField(max_length=10, blank=True)
    actor_label = models.CharField(max_length=200, blank=True)
    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agency_label = models.CharField(max_length=200, blank=True)
    verb = models.CharField(max_length=30, choices=Verb, db_index=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.DONE)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    purpose = models.TextField(blank=True)
    elements = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    detail = models.TextField(blank=True)
    policy_version = models.CharField(max_length=120, blank=True)

    objects: models.Manager[Event] = LogEntryManager()

    class Meta(AbstractLogEntry.Meta):
        abstract = False
        ordering = ["-id"]
        verbose_name = "event"
        verbose_name_plural = "events"
        indexes = [models.Index(fields=["agency", "-id"])]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """The event as prose: who did what, and how it ended."""
        act = Verb(self.verb).label.format(target=self.object_repr or "something")
        who = self.actor_label or "Somebody not signed in"
        refused = " and was refused" if self.outcome == Outcome.REFUSED else ""
        return f"{who} {act}{refused}" + (f": {self.detail}" if self.detail else "")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new event, with the circumstances in force; raise `AppendOnly` for an old one."""
        if self.pk is not None:
            raise AppendOnly("Events cannot be changed.")
        self._fill_in_circumstances()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Always raises `AppendOnly`."""
        raise AppendOnly("Events cannot be deleted.")

    def _fill_in_circumstances(self) -> None:
        act = context.current()
        self.cid: str | None = self.cid or act.request_id
        self.remote_addr: str | None = self.remote_addr or act.address
        if not self.verb:
            self.verb = (Verb.CREATED, Verb.CHANGED, Verb.DELETED)[self.action]
        if not self.actor_kind and act.actor is not None:
            self.credit(act.actor)

    def credit(self, actor: Any) -> None:
        """Write `actor` (see `trail.actors.Actor`) with its labels as they are now."""
        self.actor_kind = actor.trail_kind
        self.actor = actor if actor.trail_kind == "member" else None
        self.actor_label = actor.trail_label
        self.lay_with(actor.trail_agency)
        self.policy_version = actor.trail_policy

    def lay_with(self, agency: Any) -> None:
        """Put the event on the trail of `agency`, or of none, with its name as it is now."""
        self.agency = agency
        self.agency_label = str(agency or "")
