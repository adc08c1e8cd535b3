"""The demonstration department's hits of the last days, closed with every result, so that figures show."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta

from django.utils import timezone

from detections import comparison
from detections.demonstration.hits import ACCORD, MAZDA, PICKUP, SENTRA, People, answered, same
from detections.demonstration.readers import seen, send
from detections.ingest import Read
from detections.models import Camera, Hit, Outcome
from detections.services_hits import hit_close, hit_see

CAMRY = ("TOYOTA", "CAMRY", "SIL", "sedan")
LISTED = (
    ("9LPX551", CAMRY), ("7TMS309", MAZDA), ("8KRB412", ACCORD), ("5JHC874", SENTRA), ("6WVN230", PICKUP),
)  # fmt: skip
CURRENT = "Still listed as stolen by Eastmoor PD."
# How each ended, oldest first, and what the officer wrote.
ENDED = (
    (Outcome.RECOVERED, "Parked and empty; towed and the owner told."),
    (Outcome.MISREAD, "The picture shows a 5, not an S."),
    (Outcome.ARREST, "Driver arrested; vehicle returned to its owner."),
    (Outcome.NO_STOP, "Gone before a unit was near."),
    (Outcome.LOCATED, "Owner reached by telephone."),
    (Outcome.NOT_LISTED, "Recovered last week, record cleared."),
    (Outcome.RECOVERED, "Found in a driveway."),
    (Outcome.CITED, "Plate put on another vehicle by mistake."),
    (Outcome.MISREAD, "An 8, not a B."),
    (Outcome.NO_STOP, "Left the county."),
    (Outcome.RELEASED, "Driver had just bought it back; entry to be cleared."),
    (Outcome.MISMATCH, "A motorcycle, not a car."),
    (Outcome.RECOVERED, "Found behind the ferry car park."),
    (Outcome.WRONG_STATE, "The plate is of Nevada."),
)


def closed_ones(cameras: list[Camera], people: People, rng: random.Random) -> None:
    """Listed vehicles of the last two weeks, sent in one batch a camera, and how each hit ended."""
    now, batches = timezone.now(), defaultdict[int, list[Read]](list)
    for number in range(len(ENDED)):
        plate, vehicle = LISTED[number % len(LISTED)]
        moment = now - timedelta(hours=300 - 20 * number)
        place = number % 3
        batches[place].append(
            seen(cameras[place], moment, rng, plate=plate, state="CA", vehicle=vehicle, picture=False)
        )
    made = [pk for place, reads in batches.items() for pk in send(cameras[place], reads).hit_ids]
    for hit, (outcome, note) in zip(
        Hit.objects.filter(pk__in=made).order_by("captured_at"), ENDED, strict=True
    ):
        _end(hit, people, outcome, note)


def _end(hit: Hit, people: People, outcome: Outcome, note: str) -> None:
    officer = people["operator2"]
    if outcome == Outcome.MISREAD:
        differs = {question.name: comparison.DIFFERS for question in _asked(hit)[:1]}
        hit = hit_see(actor=officer, hit=hit, answers=differs)
    elif outcome == Outcome.NOT_LISTED:
        hit = answered(hit, people, listed=False, words="No record: recovered, entry cleared.")
    elif outcome.is_stop or outcome == Outcome.LOCATED:
        hit = hit_see(actor=officer, hit=hit, answers=same(hit), words="Nobody else in the vehicle.")
        hit = answered(hit, people, listed=True, words=CURRENT)
    case = "26-11764" if outcome.is_stop else ""
    hit_close(actor=officer, hit=hit, outcome=outcome, case_number=case, note=note)


def _asked(hit: Hit) -> list[comparison.Question]:
    return comparison.questions(hit, hit.agency.policy)
