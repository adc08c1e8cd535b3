"""Deletion: the certificates of what was deleted, and what the next purge would delete."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from detections import due, retention
from detections.models import PurgeRun
from detections.views_console import signed_in_member
from trail.services import record
from trail.verbs import Verb
from training.rules import rule

SHOWN = 30


@rule(Permission.OVERSEE)
@require_GET
@never_cache
def purges(request: HttpRequest) -> HttpResponse:
    """The last certificates of the agency, and which deletions were missed, broke off or went on later."""
    agency = signed_in_member(request).agency
    runs = PurgeRun.objects.filter(agency=agency).select_related("continued_by")[: SHOWN + 1]
    missed = _missed_before(runs)
    context = {
        "runs": [(run, missed.get(run.pk)) for run in runs[:SHOWN]],
        "last": retention.last_purge(agency),
        "is_overdue": retention.is_overdue(agency),
        "broken_off": set(retention.broken_off(agency).values_list("pk", flat=True)),
    }
    return render(request, "detections/purges.html", context)


def _missed_before(runs: Iterable[PurgeRun]) -> dict[int, timedelta]:
    """The runs, newest first, before which the daily deletion was missed: for how long none began."""
    lasted = {later.pk: later.ran_at - earlier.ran_at for later, earlier in pairwise(runs)}
    return {pk: gap for pk, gap in lasted.items() if gap > retention.OVERDUE_AFTER}


@rule(Permission.OVERSEE)
@require_GET
@never_cache
def purge_preview(request: HttpRequest) -> HttpResponse:
    """What a deletion would delete now; it changes nothing, and is recorded. It shows no plate."""
    member = signed_in_member(request)
    found = due.preview(member.agency)
    record(member, Verb.PURGE_PREVIEWED, "the next deletion", elements={"due": found.due, "held": found.held})
    return render(request, "detections/purge_preview.html", {"preview": found, "lines": found.lines})
