"""The demonstration department's open hits, of every kind, climbed by the services that officers use."""

from __future__ import annotations

import random
from datetime import timedelta

from django.utils import timezone

from accounts.models import Member
from alpr.policy import StatusSource
from detections import comparison
from detections.demonstration.lists import ABDUCTED, VIOLENT, WANTED
from detections.demonstration.readers import seen, send
from detections.live_status import Answer, Asked
from detections.models import Camera, Hit
from detections.services_hits import hit_ask, hit_exigent, hit_see, hit_validate

People = dict[str, Member]
Vehicle = tuple[str, str, str, str]
ACCORD, PICKUP = ("HONDA", "ACCORD", "SIL", "sedan"), ("FORD", "F-150", "BLU", "pickup")
TAHOE, SENTRA = ("CHEVROLET", "TAHOE", "BLK", "suv"), ("NISSAN", "SENTRA", "WHI", "sedan")
MAZDA, SUV = ("MAZDA", "3", "RED", "hatchback"), ("TOYOTA", "RAV4", "WHI", "suv")
OUTBACK, JEEP = ("SUBARU", "OUTBACK", "GRN", "suv"), ("JEEP", "WRANGLER", "ONG", "suv")


def open_ones(cameras: list[Camera], people: People, rng: random.Random) -> None:
    """Drive listed vehicles past the cameras, oldest first, and let the members answer as far as they got."""
    drive = Drive(cameras, rng)
    _exigent(drive.past(4, 7, "7TMS309", MAZDA), people)
    _no_match(drive.past(0, 3, "52KR18", TAHOE, state="NV"), people)
    drive.past(2, 2.1, "6RNK218", OUTBACK)
    _seen(drive.past(1, 1.2, "5JHC874", SENTRA), people)
    drive.past(3, 0.9, "5SXY310", JEEP)
    _checked(drive.past(2, 0.6, "9BQT661", SUV), people)
    _asked(drive.past(1, 0.3, WANTED[0], ("SUBARU", "", *WANTED[3:5])), people)
    drive.past(5, 0.25, VIOLENT[0], VIOLENT[2:])
    drive.past(2, 0.2, ABDUCTED[0], ABDUCTED[2:])
    drive.past(0, 0.05, "8KRB412", ACCORD, read_as="8KR8412")
    _parked(drive)


class Drive:
    """Vehicles that pass cameras now and in the last hours."""

    def __init__(self, cameras: list[Camera], rng: random.Random) -> None:
        self.cameras, self.rng, self.now = cameras, rng, timezone.now()

    def past(
        self,
        camera: int,
        hours: float,
        plate: str,
        vehicle: tuple[str, ...],
        *,
        state: str = "CA",
        read_as: str = "",
        picture: bool = True,
    ) -> Hit:
        """One vehicle passes one camera so many hours ago; gives the hit that it made or joined."""
        make, model, color, body = vehicle
        reader = self.cameras[camera]
        read = seen(
            reader, self.now - timedelta(hours=hours), self.rng, plate=plate, state=state, read_as=read_as,
            vehicle=(make, model, color, body), picture=picture,
        )  # fmt: skip
        made = send(reader, [read]).hit_ids
        return Hit.objects.get(pk=made[0]) if made else Hit.objects.latest("last_read_at")


def _parked(drive: Drive) -> None:
    """A parked car that the patrol vehicle passes again and again: one hit, which rings once."""
    for minutes in (9, 6, 3, 0.5):
        drive.past(4, minutes / 60, "6WVN230", PICKUP, picture=minutes == 9)


def same(hit: Hit) -> dict[str, str]:
    """The answer that everything is the same."""
    return {question.name: comparison.SAME for question in comparison.questions(hit, hit.agency.policy)}


def _seen(hit: Hit, people: People) -> Hit:
    return hit_see(
        actor=people["operator"], hit=hit, answers=same(hit), words="Looked at the driver at the light."
    )


def answered(hit: Hit, people: People, *, listed: bool, words: str) -> Hit:
    """The dispatcher's answer on the live status."""
    return hit_validate(
        actor=people["dispatcher"], hit=hit, method=StatusSource.DISPATCHER, asked=Asked.CLETS,
        answer=Answer.CURRENT if listed else Answer.NO_RECORD, words=words,
    )  # fmt: skip


def _checked(hit: Hit, people: People) -> Hit:
    return answered(_seen(hit, people), people, listed=True, words="Still listed, case 26-11873, robbery.")


def _asked(hit: Hit, people: People) -> Hit:
    return hit_ask(actor=people["operator"], hit=_seen(hit, people))


def _exigent(hit: Hit, people: People) -> Hit:
    return hit_exigent(
        actor=people["operator"], hit=_seen(hit, people),
        reason="The vehicle drove at a pedestrian while dispatch was busy.",
    )  # fmt: skip


def _no_match(hit: Hit, people: People) -> Hit:
    return answered(
        _seen(hit, people), people, listed=False, words="No match: recovered on Friday, record cleared."
    )
