"""A small world of detections, hits, photographs' jobs and holds, and what a purge must leave of it."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from hypothesis import strategies as st

from accounts.models import AdoptedPolicy, Agency, Member
from alpr.policy import load_preset
from detections import images, partitions, uuid7
from detections.models import (
    Camera,
    Detection,
    HeldDetection,
    Hit,
    HitRead,
    HitStep,
    Hold,
    ImageJob,
    PurgeRun,
)
from hotlists.models import Entry, HotList
from tests.search.conftest import picture

PICTURE = picture()


@contextmanager
def taken_back(folder: Path) -> Iterator[None]:
    """Rows and pictures written within are taken back at the end, so that one test can try many worlds."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Days:
    """How long an agency keeps detections and hits; None keeps hits indefinitely."""

    detections: int
    hits: int | None


@dataclass(frozen=True)
class Thing:
    """One detection of the world, `age` days and a half old, and what goes with it.

    `picture` is "none", "own", or "shared" with the one before of the same age. `hold` is "none", "standing"
    or "released". What `joins` is a further read of the last hit before it at its agency, where there is one.
    """

    agency: int
    age: int
    picture: str = "none"
    hit: bool = False
    job: bool = False
    hold: str = "none"
    joins: bool = False


DAYS = st.builds(Days, st.integers(1, 6), st.none() | st.integers(1, 6))
THINGS = st.lists(
    st.builds(
        Thing,
        agency=st.integers(0, 1),
        age=st.integers(0, 8),
        picture=st.sampled_from(["none", "own", "shared"]),
        hit=st.booleans(),
        job=st.booleans(),
        hold=st.sampled_from(["none", "none", "standing", "released"]),
        joins=st.booleans(),
    ),
    min_size=1,
    max_size=10,
)


def keep_for(agency: Agency, days: Days) -> None:
    """Let the agency's adopted policy keep for so long."""
    rules = {"retention.detections_days": days.detections, "retention.hits_days": days.hits}
    policy = load_preset("vallejo").with_values(rules)
    AdoptedPolicy.objects.filter(agency=agency).update(rules=policy.to_dict())


@dataclass
class Side:
    """One agency of the world: its camera, an entry to make hits of, a member to hold and to answer."""

    agency: Agency
    days: Days
    camera: Camera
    entry: Entry
    member: Member

    @classmethod
    def of(cls, member: Member, days: Days) -> Side:
        """The member's agency, which keeps for `days`."""
        agency = member.agency
        keep_for(agency, days)
        camera = Camera.objects.create(agency=agency, code=f"w-{uuid.uuid4().hex[:8]}", name="Quay St")
        hot_list = HotList.objects.create(
            agency=agency, name=f"List {uuid.uuid4().hex[:8]}", kind=HotList.Kind.GENERAL,
            source=HotList.Source.SVS, designated_by=member,
        )  # fmt: skip
        entry = Entry.objects.create(
            hot_list=hot_list, plate="8KRB412", plate_key="8KR8412", reason="Stolen vehicle",
            state_of_entry=Entry.State.IN_USE,
        )  # fmt: skip
        return cls(agency, days, camera, entry, member)


