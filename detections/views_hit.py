"""The open hit: its moves, its answers and its pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Member
from accounts.permissions import Permission
from alpr.policy import Policy
from detections import console as shown
from detections import ladder, left_open, pictures, results
from detections import services_hits as services
from detections.comparison import listing
from detections.forms_hits import FORMS, MoveForm
from detections.models import Hit
from detections.stepping import purpose
from detections.views_console import list_context, signed_in_member
from hotlists.patterns import alignment
from trail.moves import MoveRefused
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule

SERVICES: dict[str, Callable[..., Any]] = {
    "see": services.hit_see,
    "ask": services.hit_ask,
    "validate": services.hit_validate,
    "impracticable": services.hit_impracticable,
    "confirm": services.hit_confirm,
    "exigent": services.hit_exigent,
    "review_exigent": services.hit_exigent_review,
    "stop": services.hit_stop,
    "close": services.hit_close,
}
FURTHER_READS_SHOWN = 10
HEADINGS = {
    "ask": "Ask dispatch for the live status",
    "validate": "The live status",
    "impracticable": "Why the live status cannot be asked",
    "confirm": "The entering agency’s answer",
    "exigent": "Exigent circumstances",
    "review_exigent": "Review of the claim",
    "stop": "The stop",
}


def _found(request: HttpRequest, pk: int) -> Hit:
    """The hit, if it is the member's to see: out of sight is 404."""
    member = signed_in_member(request)
    hit = get_object_or_404(shown.visible(member).prefetch_related("steps__by"), pk=pk)
    gate.require(member, Permission.SEE_HITS, on=hit)
    return hit


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def hit(request: HttpRequest, pk: int) -> HttpResponse:
    """One hit, open, with the form of the move that fits now. Its result is told to who entered the plate."""
    found = _found(request, pk)
    page = _page(request, found, doing="")
    if found.status == Hit.Status.CLOSED:
        results.results_read(actor=signed_in_member(request), hits=[found.pk])
    return page


@rule(Permission.SEE_HITS)
@require_http_methods(["GET", "POST"])
@never_cache
def hit_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """One hit with the form of one move; a POST makes the move."""
    if move not in ladder.MOVES:
        raise Http404
    found = _found(request, pk)
    gate.require(signed_in_member(request), ladder.MOVES[move].permission, on=found)
    return _make(request, found, move) if request.method == "POST" else _page(request, found, doing=move)


def _make(request: HttpRequest, found: Hit, move: str) -> HttpResponse:
    member = signed_in_member(request)
    form = FORMS[move](request.POST, hit=found, policy=found.agency.policy)
    if not form.is_valid():
        return _page(request, found, doing=move, form=form, status=422)
    try:
        SERVICES[move](actor=member, hit=found, **form.arguments)
    except ValidationError as wrong:
        for name, errors in wrong.message_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return _page(request, found, doing=move, form=form, status=422)
    except MoveRefused as refused:
        attempted = f"“{ladder.MOVES[move].label}” on {found}"
        record(member, Verb.ATTEMPTED, attempted, detail=str(refused), outcome=Outcome.REFUSED)
        return _page(
            request, _found(request, found.pk), doing=move, form=form, refused=str(refused), status=409
        )
    if move != "close":
        return redirect("hit", pk=found.pk)
    messages.success(request, f"Hit {found.number} is closed with its result.")
    return redirect("console")


