"""Files of general lists, their layouts and keys: read here, decided and revoked through the services."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import restricted, services
from hotlists.models import ListKey, Mapping, Refresh, Snapshot
from hotlists.moves_files import REFRESH_MOVES, moves_open_to
from training.admin_base import GatedAdmin, member_of
from training.admin_forms import ActForm, Line


class OfKnownLists(GatedAdmin):
    """Records of lists that the member may know of; a restricted list is known to those who designate."""

    agency_path = "hot_list__agency"
    list_select_related: ClassVar[Any] = ("hot_list",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the lists that the member may know of."""
        known = restricted.known_to(member_of(request))
        return super().get_queryset(request).filter(hot_list__in=known)


@admin.register(Snapshot)
class SnapshotAdmin(OfKnownLists):
    """Files as they were loaded."""

    sees = Permission.SEE_LISTS
    list_display = (
        "loaded_at", "hot_list", "file_name", "added", "changed", "removed", "unchanged", "refused",
        "given_by",
    )  # fmt: skip
    list_filter = ("loaded_at", "is_incremental")
    fields = readonly_fields = (
        "hot_list", "file_name", "sha256", "given_by", "loaded_by", "loaded_at", "source_at",
        "is_incremental", "added", "changed", "removed", "unchanged", "refused", "left_out", "standing",
    )  # fmt: skip


class ConfirmFile(ActForm):
    """Loading a file that waits, in spite of its reasons to wait."""

    name, label, permission = "confirm", REFRESH_MOVES.table["confirm"].label, Permission.LOAD_LISTS
    explains = "The list has what the file says from then on; its reasons to wait stay with it."

    @classmethod
    def possible(cls, member: Member, row: Refresh) -> bool:
        """Where the table of moves has it for this member."""
        return _may_move(cls.name, member, row)

    def perform(self) -> str:
        """Confirm it through the service."""
        services.refresh_confirm(actor=self.member, refresh=self.row)
        return f"{str(self.row).capitalize()} is confirmed and will be loaded."


class LetFileGo(ActForm):
    """Letting a file go that waits."""

    name, label = "let-go", REFRESH_MOVES.table["let_go"].label + "…"
    permission = Permission.LOAD_LISTS
    explains = "Nothing of it is loaded, and the list stays as it is."

    why = Line(max_length=200)

    @classmethod
    def possible(cls, member: Member, row: Refresh) -> bool:
        """Where the table of moves has it for this member."""
        return _may_move("let_go", member, row)

    def perform(self) -> str:
        """Let it go through the service."""
        services.refresh_let_go(actor=self.member, refresh=self.row, why=self.cleaned_data["why"])
        return f"{str(self.row).capitalize()} is let go."


def _may_move(name: str, member: Member, row: Refresh) -> bool:
    return name in {move.name for move in moves_open_to(member, row)}


@admin.register(Refresh)
class RefreshAdmin(OfKnownLists):
    """Files on their way in, whatever became of them. Their bad lines stand on the list's own pages."""

    sees = Permission.SEE_LISTS
    acts = (ConfirmFile, LetFileGo)
    list_display = (
        "received_at",
        "hot_list",
        "file_name",
        "how",
        "state",
        "added",
        "removed",
        "bad",
        "given_label",
    )
    list_filter = ("state", "how", "received_at")
    fields = readonly_fields = (
        "hot_list", "file_name", "how", "given_label", "received_at", "source_at", "size", "sha256", "layout",
        "state", "waits_for", "why", "good", "bad", "left_out", "added", "changed", "removed", "unchanged",
        "started_at", "finished_at", "attempts", "decided_by", "decided_at",
    )  # fmt: skip


@admin.register(Mapping)
class MappingAdmin(GatedAdmin):
    """Layouts of files, made and changed on their own pages, where a sample is tried."""

    sees = Permission.SEE_LISTS
    list_display = ("name", "source", "form", "is_incremental", "is_active", "made_by", "made_at")
    list_filter = ("source", "is_active")
    list_select_related = ("made_by",)
    fields = readonly_fields = (
        "name", "source", "form", "delimiter", "encoding", "has_header", "skip_lines", "columns", "words",
        "constants", "date_format", "ncic_codes", "is_incremental", "is_active", "made_by", "made_at",
    )  # fmt: skip


class RevokeListKey(ActForm):
    """Closing a key of a list for good."""

    name, label, permission = "revoke", "Revoke…", Permission.DESIGNATE_LISTS
    title = "Revoke this key"
    explains = "The machine that holds it can give no file from now on. A revoked key stays revoked."

    @classmethod
    def possible(cls, member: Member, row: ListKey) -> bool:
        """Once."""
        return not row.is_revoked

    def perform(self) -> str:
        """Revoke through the service."""
        services.list_key_revoke(actor=self.member, key=self.row)
        return f"Key {self.row.name} is revoked."


@admin.register(ListKey)
class ListKeyAdmin(OfKnownLists):
    """Keys with which machines give files. The page of a list issues them; none is shown again."""

    sees = Permission.DESIGNATE_LISTS
    acts = (RevokeListKey,)
    list_display = ("name", "hot_list", "issued_by", "issued_at", "last_used_at", "revoked_at")
    list_select_related: ClassVar[Any] = ("hot_list", "issued_by")
    fields = readonly_fields = ("name", "hot_list", "issued_by", "issued_at", "last_used_at", "revoked_at")
