"""The trail and the stated purposes, for those who may read them; reading them is an act as well."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.permissions import Permission
from trail.models import Event, Inquiry
from trail.verbs import Verb
from training.admin_base import GatedAdmin, member_of

AT_THE_DOOR = (Verb.SIGN_IN_FAILED, Verb.SIGN_IN_LOCKED)


class DayFilter(admin.SimpleListFilter):
    """Events of one local day."""

    title = "day"
    parameter_name = "day"
    DAYS_OFFERED = 7

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The last seven days; any other day can be written into the address."""
        today = timezone.localdate()
        days = [today - timedelta(days=back) for back in range(self.DAYS_OFFERED)]
        return [(day.isoformat(), f"{day:%b} {day.day}, {day.year}") for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the day chosen; a day that cannot be read holds nothing."""
        if not self.value():
            return queryset
        try:
            day = parse_date(self.value() or "")
        except ValueError:
            day = None
        if day is None:
            return queryset.none()
        start = timezone.make_aware(datetime(day.year, day.month, day.day))
        return queryset.filter(timestamp__gte=start, timestamp__lt=start + timedelta(days=1))


class VerbFilter(admin.SimpleListFilter):
    """Events by what was done."""

    title = "what was done"
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every verb, as its sentence reads."""
        return [(verb.value, verb.label.format(target="…")) for verb in Verb]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those with that verb."""
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(GatedAdmin):
    """Every act and every change, as it was written; nothing here can be changed."""

    sees = Permission.READ_TRAIL
    list_verb = page_verb = Verb.TRAIL_VIEWED
    list_display = ("at", "sentence", "outcome", "purpose", "remote_addr")
    list_display_links = ("at",)
    list_filter = (DayFilter, "outcome", VerbFilter)
    list_select_related = ("content_type",)
    fields = readonly_fields = (
        "at", "sentence", "outcome", "purpose", "data_elements", "row_changes", "actor_label", "agency_label",
        "policy_version", "remote_addr", "cid",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Events of the member's agency, and failures at the door by names that nobody has."""
        agency = member_of(request).agency_id
        nobody = Q(agency=None, actor_kind="", verb__in=AT_THE_DOOR)
        return Event.objects.filter(Q(agency=agency) | nobody).order_by("-id")

    @admin.display(description="when")
    def at(self, event: Event) -> str:
        """To a hundredth of a second, with the offset from UTC (CJIS AU-8)."""
        local = timezone.localtime(event.timestamp)
        hundredths = f"{local.microsecond // 10_000:02}"
        return f"{local:%b} {local.day}, {local.year}, {local:%H:%M:%S}.{hundredths} {local:%z}"

    @admin.display(description="data elements")
    def data_elements(self, event: Event) -> str:
        """The plate or other elements that were used."""
        return json.dumps(event.elements, ensure_ascii=False, indent=1) if event.elements else "None"

    @admin.display(description="changes of the row")
    def row_changes(self, event: Event) -> str:
        """What a change of a row changed, old and new."""
        changed = event.changes or {}
        return "; ".join(f"{name}: {_pair(pair)}" for name, pair in changed.items()) or "None"


@admin.register(Inquiry)
class InquiryAdmin(GatedAdmin):
    """Stated purposes: who, for what kind of case, under which number, for which reason."""

    sees = Permission.READ_TRAIL
    list_verb = page_verb = Verb.TRAIL_VIEWED
    list_display = ("number", "stated_at", "member", "offense", "case_number", "reason")
    list_filter = ("offense",)
    list_select_related = ("member",)
    search_fields = ("case_number",)
    fields = readonly_fields = ("number", "stated_at", "member", "agency", "offense", "case_number", "reason")


def _pair(pair: Any) -> str:
    return " → ".join(str(value) for value in pair) if isinstance(pair, list) else str(pair)
