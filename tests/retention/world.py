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
from hotlists.plates import fold
from tests.search.conftest import picture

PICTURE = picture()
HELD_PLATE = "8KRB412"


@contextmanager
def taken_back(folder: Path) -> Iterator[None]:
    """Rows and pictures written within are taken back at the end, so that one test can try many worlds."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Days:
    """How long an agency keeps detections, hits and pictures.

    None keeps hits indefinitely, and pictures as long as what they show. Where `on_server` is false no
    picture of a read is kept at all.
    """

    detections: int
    hits: int | None
    pictures: int | None = None
    on_server: bool = True

    @property
    def shown(self) -> int:
        """For how many days pictures are kept."""
        if not self.on_server:
            return 0
        return 10**6 if self.pictures is None else self.pictures


@dataclass(frozen=True)
class Thing:
    """One detection of the world, `age` days and a half old, and what goes with it.

    `picture` is "none", "own", or "shared" with the one before of the same age. `hold` is "none", "standing"
    or "released", each of them over the detection, or "hit" for a standing one over the hit that it made.
    What `joins` is a further read of the last hit before it at its agency, where there is one.
    """

    agency: int
    age: int
    picture: str = "none"
    hit: bool = False
    job: bool = False
    hold: str = "none"
    joins: bool = False
    plate: str = HELD_PLATE


@dataclass(frozen=True)
class Range:
    """A hold over `HELD_PLATE` or over the camera of an agency, from `oldest` days ago until `newest`.

    None for `oldest` is since always, which a plate alone may be; None for `newest` is for all that comes.
    """

    agency: int
    kind: str
    oldest: int | None = None
    newest: int | None = None
    standing: bool = True

    def keeps(self, thing: Thing) -> bool:
        """Whether it keeps a detection of this thing, were it made or joined."""
        asked = self.kind == "camera" or fold(thing.plate) == fold(HELD_PLATE)
        in_time = (self.oldest is None or thing.age < self.oldest) and thing.age >= (self.newest or 0)
        return self.standing and asked and in_time and thing.agency == self.agency


DAYS = st.builds(
    Days, st.integers(1, 6), st.none() | st.integers(1, 6), st.none() | st.integers(1, 6),
    st.sampled_from([True, True, True, False]),
)  # fmt: skip
RANGES = st.lists(
    st.builds(
        Range,
        agency=st.integers(0, 1),
        kind=st.sampled_from(["plate", "camera"]),
        oldest=st.integers(5, 9),
        newest=st.none() | st.integers(1, 4),
        standing=st.booleans(),
    ),
    max_size=2,
)
THINGS = st.lists(
    st.builds(
        Thing,
        agency=st.integers(0, 1),
        age=st.integers(0, 8),
        picture=st.sampled_from(["none", "own", "shared"]),
        hit=st.booleans(),
        job=st.booleans(),
        hold=st.sampled_from(["none", "none", "none", "standing", "released", "hit"]),
        joins=st.booleans(),
        plate=st.sampled_from([HELD_PLATE, "BKR84I2", "7ABC123"]),
    ),
    min_size=1,
    max_size=10,
)


def _placed(side: Side, *, standing: bool) -> dict[str, Any]:
    """What every hold of the world has in common."""
    end: dict[str, Any] = {"released_at": timezone.now(), "released_by": side.member}
    return {
        "agency": side.agency, "case_number": "26-11873", "placed_by": side.member,
        "reason": "It shows the getaway car of the robbery.", "review_by": timezone.localdate(),
    } | ({} if standing else end)  # fmt: skip


def keep_for(agency: Agency, days: Days) -> None:
    """Let the agency's adopted policy keep for so long."""
    rules = {
        "retention.detections_days": days.detections, "retention.hits_days": days.hits,
        "retention.pictures_days": days.pictures, "retention.images_on_server": days.on_server,
    }  # fmt: skip
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
    ranges: list[Range] = field(default_factory=list)
    things: list[tuple[Thing, Detection]] = field(default_factory=list)
    hits: dict[int, Thing] = field(default_factory=dict)
    jobs: dict[int, Thing] = field(default_factory=dict)
    joined: dict[int, list[tuple[Thing, str]]] = field(default_factory=dict)

    def fill(self, things: Iterable[Thing]) -> World:
        """Make these things."""
        now = timezone.now()
        for number, thing in enumerate(things):
            self._make(thing, number, now - timedelta(days=thing.age, hours=12))
        for each in self.ranges:
            self._hold(each, now)
        return self

    def _hold(self, each: Range, now: datetime) -> None:
        side = self.sides[each.agency]
        what: dict[str, Any] = {"plate": HELD_PLATE, "plate_key": fold(HELD_PLATE)}
        Hold.objects.create(
            kind=each.kind, **(what if each.kind == "plate" else {"camera": side.camera}),
            since=None if each.oldest is None else now - timedelta(days=each.oldest),
            until=None if each.newest is None else now - timedelta(days=each.newest),
            **_placed(side, standing=each.standing),
        )  # fmt: skip

    def _make(self, thing: Thing, number: int, captured_at: datetime) -> None:
        side = self.sides[thing.agency]
        partitions.ensure([captured_at])
        detection = Detection.objects.create(
            id=uuid7.detection_id(captured_at, camera=side.camera.pk, sender_id=str(number)),
            agency=side.agency, camera=side.camera, sender_id=str(number), content_sha256="c" * 64,
            received_at=captured_at, plate=thing.plate, plate_key=fold(thing.plate),
            image=self._picture(thing, captured_at),
        )  # fmt: skip
        self.things.append((thing, detection))
        if thing.joins:
            self._join(thing, detection)
        if thing.hit:
            hit = Hit.objects.create(
                agency=side.agency, entry=side.entry, detection_id=detection.pk, camera=side.camera,
                captured_at=captured_at, last_read_at=captured_at, match="exact", plate=thing.plate,
                image=detection.image,
            )  # fmt: skip
            HitStep.objects.create(hit=hit, move="see", by=side.member, passed=True)
            self.hits[hit.pk] = thing
            self.joined[hit.pk] = []
            if thing.hold == "hit":
                Hold.objects.create(kind=Hold.Kind.HIT, hit=hit, **_placed(side, standing=True))
        if thing.job and detection.image:
            job = ImageJob.objects.create(
                camera=side.camera, sender_id=str(number), sha256="a" * 64, image=detection.image,
                captured_at=captured_at, state=ImageJob.State.READ, detection_ids=[str(detection.pk)],
            )  # fmt: skip
            self.jobs[job.pk] = thing
        if thing.hold in ("standing", "released"):
            facts = _placed(side, standing=thing.hold == "standing")
            hold = Hold.objects.create(kind=Hold.Kind.DETECTION, **facts)
            HeldDetection.objects.create(hold=hold, detection_id=detection.pk)

    def _join(self, thing: Thing, detection: Detection) -> None:
        last = [pk for pk, other in self.hits.items() if other.agency == thing.agency][-1:]
        for pk in last:
            HitRead.objects.create(
                hit_id=pk, detection_id=detection.pk, captured_at=detection.captured_at, plate=thing.plate,
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

    def holds(self, thing: Thing) -> bool:
        """Whether a hold keeps the detection of this thing."""
        of_hits = [
            self.hits[pk] for pk, reads in self.joined.items() if any(thing is one for one, _ in reads)
        ]
        named = thing.hold == "standing" or (thing.hold == "hit" and thing.hit)
        joins_held = any(hit.hold == "hit" for hit in of_hits)
        return named or joins_held or any(each.keeps(thing) for each in self.ranges)

    def keeps_detection(self, thing: Thing) -> bool:
        """Whether its detection must be left."""
        return self.holds(thing) or thing.age < self.sides[thing.agency].days.detections

    def is_held(self, hit: int) -> bool:
        """Whether a hold keeps this hit: over itself, the read that made it, or one that joined."""
        reads = [self.hits[hit], *(thing for thing, _ in self.joined[hit])]
        named = any(thing.hold == "standing" or any(r.keeps(thing) for r in self.ranges) for thing in reads)
        return named or self.hits[hit].hold == "hit"

    def keeps_hit(self, hit: int) -> bool:
        """Whether this hit must be left."""
        thing = self.hits[hit]
        days = self.sides[thing.agency].days.hits
        return self.is_held(hit) or days is None or thing.age < days

    def keeps_job(self, thing: Thing, image: str) -> bool:
        """Whether the job of its photograph must be left."""
        held = any(d.image == image and self.holds(other) for other, d in self.things)
        days = self.sides[thing.agency].days
        return held or thing.age < min(days.detections, days.shown)

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
        pictures = self._needed(kept, hits, jobs)
        assert stored(folder) & {detection.image for _, detection in self.things} == pictures
        rows = [Detection.objects.all(), Hit.objects.all(), HitRead.objects.all(), ImageJob.objects.all()]
        named = {name for row in rows for name in row.exclude(image="").values_list("image", flat=True)}
        assert named == pictures

    def _jobs(self) -> list[tuple[int, Thing, str]]:
        image = {id(thing): detection.image for thing, detection in self.things}
        return [(pk, thing, image[id(thing)]) for pk, thing in self.jobs.items()]

    def _is_shown(self, thing: Thing, held: bool) -> bool:
        return held or thing.age < self.sides[thing.agency].days.shown

    def _needed(self, kept: set[Any], hits: set[int], jobs: set[int]) -> set[str]:
        image = {id(thing): detection.image for thing, detection in self.things}
        rows = [
            detection.image
            for thing, detection in self.things
            if detection.pk in kept and self._is_shown(thing, self.holds(thing))
        ]
        for pk in hits:
            reads = [(self.hits[pk], image[id(self.hits[pk])]), *self.joined[pk]]
            rows += [name for thing, name in reads if self._is_shown(thing, self.is_held(pk))]
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
            "held": sum(self.holds(thing) and thing.age >= days.detections for thing, _ in own),
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
