"""A year of the parking program: reads, hits and citations, as a page and as a file. It names no vehicle."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from detections.parking import counts
from detections.views_console import signed_in_member
from trail.services import record
from trail.verbs import Verb
from training.rules import rule


@rule(Permission.OVERSEE)
@require_GET
@never_cache
def parking_year(request: HttpRequest) -> HttpResponse:
    """The counts of one year, this one where none is asked for."""
    agency = signed_in_member(request).agency
    known = counts.years(agency)
    found = counts.year(agency, _asked(request))
    context = {"year": found, "rows": [*found.kinds, found.all], "years": known}
    return render(request, "detections/parking/year.html", context)


@rule(Permission.OVERSEE)
@require_GET
@never_cache
def parking_year_file(request: HttpRequest) -> HttpResponse:
    """The same counts as CSV; recorded."""
    member = signed_in_member(request)
    found = counts.year(member.agency, _asked(request))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="parking-{found.year}.csv"'
    writer = csv.writer(answer)
    writer.writerow(["year", "kind", "reads", "reads_a_day", "hits", "cited", "not_cited", "share_cited"])
    a_day = "" if found.reads_a_day is None else round(found.reads_a_day)
    for kind in (*found.kinds, found.all):
        reads = (found.reads, a_day) if kind.label == found.all.label else ("", "")
        share = "" if kind.share is None else f"{kind.share:.4f}"
        writer.writerow([found.year, kind.label, *reads, kind.hits, kind.cited, kind.none, share])
    record(member, Verb.EXPORTED, f"the parking counts of {found.year}")
    return answer


def _asked(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    is_year = text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 9998
    return int(text) if is_year else timezone.localdate().year
