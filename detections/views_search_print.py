"""The results of a search on paper: with case number and purpose, and who printed them on every sheet."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from detections import search as query
from detections.search_agencies import by_agency, deleted_before, record_access
from detections.search_words import Asked
from detections.services_search import elements, require_open
from detections.views_console import signed_in_member
from detections.views_search import Found, own_search
from trail.verbs import Verb
from training.rules import rule

MOST_PRINTED = 500


@rule(Permission.SEARCH)
@require_GET
@never_cache
def search_print(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the search finds now, `MOST_PRINTED` at most, recorded as printed with how many."""
    asked, member = own_search(request, pk), signed_in_member(request)
    require_open(member, asked)
    order = request.GET.get("order", "newest")
    if order not in query.ORDERS:
        raise Http404
    found = list(query.walk(asked, order, limit=MOST_PRINTED + 1))
    reads = found[:MOST_PRINTED]
    said = elements(asked) | {"shown": len(reads), "order": order}
    record_access(member, Verb.PRINTED, asked, elements=said, shown=by_agency(reads))
    context = {
        "search": asked,
        "asked": Asked(asked),
        "rows": [Found(asked, read) for read in reads],
        "more": len(found) > len(reads),
        "most": MOST_PRINTED,
        "order": order,
        "printed_at": timezone.now(),
        "by": member,
        "deleted_before": deleted_before(asked),
    }
    return render(request, "detections/search_print.html", context)
