"""Hits with the rungs they climbed, and searches: to be read here, worked on in the console."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

from accounts.permissions import Permission
from detections.models import Hit, HitStep, Search
from hotlists.models import HotList
from trail.verbs import Verb
from training.admin_base import GatedAdmin, GatedInline, member_of


class Steps(GatedInline):
    """Who answered what, and when."""

    model = HitStep
    sees = Permission.SEE_HITS
    fields = readonly_fields = ("at", "move", "by", "passed", "answers", "method", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With who made them."""
        return super().get_queryset(request).select_related("by", "hit")


@admin.register(Hit)
class HitAdmin(GatedAdmin):
    """Hits, for oversight."""

    sees = Permission.SEE_HITS
    list_verb, page_verb = Verb.HITS_VIEWED, Verb.HIT_VIEWED
    inlines = (Steps,)
    list_display = ("number", "made_at", "status", "rung", "outcome", "match", "camera")
    list_filter = ("status", "match", "made_at", "outcome")
    list_select_related = ("camera",)
    readonly_fields = (
        "number", "made_at", "status", "rung", "outcome", "plate", "state", "match", "listed", "entry",
        "list_loaded_at", "camera", "captured_at", "vehicle", "confidence", "engine", "exigent_by",
        "exigent_at", "exigent_reviewed_by", "exigent_reviewed_at", "closed_by", "closed_at",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": readonly_fields[:5]}),
        (
            "As read",
            {"fields": ("plate", "state", "vehicle", "confidence", "engine", "camera", "captured_at")},
        ),
        ("As listed", {"fields": ("listed", "match", "entry", "list_loaded_at")}),
        ("Exigent circumstances", {"fields": readonly_fields[16:20]}),
        ("Closed", {"fields": ("closed_by", "closed_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the lists that the member may see."""
        seen = HotList.objects.visible_to(member_of(request))
        return super().get_queryset(request).filter(entry__hot_list__in=seen)

    def elements(self, row: Any) -> dict[str, Any]:
        """The plates of the hit shown."""
        return {"plate": row.plate, "listed": row.entry.plate}

    @admin.display(description="rung reached")
    def rung(self, hit: Hit) -> str:
        """The highest rung."""
        return capfirst(hit.rungs_done[-1].label)

    @admin.display(description="match", ordering="match")
    def match(self, hit: Hit) -> str:
        """Exact, or only possible."""
        return hit.get_match_display()

    @admin.display(description="plate as listed")
    def listed(self, hit: Hit) -> str:
        """The plate on the list, with its state."""
        return f"{hit.entry.state} {hit.entry.plate}".strip()


@admin.register(Search)
class SearchAdmin(GatedAdmin):
    """Searches as they were asked, for those who read the trail."""

    sees = Permission.READ_TRAIL
    list_verb = page_verb = Verb.TRAIL_VIEWED
    list_display = ("made_at", "member", "inquiry", "kind", "found")
    list_filter = ("kind", "made_at")
    list_select_related = ("inquiry__member",)
    fields = readonly_fields = (
        "made_at", "member", "inquiry", "kind", "pattern", "confusable", "state", "since", "until", "found",
    )  # fmt: skip

    def elements(self, row: Any) -> dict[str, Any]:
        """The plate or part of one that was asked for."""
        return {"pattern": row.pattern}

    @admin.display(description="by")
    def member(self, search: Search) -> str:
        """Who searched."""
        return str(search.inquiry.member)
