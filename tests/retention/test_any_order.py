"""Nothing lost, nothing kept beyond its time, nothing purged that is held, whatever happens in what order."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import AdoptedPolicy, Agency, Member
from accounts.services import purpose_state
from detections import images, partitions
from detections.holds import hold_place, hold_release_ask, hold_release_decide
from detections.ingest import Read, receive
from detections.models import Camera, Detection, Hit, HitRead, Hold, PurgeRun
from detections.retention import purge
from detections.services_search import search_make
from tests.retention.conftest import END, REASON
from tests.retention.test_purge_faults import MortalStorage, killed_at
from tests.retention.world import HELD_PLATE, PICTURE, Days, counted, keep_for, stored, taken_back
from trail.actors import System

KEPT = Days(3, 5)
OTHER = "7ABC123"
HELD_SINCE = timedelta(days=4)
Step = tuple[Any, ...]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ingest"), st.integers(0, 8), st.sampled_from([HELD_PLATE, OTHER]), st.booleans()),
        st.tuples(st.just("hold"), st.sampled_from(Hold.Kind.values), st.integers(0, 9)),
        st.tuples(st.just("release"), st.integers(0, 9)),
        st.tuples(st.just("clock"), st.integers(-3, 4)),
        st.tuples(st.just("purge")),
        st.tuples(st.just("killed"), st.integers(1, 90)),
    ),
    min_size=3,
    max_size=14,
)


@dataclass
class Kept:
    """One read that came in, and the hit that it made or joined."""

    pk: uuid.UUID
    captured_at: datetime
    plate: str
    image: str
    hit: int | None


@dataclass
class Standing:
    """A hold that stands, and by which words it keeps a read or a hit."""

    hold: Hold
    detections: set[uuid.UUID] = field(default_factory=set)
    hit: int | None = None
    since: datetime | None = None

    def keeps(self, read: Kept) -> bool:
        """Whether it keeps this detection."""
        if self.hold.kind == Hold.Kind.PLATE:
            return read.plate == HELD_PLATE
        if self.hold.kind == Hold.Kind.CAMERA:
            return self.since is not None and read.captured_at >= self.since
        return read.pk in self.detections or (self.hit is not None and read.hit == self.hit)


class Course:
    """A department through a row of steps, beside what must be left of its data."""

    def __init__(self, camera: Camera, members: tuple[Member, Member, Member], folder: Path) -> None:
        self.camera, self.folder = camera, folder
        self.operator, self.custodian, self.administrator = members
        self.moved, self.numbers = timedelta(), count(1)
        self.reads: dict[uuid.UUID, Kept] = {}
        self.of_hit: dict[int, list[Kept]] = {}
        self.holds: list[Standing] = []
        self.gone = 0

    def take(self, step: Step) -> None:
        """One step."""
        getattr(self, step[0])(*step[1:])

    def ingest(self, days_ago: int, plate: str, pictured: bool) -> None:
        """A read of some days ago comes in; those of the held plate make hits."""
        number = next(self.numbers)
        captured_at = timezone.now() - timedelta(days=days_ago, hours=number)
        image = images.store(PICTURE, captured_at) if pictured else ""
        read = Read(
            sender_id=f"r-{number}", captured_at=captured_at, plate=plate, content_sha256="c" * 64,
            image=image,
        )  # fmt: skip
        receipt = receive(
            actor=System("Tests"), camera=self.camera, reads=[read], refused=[], batch_sha256=f"{number:064}"
        )
        (pk,) = receipt.detection_ids
        made = Hit.objects.filter(detection_id=pk).first()
        joined = HitRead.objects.filter(detection_id=pk).first()
        hit = made.pk if made else joined.hit_id if joined else None
        one = Kept(pk, Detection.objects.get(pk=pk).captured_at, plate, image, hit)
        self.reads[pk] = one
        if hit is not None:
            self.of_hit.setdefault(hit, []).append(one)

    def hold(self, kind: str, which: int) -> None:
        """A custodian holds something that is there."""
        placed = Standing(Hold())
        there, hits = sorted(self.reads), sorted(self.of_hit)
        subject: dict[str, Any] = {}
        if kind == Hold.Kind.DETECTION and there:
            placed.detections = {there[which % len(there)]}
            subject = {"detection": Detection.objects.get(pk__in=placed.detections)}
        elif kind == Hold.Kind.HIT and hits:
            placed.hit = hits[which % len(hits)]
            subject = {"hit": Hit.objects.get(pk=placed.hit)}
        elif kind == Hold.Kind.PLATE:
            subject = {"plate": HELD_PLATE}
        elif kind == Hold.Kind.CAMERA:
            placed.since = timezone.now() - HELD_SINCE
            subject = {"camera": self.camera, "since": placed.since}
        elif kind == Hold.Kind.SEARCH:
            placed.detections, subject = self._searched()
        if subject:
            placed.hold = hold_place(
                actor=self.custodian, kind=Hold.Kind(kind), ground="evidence", reason=REASON,
                case_number=f"26-{next(self.numbers):05}", **subject,
            )  # fmt: skip
            self.holds.append(placed)

    def _searched(self) -> tuple[set[uuid.UUID], dict[str, Any]]:
        since = timezone.now() - timedelta(days=KEPT.detections)
        found = {
            pk for pk, read in self.reads.items()
            if read.plate == HELD_PLATE and since <= read.captured_at < timezone.now()
        }  # fmt: skip
        if not found:
            return found, {}
        inquiry = purpose_state(
            actor=self.custodian, offense="support", case_number="26-11873", reason=REASON
        )
        return found, {"search": search_make(actor=self.custodian, inquiry=inquiry, plate=HELD_PLATE)}

    def release(self, which: int) -> None:
        """Two people release a hold."""
        if self.holds:
            one = self.holds.pop(which % len(self.holds))
            asked = hold_release_ask(actor=self.custodian, hold=one.hold, why=END)
            hold_release_decide(actor=self.administrator, hold=asked, approve=True)

    def clock(self, days: int) -> None:
        """The clock moves, forward or back."""
        self.moved += timedelta(days=days)

    def purge(self) -> None:
        """What is due and not held goes, with its pictures, and nothing else."""
        self._expire()
        purge(self.camera.agency)
        assert set(Detection.objects.values_list("pk", flat=True)) == set(self.reads)
        assert set(Hit.objects.values_list("pk", flat=True)) == set(self.of_hit)
        assert stored(self.folder) == self._pictures()

    def killed(self, step: int) -> None:
        """The purge dies somewhere: what is missing was due, and what is left has its pictures."""
        before = set(self.reads), set(self.of_hit)
        reads, hits = dict(self.reads), dict(self.of_hit)
        self._expire()
        killed_at(step, self.camera.agency)
        there = set(Detection.objects.values_list("pk", flat=True))
        hits_there = set(Hit.objects.values_list("pk", flat=True))
        assert set(self.reads) <= there <= before[0]
        assert set(self.of_hit) <= hits_there <= before[1]
        self.gone -= len(there - set(self.reads))
        self.reads = {pk: reads[pk] for pk in there}
        self.of_hit = {pk: hits[pk] for pk in hits_there}
        assert stored(self.folder) >= self._pictures()

    def _expire(self) -> None:
        now = timezone.now()
        held = {pk for pk, read in self.reads.items() if any(one.keeps(read) for one in self.holds)}
        due = now - timedelta(days=KEPT.detections)
        left = {pk: read for pk, read in self.reads.items() if pk in held or read.captured_at >= due}
        self.gone += len(self.reads) - len(left)
        assert KEPT.hits is not None
        due = now - timedelta(days=KEPT.hits)
        self.of_hit = {
            pk: reads for pk, reads in self.of_hit.items()
            if reads[0].captured_at >= due or any(one.keeps(read) for one in self.holds for read in reads)
        }  # fmt: skip
        self.reads = left

    def _pictures(self) -> set[str]:
        shown = [*self.reads.values(), *(read for reads in self.of_hit.values() for read in reads)]
        return {read.image for read in shown if read.image}


@pytest.fixture
def days_around(db: Any) -> None:
    """The partitions that the clock may come to, made once for all that is tried."""
    partitions.ensure(timezone.now() + timedelta(days=day) for day in range(-40, 40))


@contextmanager
def moving(course: Course, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock of the course."""
    real: Callable[[], datetime] = timezone.now
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: real() + course.moved)
        yield


