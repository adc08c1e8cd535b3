"""Entries of hot lists: read here, hot plates moved through the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import services
from hotlists.models import Entry, HotList
from hotlists.moves import ENTRY_MOVES, moves_open_to
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.admin_base import GatedAdmin, member_of
from training.admin_forms import ActForm, Line


class MoveForm(ActForm):
    """One move of a hot plate; who may make it is asked of the table and of the gate."""

    service: Callable[..., Entry]
    permission = Permission.SEE_LISTS

    @classmethod
    def possible(cls, member: Member, row: Entry) -> bool:
        """Where the table of moves has it for this member."""
        return row.entered_by_id is not None and cls.name in {m.name for m in moves_open_to(member, row)}

    def perform(self) -> str:
        """Make the move."""
        try:
            entry = type(self).service(actor=self.member, entry=self.row, **self.cleaned_data)
        except MoveRefused as refused:
            raise ValidationError(str(refused)) from refused
        return f"{str(entry).capitalize()}: {entry.get_state_of_entry_display().lower()}."


class ApproveHotPlate(MoveForm):
    """Approval by another than who entered it."""

    name, label = "approve", ENTRY_MOVES.table["approve"].label
    service = staticmethod(services.hot_plate_approve)


class DeclineHotPlate(MoveForm):
    """Refusal, with the reason for who entered it."""

    name, label = "decline", ENTRY_MOVES.table["decline"].label + "…"
    service = staticmethod(services.hot_plate_decline)
    why = Line(max_length=200)


class CloseHotPlate(MoveForm):
    """Taking it off the list."""

    name, label = "close", ENTRY_MOVES.table["close"].label + "…"
    service = staticmethod(services.hot_plate_close)
    why = Line(max_length=200)


@admin.register(Entry)
class EntryAdmin(GatedAdmin):
    """Entries, read only but for the moves of hot plates. No list of them shows a plate."""

    sees = Permission.SEE_LISTS
    agency_path = "hot_list__agency"
    list_verb = page_verb = Verb.LIST_VIEWED
    acts = (ApproveHotPlate, DeclineHotPlate, CloseHotPlate)
    list_display = ("__str__", "hot_list", "state_of_entry", "reason", "entered_by", "entered_at", "last_day")
    list_filter = ("state_of_entry", "hot_list__kind", "entered_at")
    list_select_related = ("hot_list", "entered_by")
    fields = readonly_fields = (
        "hot_list", "snapshot", "source_file", "record_number", "state_of_entry", "plate", "state", "vehicle",
        "vin", "person", "reason", "case_number", "synopsis", "priority", "entering_agency", "entered_by",
        "entered_at", "starts_at", "last_day", "look_back_days", "inquiry", "replaces", "decided_by",
        "decided_at", "closed_by", "closed_at", "closed_why",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the lists that the member may see."""
        seen = HotList.objects.visible_to(member_of(request))
        return super().get_queryset(request).filter(hot_list__in=seen)

    def elements(self, row: Any) -> dict[str, Any]:
        """The plate of the entry shown."""
        return {"plate": row.plate, "state": row.state}
