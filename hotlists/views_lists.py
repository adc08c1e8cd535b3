"""Hot lists: all of them, one with its files, settings and grants, and the form to designate another."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import restricted, services, sources
from hotlists.forms_lists import GrantForm, ListForm, WhyForm, add_errors
from hotlists.models import Entry, HotList, Snapshot
from hotlists.showing import viewer
from hotlists.showing_files import recent
from hotlists.showing_lists import SHOWN, choices, list_rows, settings_of
from training import gate
from training.rules import rule


@rule(Permission.SEE_LISTS)
@require_GET
@never_cache
def hot_lists(request: HttpRequest) -> HttpResponse:
    """All lists with source, age, entries in use and what waits. `?show=` narrows them down."""
    member = viewer(request)
    rows, asked = list_rows(member), request.GET.get("show", "")
    shown = asked if asked in SHOWN else ""
    context = {
        "rows": [row for row in rows if SHOWN[shown][1](row)],
        "choices": choices(rows),
        "show": shown,
        "used": sum(row.hot_list.is_active for row in rows),
        "old": sum(row.is_old for row in rows),
        "files": sum(row.files_waiting for row in rows),
        "lists_waiting": sum(row.hot_list.waits for row in rows),
        "may_load": gate.allows(member, Permission.LOAD_LISTS),
        "may_designate": gate.allows(member, Permission.DESIGNATE_LISTS),
    }
    return render(request, "hotlists/hot_lists.html", context)


@rule(Permission.SEE_LISTS)
@require_GET
@never_cache
def hot_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: source, who designated and approved it, settings, age, files, keys and grants."""
    return page(request, found(request, pk))


@rule(Permission.DESIGNATE_LISTS)
@require_http_methods(["GET", "POST"])
def hot_list_new(request: HttpRequest) -> HttpResponse:
    """The form to designate a list."""
    member = viewer(request)
    form = ListForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = services.list_designate(actor=member, agency=member.agency, **form.cleaned_data)
        except ValidationError as wrong:
            add_errors(form, wrong)
        else:
            messages.success(request, f"{made} is designated.")
            return redirect("hot_list", pk=made.pk)
    return render(request, "hotlists/hot_list_new.html", {"form": form}, status=422 if form.errors else 200)


def found(request: HttpRequest, pk: int) -> HotList:
    """The list, where the member may know of it; every other is out of sight."""
    member = viewer(request)
    lists = restricted.known_to(member).select_related("agency", "designated_by", "approved_by", "mapping")
    hot_list: HotList = get_object_or_404(lists, pk=pk)
    gate.require(member, Permission.SEE_LISTS, on=hot_list)
    return hot_list


def page(
    request: HttpRequest, hot_list: HotList, forms: dict[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a list; `forms` are those that were not taken: `close`, `grant` or `withdraw`."""
    member, last = viewer(request), hot_list.last_snapshot
    designates = gate.allows(member, Permission.DESIGNATE_LISTS, on=hot_list)
    context = {
        "hot_list": hot_list,
        "last": last,
        "is_old": hot_list.is_active and hot_list.is_old(),
        "in_use": _in_use(hot_list, last),
        "settings": settings_of(hot_list),
        "sees_entries": restricted.sees_entries(member, hot_list),
        "always_restricted": hot_list.source in sources.RESTRICTED,
        "files": recent(hot_list),
        "may_load": hot_list.takes_files and gate.allows(member, Permission.LOAD_LISTS, on=hot_list),
        "may_designate": designates and hot_list.is_active,
        "may_approve": designates and hot_list.waits and hot_list.designated_by_id != member.pk,
        "may_have_keys": designates
        and hot_list.takes_files
        and gate.allows(member, Permission.OVERSEE, on=hot_list),
        "keys": hot_list.keys.select_related("issued_by") if designates else [],
        **_grants(member, hot_list, designates=designates),
        "close_form": WhyForm(auto_id="id_close_%s"),
        **{f"{name}_form": form for name, form in (forms or {}).items()},
    }
    return render(request, "hotlists/hot_list.html", context, status=status)


def _in_use(hot_list: HotList, last: Snapshot | None) -> int:
    if hot_list.kind == HotList.Kind.SPECIFIC:
        return Entry.objects.hot_plates().in_use().filter(hot_list=hot_list).count()
    return last.standing if last else 0


def _grants(member: Member, hot_list: HotList, *, designates: bool) -> dict[str, object]:
    if not hot_list.is_restricted:
        return {}
    return {
        "holders": restricted.holders(hot_list),
        "grant_form": GrantForm(hot_list=hot_list, member=member) if designates else None,
        "withdraw_form": WhyForm(auto_id="id_withdraw_%s") if designates else None,
    }
