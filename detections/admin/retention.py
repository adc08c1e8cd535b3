"""Holds, and the certificates of what was deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from accounts.models import Member
from accounts.permissions import Permission
from detections import holds
from detections.admin.parking import ParkingGone
from detections.models import Hold, PurgeRun
from training.admin_base import GatedAdmin
from training.admin_forms import ActForm, Day, Words


class ReviewHold(ActForm):
    """That a hold is still needed."""

    name, label, permission = "review", "Review…", Permission.HOLD
    title = "Review this hold"
    explains = "It says why the hold is still needed, and sets the day of the next review."

    why = Words(label="Why is it still needed?", max_length=300)
    review_by = Day(label="Next review by", required=False, help_text="Empty: as the policy asks.")

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """As long as it stands."""
        return row.released_at is None

    def perform(self) -> str:
        """Review through the service."""
        holds.hold_review(actor=self.member, hold=self.row, **self.cleaned_data)
        return f"The review of {self.row} is recorded."


class AskRelease(ActForm):
    """Asking that a hold ends."""

    name, label, permission = "release", "Ask for its release…", Permission.HOLD
    title = "Ask for the release of this hold"
    explains = "It stands until another person has decided."

    why = Words(label="Why should it end?", max_length=300)

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Once, as long as it stands."""
        return row.released_at is None and row.release_asked_by is None

    def perform(self) -> str:
        """Ask through the service."""
        holds.hold_release_ask(actor=self.member, hold=self.row, **self.cleaned_data)
        return f"The release of {self.row} waits for another person."


class DecideRelease(ActForm):
    """Deciding what another asks."""

    name, label, permission = "decide", "Decide on its release…", Permission.APPROVE_EVIDENCE
    title = "Decide on the release of this hold"
    explains = "Once released, what it kept goes when its time is up, unless another hold keeps it."

    approve = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "Release it"), ("no", "Decline: it stands")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    note = Words(label="Why?", required=False, max_length=300, help_text="Needed where you decline.")

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where another person has asked for it."""
        asked = row.released_at is None and row.release_asked_by is not None
        return asked and row.release_asked_by_id != member.pk

    def perform(self) -> str:
        """Decide through the service."""
        decided = holds.hold_release_decide(actor=self.member, hold=self.row, **self.cleaned_data)
        return f"The {decided} is released." if decided.released_at else f"The {decided} stands."


@admin.register(Hold)
class HoldAdmin(GatedAdmin):
    """Holds, for the custodian. They are placed on the pages of what they keep."""

    sees = Permission.HOLD
    acts = (ReviewHold, AskRelease, DecideRelease)
    list_display = (
        "id", "kind", "case_number", "ground", "review_by", "placed_by", "release_asked_by", "released_at",
    )  # fmt: skip
    list_filter = ("kind", "ground", "review_by")
    list_select_related = ("placed_by", "release_asked_by")
    search_fields = ("case_number",)
    fields = readonly_fields = (
        "kind", "ground", "case_number", "reason", "hit", "search", "camera", "since", "until", "placed_by",
        "placed_at", "review_by", "reviewed_at", "release_asked_by", "release_asked_at", "release_why",
        "released_by", "released_at",
    )  # fmt: skip


@admin.register(PurgeRun)
class PurgeRunAdmin(GatedAdmin):
    """Certificates of deletion: what was due, held and gone, under which policy."""

    sees = Permission.OVERSEE
    inlines = (ParkingGone,)
    list_display = ("ran_at", "due", "held", "rows_gone", "files_gone", "finished_at", "policy_version")
    list_filter = ("ran_at",)
    readonly_fields = (
        "ran_at", "finished_at", "continued_by", "policy_version", "authority", "captured_before",
        "hits_before", "pictures_before", "due", "held", "held_for", "rows_gone", "days_dropped", "hits_due",
        "hits_held", "hits_gone", "pictures_gone", "jobs_gone", "plates_forgotten", "files_gone",
        "strays_gone", "files_left", "list_sha256",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": readonly_fields[:5]}),
        ("Due", {"fields": readonly_fields[5:8]}),
        ("Detections", {"fields": readonly_fields[8:13]}),
        ("Hits", {"fields": readonly_fields[13:16]}),
        ("Pictures and the rest", {"fields": readonly_fields[16:]}),
    )
