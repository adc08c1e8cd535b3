"""Hot lists and the files loaded into them: read here, changed through the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import services
from hotlists.admin_entries import EntryAdmin
from hotlists.models import HotList, Snapshot
from training.admin_base import GatedAdmin
from training.admin_forms import ActForm, Line

__all__ = ["EntryAdmin", "HotListAdmin", "SnapshotAdmin"]


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
