"""The demonstration department as a whole: made once, through the services, and marked as what it is."""

from __future__ import annotations

import random
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.services import purpose_state
from detections import images
from detections.demonstration import compared, ended, hits, kept, lists, parked, people, readers, wanted
from detections.demonstration.drawing import draw_scene
from detections.models import Camera
from detections.services_images import photograph_give
from detections.services_search import search_make

SEED = 20261122


class NotEmpty(Exception):
    """A real department stands here; the demonstration stays out."""


def make() -> bool:
    """Make the demonstration department; False where it stands already. All of it or nothing.

    Raises `NotEmpty` where a department that is no demonstration has its data here.
    """
    if Agency.objects.filter(is_demonstration=True).exists():
        return False
    if Agency.objects.exists():
        raise NotEmpty("A department has its data here, so no demonstration is loaded beside it.")
    with images.taken_back_on_error(), transaction.atomic():
        _make(random.Random(SEED))  # noqa: S311  (invented traffic, no secret)
    return True


def _make(rng: random.Random) -> None:
    agency, members = people.found()
    cameras = readers.cameras(agency)
    stolen, lines = lists.general(agency, members, rng)
    readers.two_weeks(cameras, rng)
    readers.before_they_were_listed(cameras, rng)
    lists.today(members, stolen, lines)
    wanted.hot_plates(agency, members)
    ended.closed_ones(cameras, members, rng)
    hits.open_ones(cameras, members, rng)
    _photograph(members["operator"], cameras[0], rng)
    _search(members["analyst"])
    kept.holds(cameras, members)
    compared.findings(agency, cameras, rng)
    parked.week(agency, members, rng)


def _photograph(officer: Member, camera: Camera, rng: random.Random) -> None:
    """A photograph that waits for the worker when the system starts."""
    inquiry = purpose_state(
        actor=officer,
        offense="traffic",
        case_number="26-11902",
        reason="Gray pickup parked on Alder Ave with fresh damage; is it the one from the collision?",
    )
    scene = draw_scene(
        plate="7NHD082",
        state="CA",
        color="GRY",
        body="pickup",
        night=False,
        seed=rng.randrange(1 << 30),
        camera="Photograph by a member",
        captured_at=timezone.now(),
    )
    photograph_give(actor=officer, inquiry=inquiry, data=scene.jpeg)


def _search(analyst: Member) -> None:
    inquiry = purpose_state(
        actor=analyst,
        offense="robbery",
        case_number="26-11873",
        reason="Where the white SUV from the Quay St robbery was before and after 16:40.",
    )
    now = timezone.now()
    search_make(
        actor=analyst,
        inquiry=inquiry,
        plate="9BQT661",
        state="CA",
        since=now - timedelta(days=14),
        until=now,
    )
