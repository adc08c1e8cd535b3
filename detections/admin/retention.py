"""Holds, and the certificates of what was deleted."""

from __future__ import annotations

from django.contrib import admin

from accounts.permissions import Permission
from detections.models import Hold, PurgeRun
from training.admin_base import GatedAdmin


@admin.register(Hold)
class HoldAdmin(GatedAdmin):
    """Holds, for the custodian, who places, reviews and ends them on their own pages."""

    sees = Permission.HOLD
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
    list_display = ("ran_at", "due", "held", "rows_gone", "files_gone", "finished_at", "policy_version")
    list_filter = ("ran_at",)
    fields = readonly_fields = (*list_display, "captured_before", "files_left")