@rule(Permission.SEE_HITS)
@require_POST
def hit_results_read(request: HttpRequest) -> HttpResponse:
    """Keep that the member has read the results of plates of one's own, and come back to the console."""
    numbers = [int(number) for number in request.POST.getlist("hit") if number.isdecimal()]
    results.results_read(actor=signed_in_member(request), hits=numbers)
    return redirect("console")


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def hit_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Verdict, ladder and act bar of the open hit as they are now, for a console that heard of a change."""
    found = _found(request, pk)
    _record_view(signed_in_member(request), found, "again, after a change")
    return render(
        request, "detections/hit_now.html", _hit_context(request, found, request.GET.get("doing", ""))
    )


def _page(
    request: HttpRequest,
    found: Hit,
    *,
    doing: str,
    form: MoveForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    member = signed_in_member(request)
    _record_view(member, found)
    context = _hit_context(request, found, doing, form) | list_context(member, open_hit=found)
    context |= {"refused": refused, "picture": pictures.measure(found.image, found.box)}
    return render(request, "detections/hit.html", context, status=status)


def _record_view(member: Member, found: Hit, detail: str = "") -> None:
    elements = {"plate": found.plate, "listed": found.entry.plate}
    record(member, Verb.HIT_VIEWED, found, purpose=purpose(found), elements=elements, detail=detail)


def _hit_context(
    request: HttpRequest, found: Hit, doing: str, form: MoveForm | None = None
) -> dict[str, Any]:
    member, policy = signed_in_member(request), found.agency.policy
    may = _may(member, found)
    possible = [name for name in may if ladder.is_possible(name, found, policy)]
    following = shown.next_move(found, policy, may)
    asked = doing if doing in ladder.MOVES else following
    above, below = shown.rungs(found, policy, doing=asked)
    fits = asked in possible and not _comes_late(request, found, asked)
    if form is None and fits:
        form = FORMS[asked](hit=found, policy=policy)
    return (
        {
            "hit": found,
            "verdict": ladder.verdict(found, policy, yours="see" in may),
            "above": above,
            "below": below,
            "doing": asked,
            "move": ladder.MOVES.get(asked),
            "following": ladder.MOVES.get(following),
            "form": form,
            "can": possible,
            "is_possible": fits,
            "heading": HEADINGS.get(asked, ""),
            "may_hold": gate.allows(member, Permission.HOLD, on=found),
        }
        | _read_context(found)
        | _answers_context(found, policy)
    )


def _may(member: Member, found: Hit) -> list[str]:
    """The moves for which the gate lets the member through, but for the review of one's own doing."""
    held = gate.permitted(member, on=found)
    may = [name for name, move in ladder.MOVES.items() if move.permission in held]
    own = member.pk in (found.exigent_by_id, found.stopped_by_id)
    return [name for name in may if not (own and name == "review_exigent")]


def _comes_late(request: HttpRequest, found: Hit, asked: str) -> bool:
    """Whether the form of the first live answer came after it: it is never sent as a later answer."""
    return asked == "validate" and found.validated_at is not None and "later" not in request.GET


def _read_context(found: Hit) -> dict[str, Any]:
    """What was read, held against what is listed, and read again."""
    return {
        "entry": found.entry,
        "reason": shown.reason(found.entry),
        "row": shown.rows([found])[0],
        "how": "Exact" if found.is_exact and not found.state_differs else "Possible",
        "places": alignment(found.entry.plate, found.plate),
        "further_reads": found.further_reads.order_by("-captured_at")[:FURTHER_READS_SHOWN],
    }


def _answers_context(found: Hit, policy: Policy) -> dict[str, Any]:
    """The claim of exigent circumstances with its review, and the result or that it is overdue."""
    return {
        "is_left_open": left_open.is_left_open(found, policy),
        "claim": ladder.latest(found, "exigent"),
        "review": ladder.latest(found, "review_exigent"),
        "excusable": listing(
            ladder.need_words(rung, found, policy) for rung in ladder.excusable(found, policy)
        ),
        "review_hours": policy.ladder.exigent_review_hours,
        "review_due": ladder.review_due(found, policy),
        "result": ladder.latest(found, "close"),
    }


@rule(Permission.SEE_HITS)
@require_GET
def hit_image(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole picture of a hit, as it came."""
    return _evidence(request, pk, lambda hit: pictures.whole(hit.image), "the whole picture")


@rule(Permission.SEE_HITS)
@require_GET
def hit_plate(request: HttpRequest, pk: int) -> HttpResponse:
    """The plate of a hit, cut from its picture and enlarged."""
    return _evidence(request, pk, lambda hit: pictures.plate(hit.image, hit.box), "its plate, enlarged")


def _evidence(
    request: HttpRequest, pk: int, picture: Callable[[Hit], HttpResponse], which: str
) -> HttpResponse:
    found = _found(request, pk)
    answer = picture(found)
    record(
        signed_in_member(request),
        Verb.IMAGE_VIEWED,
        found,
        purpose=purpose(found),
        elements={"plate": found.plate},
        detail=which,
    )
    return answer