@pytest.mark.usefixtures("days_around")
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
@example(
    steps=[
        ("ingest", 4, HELD_PLATE, True), ("hold", "hit", 0), ("purge",), ("release", 0), ("clock", 2),
        ("killed", 40), ("hold", "plate", 0), ("clock", -3), ("ingest", 6, OTHER, True),
    ]
)  # fmt: skip
@example(
    steps=[
        ("ingest", 2, HELD_PLATE, True), ("ingest", 2, OTHER, True), ("hold", "search", 0), ("clock", 4),
        ("hold", "camera", 0), ("purge",), ("release", 0), ("purge",), ("release", 0), ("killed", 70),
    ]
)  # fmt: skip
def test_whatever_happens_what_is_left_is_what_must_be(
    steps: list[Step], agency: Agency, camera: Camera, operator: Member, custodian: Member,
    administrator: Member, evidence: Path, entry: Any, monkeypatch: pytest.MonkeyPatch, mortal: None,
) -> None:  # fmt: skip
    with taken_back(evidence):
        keep_for(agency, KEPT)
        long_ago = timezone.now() - timedelta(days=90)
        AdoptedPolicy.objects.filter(agency=agency).update(effective_from=long_ago, approved_at=long_ago)
        entry(HELD_PLATE)
        course = Course(camera, (operator, custodian, administrator), evidence)
        with moving(course, monkeypatch):
            for step in [*steps, ("purge",)]:
                course.take(step)
        assert counted(PurgeRun.objects.all(), ["rows_gone"])["rows_gone"] == course.gone


@pytest.fixture
def mortal(settings: Any) -> None:
    """The evidence lies where the purge can be killed between two files."""
    backend = f"{MortalStorage.__module__}.{MortalStorage.__qualname__}"
    place = settings.STORAGES["evidence"]
    settings.STORAGES = settings.STORAGES | {"evidence": place | {"BACKEND": backend}}
