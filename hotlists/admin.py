"""Hot lists: read here, designated, set, granted and closed through the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import restricted, services
from hotlists.admin_entries import EntryAdmin
from hotlists.admin_files import ListKeyAdmin, MappingAdmin, RefreshAdmin, SnapshotAdmin
from hotlists.forms_lists import SettingsForm
from hotlists.models import HotList
from hotlists.showing_lists import with_counts
from training.admin_base import GatedAdmin, member_of
from training.admin_forms import ActForm, Line

__all__ = [
    "EntryAdmin",
    "HotListAdmin",
    "ListKeyAdmin",
    "MappingAdmin",
    "RefreshAdmin",
    "SnapshotAdmin",
]


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
    is_restricted = forms.BooleanField(
        label="Restricted",
        required=False,
        help_text="Shown only to members to whom it is granted. A restricted source always is.",
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


class SetList(ActForm):
    """The settings of a list, as its own page asks for them."""

    name, label, permission = "settings", "Change its settings…", Permission.DESIGNATE_LISTS
    explains = "Each change is recorded with what was before and after."

    @classmethod
    def possible(cls, member: Member, row: HotList) -> bool:
        """While it is in use."""
        return row.is_active

    def prepare(self) -> None:
        """Ask what the list's page asks."""
        self.asked = SettingsForm(self.data if self.is_bound else None, hot_list=self.row)
        self.fields, self.initial = self.asked.fields, self.asked.initial

    def perform(self) -> str:
        """Set it."""
        self.asked.is_valid()
        services.list_set(actor=self.member, hot_list=self.row, **self.asked.cleaned_data)
        return "The settings are saved."


class IssueListKey(ActForm):
    """A key with which a machine gives files to the list."""

    name, label, permission = "issue-key", "Issue a key for a machine…", Permission.DESIGNATE_LISTS
    title = "Issue a key"
    explains = (
        "The key’s secret is shown on the next page and never again. It gives files to this list alone and "
        "opens nothing else."
    )

    @classmethod
    def possible(cls, member: Member, row: HotList) -> bool:
        """Where files may be loaded."""
        return row.takes_files

    def perform(self) -> str:
        """Issue through the service."""
        key, self.shown_once = services.list_key_issue(actor=self.member, hot_list=self.row)
        return f"Key {key.name} is issued"


def _offer(form: ActForm, members: QuerySet[Member]) -> None:
    choice = form.fields["member_granted"]
    assert isinstance(choice, forms.ModelChoiceField)
    choice.queryset = members


class GrantList(ActForm):
    """Granting a restricted list to another member."""

    name, label, permission = "grant", "Grant to a member…", Permission.DESIGNATE_LISTS
    explains = "The member sees its entries and hits from then on. Nobody grants a list to themselves."

    member_granted = forms.ModelChoiceField(Member.objects.none(), label="Member")

    @classmethod
    def possible(cls, member: Member, row: HotList) -> bool:
        """Of a restricted list in use."""
        return row.is_restricted and row.is_active

    def prepare(self) -> None:
        """Offer the members to whom it is not granted, without the member who asks."""
        _offer(self, restricted.grantable(self.row, self.member))

    def perform(self) -> str:
        """Grant through the service."""
        granted = self.cleaned_data["member_granted"]
        services.restricted_grant(actor=self.member, hot_list=self.row, member=granted)
        return f"{granted} sees {self.row} from now on."


class WithdrawList(ActForm):
    """Taking a grant back."""

    name, label, permission = "withdraw", "Take a grant back…", Permission.DESIGNATE_LISTS

    member_granted = forms.ModelChoiceField(Member.objects.none(), label="Member")
    why = Line(max_length=200)

    @classmethod
    def possible(cls, member: Member, row: HotList) -> bool:
        """Where it is granted to somebody."""
        return row.is_restricted and restricted.holders(row).exists()

    def prepare(self) -> None:
        """Offer those to whom it is granted."""
        _offer(self, restricted.holders(self.row))

    def perform(self) -> str:
        """Take it back through the service."""
        holder, why = self.cleaned_data["member_granted"], self.cleaned_data["why"]
        services.restricted_withdraw(actor=self.member, hot_list=self.row, member=holder, why=why)
        return f"{holder} no longer sees {self.row}."


@admin.register(HotList)
class HotListAdmin(GatedAdmin):
    """Hot lists: designated, set, approved, granted and taken out of use through services."""

    sees = Permission.SEE_LISTS
    adding = DesignateList
    acts = (ApproveList, SetList, GrantList, WithdrawList, IssueListKey, CloseList)
    list_display = (
        "name", "kind", "source", "is_restricted", "is_active", "is_open", "source_at", "overdue_since",
        "in_use", "files_waiting",
    )  # fmt: skip
    list_filter = ("kind", "source", "is_active", "is_restricted")
    fields = readonly_fields = (
        "name", "kind", "source", "is_restricted", "granted_to", "left_out", "priority", "refresh_hours",
        "mapping", "folder_pattern", "shrink_percent", "bad_percent", "look_back_days", "is_active",
        "designated_by", "designated_at", "approved_by", "approved_at", "source_at", "is_fresh", "in_use",
        "files_waiting",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The lists that the member may know of, with all that a row shows."""
        known = restricted.known_to(member_of(request))
        rows = super().get_queryset(request).filter(pk__in=known.values("pk"))
        return with_counts(rows)

    @admin.display(description="takes entries", boolean=True)
    def is_open(self, row: HotList) -> bool:
        """Whether entries may be made."""
        return row.is_open

    @admin.display(description="within its interval", boolean=True)
    def is_fresh(self, row: HotList) -> bool | None:
        """Whether it is; nothing is said of specific lists."""
        return None if row.fresh_for is None else not row.is_old()

    @admin.display(description="entries in use")
    def in_use(self, row: Any) -> str:
        """How many entries match now."""
        return f"{row.in_use:,}"

    @admin.display(description="files that wait")
    def files_waiting(self, row: Any) -> int:
        """How many files wait for a person."""
        return int(row.files_waiting)

    @admin.display(description="granted to")
    def granted_to(self, row: HotList) -> str:
        """Who sees a restricted list."""
        if not row.is_restricted:
            return "Everyone who may see hot lists"
        return ", ".join(map(str, restricted.holders(row))) or "Nobody yet"
