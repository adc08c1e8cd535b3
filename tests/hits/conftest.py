"""What the tests of hits share: hits as readers make them, and answers in words."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from accounts.models import AdoptedPolicy, Agency, Member
from detections import comparison, images
from detections.demonstration.drawing import Scene, draw_scene
from detections.ingest import Read, receive
from detections.models import Camera, Hit, LookBack, ReaderKey
from detections.services_hits import hit_exigent, hit_see
from hotlists.models import Entry, HotList
from hotlists.plates import fold, normalize
from tests.cast import found
from tests.hits.browsing import browser
from tests.hits.serving import server, uvicorn
from trail.models import Inquiry, Offense

# The fixtures of a real browser and a real server, for every test of this folder.
__all__ = ["browser", "server", "uvicorn"]

DANGER = "Shots fired from the car at Quay St."
WORDS = "Still listed. Stolen Nov 14, Eastmoor PD."
MakeHit = Callable[..., Hit]


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    """These tests sign in with a password alone."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def at() -> Callable[[Member], Client]:
    """A browser's session of a member."""

    def sign_in(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def under(agency: Agency, **rules: Any) -> None:
    """Put other rules of the ladder in force: `under(agency, before_stop=["seen"])`."""
    adopted = agency.adopted
    assert adopted is not None
    changed = adopted.policy.with_values({f"ladder.{name}": value for name, value in rules.items()})
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=changed.to_dict())


@pytest.fixture
def evidence(tmp_path: Path, settings: Any) -> Path:
    """A folder of its own for the pictures."""
    folder = tmp_path / "images"
    settings.STORAGES = settings.STORAGES | {
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "file_permissions_mode": 0o600},
        }
    }
    storages._storages.pop("evidence", None)
    return folder


def stored_picture(plate: str = "8KRB412", *, night: bool = True) -> tuple[str, list[int]]:
    """A drawn street scene in the evidence storage: its name, and where the plate lies in it."""
    scene = _drawn(plate, night)
    return images.store(scene.jpeg, timezone.now() - timedelta(minutes=2)), list(scene.box)


@cache
def _drawn(plate: str, night: bool) -> Scene:
    return draw_scene(
        plate=plate, state="CA", color="SIL", body="sedan", night=night, seed=7, camera="cam-12",
        captured_at=timezone.now() - timedelta(minutes=2),
    )  # fmt: skip


@pytest.fixture
def make_hit(
    reader_key: tuple[ReaderKey, str], entry: Callable[..., Entry], specific_list: HotList, operator: Member
) -> MakeHit:
    """Makes a hit as a reader does: `make_hit("8KRB412", read="8KR8412", make="Honda")`.

    `specific` puts the plate on the department's own list; facts of the read go in `reading`.
    """
    numbers = itertools.count(1)

    def make(
        listed: str = "8KRB412",
        *,
        read: str | None = None,
        specific: bool = False,
        reading: dict[str, Any] | None = None,
        **facts: Any,
    ) -> Hit:
        if specific:
            facts = {
                "hot_list": specific_list, "snapshot": None, "entered_by": operator,
                "case_number": "26-11873", "synopsis": "Driver wanted for the Quay St robbery.",
                "expires_at": timezone.now() + timedelta(days=30),
            } | facts  # fmt: skip
        entry(listed, facts.pop("state", "CA"), **facts)
        return hit_of(reader_key[0], read or listed, f"hit-{next(numbers)}", **(reading or {}))

    return make


def hit_of(key: ReaderKey, plate: str, sender_id: str, **facts: Any) -> Hit:
    """Send one read as the camera of `key`, and give the hit it makes."""
    given = {
        "captured_at": timezone.now() - timedelta(seconds=40),
        "content_sha256": "c" * 64,
        "state": "CA",
        "confidence": 0.51,
    } | facts
    one = Read(sender_id=sender_id, plate=plate, **given)
    receipt = receive(
        actor=key, camera=key.camera, reads=[one], refused=[], batch_sha256=(sender_id * 9)[:64]
    )
    return Hit.objects.get(pk=receipt.hit_ids[0])


@pytest.fixture
def foreign_hit(db: Any) -> Callable[[], Hit]:
    """Makes a hit of another agency."""

    def make() -> Hit:
        agency = found("Westport")
        chief = agency.members.get(badge="wes-02")
        camera = Camera.objects.create(agency=agency, code="w-1", name="Pier")
        hot_list = HotList.objects.create(
            agency=agency, name="Stolen", kind="general", source="svs", designated_by=chief
        )
        plate = normalize("7FGN111")
        Entry.objects.create(
            hot_list=hot_list, plate=plate, plate_key=fold(plate), state="CA", reason="Stolen vehicle",
            state_of_entry=Entry.State.IN_USE,
        )  # fmt: skip
        key = ReaderKey(camera=camera, issued_by=chief)
        key.make_secret()
        key.save()
        return hit_of(key, plate, "foreign-1")

    return make


def past(hit: Hit) -> Hit:
    """Mark a hit as found by looking back, under an inquiry of whoever designated its list."""
    member = hit.entry.hot_list.designated_by
    inquiry = Inquiry.objects.create(
        member=member, agency=hit.agency, offense=Offense.WANTED, case_number="26-11873"
    )
    since = hit.captured_at - timedelta(days=1)
    hit.look_back = LookBack.objects.create(
        agency=hit.agency, entry=hit.entry, inquiry=inquiry, since=since, until=hit.captured_at
    )
    hit.save()
    return hit


def claimed(hit: Hit, member: Member) -> Hit:
    """The hit compared by `member`, who found it alike and then claimed exigent circumstances."""
    hit_see(actor=member, hit=hit, answers=answers(hit))
    return hit_exigent(actor=member, hit=hit, reason=DANGER)


def answers(hit: Hit, value: str = comparison.SAME, **other: str) -> dict[str, str]:
    """The same answer to every question of the hit, but for `other`."""
    asked = comparison.questions(hit, hit.agency.policy)
    return {question.name: value for question in asked} | other
