"""Hot lists, the files loaded into them and their entries: read here, changed through the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import services
from hotlists.models import Entry, HotList, Snapshot
from hotlists.moves import ENTRY_MOVES, moves_open_to
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.admin_base import GatedAdmin
from training.admin_forms import ActForm, Line


class DesignateList(ActForm):
    """A hot list to be designated (Vallejo Policy 426.4(f))."""

    name, label, permission = "add", "Designate a hot list", Permission.DESIGNATE_LISTS
    explains = (
        "A general list can be loaded at once. A specific list waits for approval by another administrator. "
        "The immigration violator file is no source: it never enters."
    )

    list_name = Line(label="Name", max_length=120)
    kind = forms.ChoiceField(choices=HotList.Kind.choices)
    source = forms.ChoiceField(choices=HotList.Source.choices)
    refresh_hours = forms.IntegerField(
        min_value=1, required=False, help_text="Only where the list is old sooner than the policy says."
    )

    def perform(self) -> str:
        """Designate it."""
        given = dict(self.cleaned_data)
        self.row = services.list_designate(
            actor=self.member, agency=self.member.agency, name=given.pop("list_name"), **given
        )
        return f"{self.row} is designated."


class ApproveList(ActForm):
    """The second person's approval of a specific list."""

    name, label, permission = "approve", "Approve for its first entry", Permission.DESIGNATE_LISTS
    explains = "Members may then enter hot plates, each approved by another person before it is used."

    @classmethod
    def possible(cls, member: Member, row: HotList) -> bool:
        """Where it waits, for another than who designated it."""
        return row.waits and row.designated_by_id != member.pk

    def perform(self) -> str:
        """Approve it."""
        services.list_approve(actor=self.member, hot_list=self.row)
        return f"{self.row} is approved and takes hot plates."


class CloseList(ActForm):
    """Taking a list out of use."""

    name, label, permission = "close", "Take out of use…", Permission.DESIGNATE_LISTS
    explains = "Its entries match nothing from then on. They stay, as the history does."

    why = Line(max_length=200)

    @classmethod
    def possible(cls, member: Member, row: HotList) -> bool:
        """While it is in use."""
        return row.is_active

    def perform(self) -> str:
        """Take it out of use."""
        services.list_deactivate(actor=self.member, hot_list=self.row, why=self.cleaned_data["why"])
        return f"{self.row} is out of use."


@admin.register(HotList)
class HotListAdmin(GatedAdmin):
    """Hot lists: designated, approved and taken out of use through services."""

    sees = Permission.SEE_LISTS
    adding, acts = DesignateList, (ApproveList, CloseList)
    list_display = ("name", "kind", "source", "is_active", "is_open", "loaded_at", "is_fresh")
    list_filter = ("kind", "source", "is_active")
    fields = readonly_fields = (
        "name", "kind", "source", "refresh_hours", "is_active", "designated_by", "designated_at",
        "approved_by", "approved_at", "loaded_at", "is_fresh",
    )  # fmt: skip

    @admin.display(description="takes entries", boolean=True)
    def is_open(self, row: HotList) -> bool:
        """Whether entries may be made."""
        return row.is_open

    @admin.display(description="loaded")
    def loaded_at(self, row: HotList) -> Any:
        """When its last file was loaded."""
        last = row.last_snapshot
        return last and last.loaded_at

    @admin.display(description="within its interval", boolean=True)
    def is_fresh(self, row: HotList) -> bool | None:
        """Whether it is; nothing is said of specific lists."""
        return None if row.fresh_for is None else not row.is_old()


@admin.register(Snapshot)
class SnapshotAdmin(GatedAdmin):
    """Files as they were loaded."""

    sees = Permission.SEE_LISTS
    agency_path = "hot_list__agency"
    list_display = (
        "loaded_at",
        "hot_list",
        "file_name",
        "added",
        "removed",
        "unchanged",
        "refused",
        "loaded_by",
    )
    list_filter = ("loaded_at",)
    list_select_related = ("hot_list", "loaded_by")
    fields = readonly_fields = (
        "hot_list", "file_name", "sha256", "loaded_by", "loaded_at", "added", "removed", "unchanged",
        "refused",
    )  # fmt: skip


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
        "hot_list", "snapshot", "state_of_entry", "plate", "state", "vehicle", "reason", "case_number",
        "synopsis", "entering_agency", "entered_by", "entered_at", "last_day", "decided_by", "decided_at",
        "closed_by", "closed_at", "closed_why",
    )  # fmt: skip

    def elements(self, row: Any) -> dict[str, Any]:
        """The plate of the entry shown."""
        return {"plate": row.plate, "state": row.state}
