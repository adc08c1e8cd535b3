"""Holds, and the certificates of what was deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from accounts.models import Member
from accounts.permissions import Permission
from detections import retention
from detections.models import Detection, Hold, PurgeRun
from training.admin_base import GatedAdmin
from training.admin_forms import ActForm, Line, Words


class PlaceHold(ActForm):
    """Keeping a detection past its time, as evidence."""

    name, label, permission = "add", "Place a hold", Permission.HOLD
    explains = "The detection, its picture and its hits are kept until the hold is released."

    detection = forms.UUIDField(label="Detection", help_text="Its id, as its page or the request shows it.")
    case_number = Line(max_length=30)
    reason = Words(max_length=300)

    def clean_detection(self) -> Detection:
        """The agency's detection with that id."""
        found = Detection.objects.filter(pk=self.cleaned_data["detection"], agency=self.member.agency).first()
        if found is None:
            raise ValidationError("There is no such detection here. It may have been deleted in its time.")
        return found

    def perform(self) -> str:
        """Place it through the service."""
        self.row = retention.hold_place(actor=self.member, **self.cleaned_data)
        return f"The {self.row} is placed."


class ReleaseHold(ActForm):
    """Letting go what was held."""

    name, label, permission = "release", "Release…", Permission.HOLD
    title = "Release this hold"
    explains = "What it kept goes with the next deletion, if its time is up and no other hold stands."

    why = Words(label="Why")

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Once."""
        return row.released_at is None

    def perform(self) -> str:
        """Release through the service."""
        retention.hold_release(actor=self.member, hold=self.row, why=self.cleaned_data["why"])
        return f"The {self.row} is released."


@admin.register(Hold)
class HoldAdmin(GatedAdmin):
    """Holds, for the custodian."""

    sees = Permission.HOLD
    adding = PlaceHold
    acts = (ReleaseHold,)
    list_display = ("id", "case_number", "placed_by", "placed_at", "released_by", "released_at")
    list_select_related = ("placed_by", "released_by")
    search_fields = ("case_number",)
    fields = readonly_fields = (
        "kind", "case_number", "reason", "placed_by", "placed_at", "released_by", "released_at",
    )  # fmt: skip


@admin.register(PurgeRun)
class PurgeRunAdmin(GatedAdmin):
    """Certificates of deletion: what was due, held and gone, under which policy."""

    sees = Permission.OVERSEE
    list_display = ("ran_at", "due", "held", "rows_gone", "files_gone", "finished_at", "policy_version")
    list_filter = ("ran_at",)
    fields = readonly_fields = (*list_display, "captured_before", "files_left")
