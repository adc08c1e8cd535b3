"""The broad searches that wait for a second person: what each asks and why, and the decision of another.

Who decides sees the question and its purpose, and no result.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Member
from accounts.permissions import Permission
from detections.models import Search
from detections.search_waiting import waiting
from detections.search_words import Asked
from detections.services_search import SEARCH_MOVES, elements, search_decide, state_of
from detections.views_console import signed_in_member
from trail.models import Inquiry
from trail.moves import MoveRefused
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule


class DecisionForm(forms.Form):
    """A note on the decision, for who asked; needed where it is declined."""

    note = forms.CharField(
        label="Note for who asked",
        required=False,
        max_length=300,
        help_text="Needed to decline: what is too broad, or what is missing.",
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
    )


@rule(Permission.APPROVE_SEARCHES)
@require_GET
@never_cache
def searches_waiting(request: HttpRequest) -> HttpResponse:
    """What waits, with the purpose of each and why it is broad. It shows no plate."""
    member = signed_in_member(request)
    rows = list(waiting(member.agency).select_related("inquiry", "asked_by").prefetch_related("cameras"))
    context = {
        "others": [Asked(row) for row in rows if row.asked_by_id != member.pk],
        "own": [Asked(row) for row in rows if row.asked_by_id == member.pk],
        "good_for": Inquiry.GOOD_FOR // timedelta(hours=1),
    }
    return render(request, "detections/searches_waiting.html", context)


@rule(Permission.APPROVE_SEARCHES)
@require_http_methods(["GET", "POST"])
@never_cache
def search_decision(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One broad search as it was asked. POST `decision` approves or declines it, with a `note`."""
    member = signed_in_member(request)
    rows = Search.objects.filter(agency=member.agency_id).exclude(broad_why="")
    one = get_object_or_404(rows.select_related("inquiry", "asked_by", "decided_by", "agency"), pk=pk)
    gate.require(member, Permission.APPROVE_SEARCHES, on=one)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _decided(form, member, one, request.POST.get("decision", "")):
        messages.success(request, "The decision is recorded, and who asked sees it.")
        return redirect("searches_waiting")
    record(member, Verb.SEARCH_VIEWED, one, inquiry=one.inquiry, elements=elements(one))
    is_own = one.asked_by_id == member.pk
    context = {
        "search": one,
        "asked": Asked(one),
        "form": form,
        "is_own": is_own,
        "moves": [] if is_own else SEARCH_MOVES.open_from(state_of(one)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "detections/search_decision.html", context, status=status)


def _decided(form: DecisionForm, member: Member, one: Search, decision: str) -> bool:
    """Decide it; where that is refused the form says why, and the attempt is recorded."""
    if decision not in SEARCH_MOVES.table:
        form.add_error(None, "Approve the search, or decline it.")
        return False
    approve, note = decision == "approve", form.cleaned_data["note"]
    try:
        search_decide(actor=member, search=one, approve=approve, note=note)
    except ValidationError as problems:
        form.add_error(None, problems)
        return False
    except (MoveRefused, gate.Refused) as refused:
        if isinstance(refused, gate.Refused) and refused.kind != "two people":
            raise
        why = refused.reason if isinstance(refused, gate.Refused) else str(refused)
        record(member, Verb.ATTEMPTED, one, inquiry=one.inquiry, detail=why, outcome=Outcome.REFUSED)
        form.add_error(None, why)
        return False
    return True
