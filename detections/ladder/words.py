"""How sentences name a hit's steps, and what is missing."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from alpr.policy import Policy, Rung
from detections.comparison import PASSING, listing, questions
from detections.ladder.standing import latest
from detections.live_status import Answer
from detections.models import Hit, HitStep

SHUT_WORDS = {"see": "Does not match", "validate": "Not listed", "confirm": "Not confirmed"}


def at(moment: datetime | None) -> str:
    """The local time of day as sentences say it."""
    return f"{timezone.localtime(moment):%H:%M:%S}" if moment else ""


def day_and_time(moment: datetime) -> str:
    """The local day and time as sentences say them: "Nov 12, 14:03"."""
    local = timezone.localtime(moment)
    return f"{local:%b} {local.day}, {local:%H:%M}"


def need_words(rung: Rung, hit: Hit, policy: Policy, *, yours: bool = True) -> str:
    """How a sentence names what is missing for `rung`."""
    if rung == Rung.VALIDATED:
        return "the live status"
    if rung == Rung.CONFIRMED:
        return f"{entered_by(hit)}’s confirmation"
    asked, before = questions(hit, policy), latest(hit, "see")
    if before is not None:
        asked = [question for question in asked if before.answers.get(question.name) not in PASSING]
        return f"a clear answer on {listing(question.phrase for question in asked)}"
    whose = "your" if yours else "an officer’s"
    return f"{whose} answers on {listing(question.phrase for question in asked)}"


def entered_by(hit: Hit) -> str:
    """Who answers for the entry: the agency that entered it, or the member."""
    return hit.entry.entering_agency or str(hit.entry.entered_by or "the entering agency")


def shut_words(hit: Hit) -> str:
    """Whose answer shut the hit, as a sentence."""
    step = latest(hit, hit.shut_by_move)
    if step is None:
        return "An answer shut it."
    said = {
        "see": "saw that the vehicle in the image is not the one on the list.",
        "validate": f"recorded the live answer: {answered(step)}.",
        "confirm": "recorded that the entering agency does not confirm it.",
    }
    return f"{step.by} {said[step.move]}"


def answered(step: HitStep) -> str:
    """The live answer of a step within a sentence: "not current"."""
    given = step.answers.get("answer", "")
    return str(Answer(given).label).lower() if given else "still listed" if step.passed else "no match"


def step_words(step: HitStep) -> str:
    """One step in a few words, for refusals and the ladder."""
    words = {
        "see": "compared with the image.",
        "ask": "dispatch is asked.",
        "validate": "the live status is recorded.",
        "impracticable": "it is recorded why the live status could not be asked.",
        "confirm": "the entering agency’s answer is recorded.",
        "exigent": "exigent circumstances are claimed.",
        "review_exigent": "the claim is reviewed.",
        "stop": "the stop is recorded.",
        "close": "the hit is closed.",
    }
    return words[step.move]