@dataclass
class World:
    """Two agencies and all that was made for them, with what was asked of each thing."""

    sides: list[Side]
    things: list[tuple[Thing, Detection]] = field(default_factory=list)
    hits: dict[int, Thing] = field(default_factory=dict)
    jobs: dict[int, Thing] = field(default_factory=dict)
    joined: dict[int, list[tuple[Thing, str]]] = field(default_factory=dict)

    def fill(self, things: Iterable[Thing]) -> World:
        """Make these things."""
        now = timezone.now()
        for number, thing in enumerate(things):
            self._make(thing, number, now - timedelta(days=thing.age, hours=12))
        return self

    def _make(self, thing: Thing, number: int, captured_at: datetime) -> None:
        side = self.sides[thing.agency]
        partitions.ensure([captured_at])
        detection = Detection.objects.create(
            id=uuid7.detection_id(captured_at, camera=side.camera.pk, sender_id=str(number)),
            agency=side.agency, camera=side.camera, sender_id=str(number), content_sha256="c" * 64,
            received_at=captured_at, plate="8KRB412", plate_key="8KR8412",
            image=self._picture(thing, captured_at),
        )  # fmt: skip
        self.things.append((thing, detection))
        if thing.joins:
            self._join(thing, detection)
        if thing.hit:
            hit = Hit.objects.create(
                agency=side.agency, entry=side.entry, detection_id=detection.pk, camera=side.camera,
                captured_at=captured_at, last_read_at=captured_at, match="exact", plate="8KRB412",
                image=detection.image,
            )  # fmt: skip
            HitStep.objects.create(hit=hit, move="see", by=side.member, passed=True)
            self.hits[hit.pk] = thing
            self.joined[hit.pk] = []
        if thing.job and detection.image:
            job = ImageJob.objects.create(
                camera=side.camera, sender_id=str(number), sha256="a" * 64, image=detection.image,
                captured_at=captured_at, state=ImageJob.State.READ, detection_ids=[str(detection.pk)],
            )  # fmt: skip
            self.jobs[job.pk] = thing
        if thing.hold != "none":
            end: dict[str, Any] = {"released_at": timezone.now(), "released_by": side.member}
            hold = Hold.objects.create(
                agency=side.agency, kind=Hold.Kind.DETECTION, case_number="26-11873", placed_by=side.member,
                reason="It shows the getaway car of the robbery.", review_by=timezone.localdate(),
                **(end if thing.hold == "released" else {}),
            )  # fmt: skip
            HeldDetection.objects.create(hold=hold, detection_id=detection.pk)

    def _join(self, thing: Thing, detection: Detection) -> None:
        last = [pk for pk, other in self.hits.items() if other.agency == thing.agency][-1:]
        for pk in last:
            HitRead.objects.create(
                hit_id=pk, detection_id=detection.pk, captured_at=detection.captured_at, plate="8KRB412",
                image=detection.image,
            )  # fmt: skip
            self.joined[pk].append((thing, detection.image))

    def _picture(self, thing: Thing, captured_at: datetime) -> str:
        if thing.picture == "none":
            return ""
        if thing.picture == "shared":
            for other, detection in reversed(self.things):
                if (other.agency, other.age) == (thing.agency, thing.age) and detection.image:
                    return detection.image
        return images.store(PICTURE, captured_at)

    def keeps_detection(self, thing: Thing) -> bool:
        """Whether its detection must be left."""
        return thing.hold == "standing" or thing.age < self.sides[thing.agency].days.detections

    def is_held(self, hit: int) -> bool:
        """Whether a hold keeps this hit: on the read that made it, or on one that joined."""
        reads = [self.hits[hit], *(thing for thing, _ in self.joined[hit])]
        return any(thing.hold == "standing" for thing in reads)

    def keeps_hit(self, hit: int) -> bool:
        """Whether this hit must be left."""
        thing = self.hits[hit]
        days = self.sides[thing.agency].days.hits
        return self.is_held(hit) or days is None or thing.age < days

    def keeps_job(self, thing: Thing, image: str) -> bool:
        """Whether the job of its photograph must be left."""
        held = any(d.image == image for other, d in self.things if other.hold == "standing")
        return held or thing.age < self.sides[thing.agency].days.detections

    def check(self, folder: Path) -> None:
        """Exactly what must be left is left, with its pictures, and nothing else."""
        kept = {detection.pk for thing, detection in self.things if self.keeps_detection(thing)}
        mine = {detection.pk for _, detection in self.things}
        assert set(Detection.objects.filter(pk__in=mine).values_list("pk", flat=True)) == kept
        hits = {pk for pk in self.hits if self.keeps_hit(pk)}
        assert set(Hit.objects.filter(pk__in=self.hits).values_list("pk", flat=True)) == hits
        assert set(HitStep.objects.filter(hit__in=self.hits).values_list("hit", flat=True)) == hits
        reads = {pk: len(self.joined[pk]) for pk in hits if self.joined[pk]}
        standing = HitRead.objects.filter(hit__in=self.hits).values_list("hit").order_by()
        assert dict(standing.annotate(Count("pk"))) == reads
        jobs = {pk for pk, thing, image in self._jobs() if self.keeps_job(thing, image)}
        assert set(ImageJob.objects.filter(pk__in=self.jobs).values_list("pk", flat=True)) == jobs
        mine_stored = stored(folder) & {detection.image for _, detection in self.things}
        assert mine_stored == self._needed(kept, hits, jobs)

    def _jobs(self) -> list[tuple[int, Thing, str]]:
        image = {id(thing): detection.image for thing, detection in self.things}
        return [(pk, thing, image[id(thing)]) for pk, thing in self.jobs.items()]

    def _needed(self, kept: set[Any], hits: set[int], jobs: set[int]) -> set[str]:
        image = {id(thing): detection.image for thing, detection in self.things}
        rows = [detection.image for _, detection in self.things if detection.pk in kept]
        rows += [image[id(self.hits[pk])] for pk in hits]
        rows += [picture for pk in hits for _, picture in self.joined[pk]]
        rows += [image[id(self.jobs[pk])] for pk in jobs]
        return set(filter(None, rows))

    def totals(self, agency: int) -> dict[str, int]:
        """What all certificates of one agency together must count as gone, and as held at the end."""
        own = [(thing, detection) for thing, detection in self.things if thing.agency == agency]
        own_hits = [pk for pk, thing in self.hits.items() if thing.agency == agency]
        days = self.sides[agency].days
        past = days.hits if days.hits is not None else 10**6
        return {
            "rows_gone": sum(not self.keeps_detection(thing) for thing, _ in own),
            "held": sum(thing.hold == "standing" and thing.age >= days.detections for thing, _ in own),
            "hits_gone": sum(not self.keeps_hit(pk) for pk in own_hits),
            "hits_held": sum(self.is_held(pk) and self.hits[pk].age >= past for pk in own_hits),
            "jobs_gone": sum(
                not self.keeps_job(t, image) for _, t, image in self._jobs() if t.agency == agency
            ),
        }


def counted(runs: Iterable[PurgeRun], names: Iterable[str]) -> dict[str, int]:
    """The sums of these certificates' numbers."""
    each = list(runs)
    return {name: sum(getattr(run, name) for run in each) for name in names}


def stored(folder: Path) -> set[str]:
    """The names of the pictures on the disk."""
    return {
        os.path.relpath(os.path.join(where, name), folder)
        for where, _, names in os.walk(folder)
        for name in names
    }
