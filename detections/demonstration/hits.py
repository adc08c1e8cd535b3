"""The demonstration department's hits, at several rungs, each climbed by the services that officers use."""

from __future__ import annotations

import random
from datetime import timedelta

from django.utils import timezone

from accounts.models import Member
from alpr.policy import StatusSource
from detections import comparison
from detections.demonstration.readers import seen, send
from detections.live_status import Answer, Asked
from detections.models import Camera, Hit, Outcome
from detections.services_hits import hit_close, hit_exigent, hit_see, hit_validate

People = dict[str, Member]
Vehicle = tuple[str, str, str, str]


def at_several_rungs(cameras: list[Camera], people: People, rng: random.Random) -> None:
    """Drive listed vehicles past the cameras, oldest first, and let the members answer."""
    now = timezone.now()
    accord, pickup = ("HONDA", "ACCORD", "SIL", "sedan"), ("FORD", "F-150", "BLU", "pickup")
    tahoe, sentra = ("CHEVROLET", "TAHOE", "BLK", "suv"), ("NISSAN", "SENTRA", "WHI", "sedan")
    mazda, camry = ("MAZDA", "3", "RED", "hatchback"), ("TOYOTA", "CAMRY", "SIL", "sedan")
    suv = ("TOYOTA", "RAV4", "WHI", "suv")

    def passes(
        camera: int, hours: float, plate: str, vehicle: Vehicle, state: str = "CA", read_as: str = ""
    ) -> Hit:
        moment = now - timedelta(hours=hours)
        reader = cameras[camera]
        read = seen(reader, moment, rng, plate=plate, vehicle=vehicle, state=state, read_as=read_as)
        return Hit.objects.get(pk=send(reader, [read]).hit_ids[0])

    _recovered(passes(2, 100, "9LPX551", camry), people)
    _misread(passes(3, 52, "7TM5309", mazda), people)
    _exigent(passes(4, 7, "7TMS309", mazda), people)
    _no_match(passes(0, 3, "52KR18", tahoe, state="NV"), people)
    _seen(passes(1, 1.2, "5JHC874", sentra), people)
    _checked(passes(2, 0.6, "9BQT661", suv), people)
    passes(0, 0.05, "8KRB412", accord, read_as="8KR8412")
    passes(4, 0.01, "6WVN230", pickup)


def _same(hit: Hit) -> dict[str, str]:
    return {question.name: comparison.SAME for question in comparison.questions(hit, hit.agency.policy)}


def _seen(hit: Hit, people: People) -> Hit:
    return hit_see(
        actor=people["operator"], hit=hit, answers=_same(hit), words="Looked at the driver at the light."
    )


def _answered(hit: Hit, people: People, *, listed: bool, words: str) -> Hit:
    return hit_validate(
        actor=people["dispatcher"], hit=hit, method=StatusSource.DISPATCHER, asked=Asked.CLETS,
        answer=Answer.CURRENT if listed else Answer.NO_RECORD, words=words,
    )  # fmt: skip


def _checked(hit: Hit, people: People) -> Hit:
    return _answered(_seen(hit, people), people, listed=True, words="Still listed, case 26-11873, robbery.")


def _recovered(hit: Hit, people: People) -> None:
    hit = _answered(_seen(hit, people), people, listed=True, words="Still listed as stolen by Eastmoor PD.")
    note = "Parked and empty; towed and the owner told."
    hit_close(actor=people["operator"], hit=hit, outcome=Outcome.RECOVERED, case_number="26-11902", note=note)


def _misread(hit: Hit, people: People) -> None:
    asked = comparison.questions(hit, hit.agency.policy)
    answers = {question.name: comparison.DIFFERS for question in asked[:1]}
    hit = hit_see(actor=people["operator2"], hit=hit, answers=answers)
    hit_close(
        actor=people["operator2"], hit=hit, outcome=Outcome.MISREAD, note="The picture shows a 5, not an S."
    )


def _exigent(hit: Hit, people: People) -> None:
    hit = _seen(hit, people)
    hit_exigent(
        actor=people["operator"], hit=hit, reason="The vehicle drove at a pedestrian while dispatch was busy."
    )


def _no_match(hit: Hit, people: People) -> None:
    _answered(
        _seen(hit, people), people, listed=False, words="No match: recovered on Friday, record cleared."
    )
