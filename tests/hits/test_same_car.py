"""The same car again: a parked car rings once, and another car, camera, place or certainty rings anew."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Member
from accounts.services import purpose_state
from detections import live
from detections.ingest import Read, receive
from detections.models import Camera, Detection, Hit, HitRead, LookBack, Outcome, ReaderKey, Transfer
from detections.services_search import search_make
from hotlists.models import Entry, HotList
from hotlists.patterns import anchor_of
from tests.hits.conftest import under

Key = tuple[ReaderKey, str]
Maker = Callable[..., Entry]
NOON = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=12)
numbers = itertools.count(1)


def after(minutes: float) -> datetime:
    """So many minutes after a noon."""
    return NOON + timedelta(minutes=minutes)


def read(minutes: float, plate: str = "8KRB412", **facts: object) -> Read:
    """One read, so many minutes after noon."""
    given = {"sender_id": f"s-{next(numbers)}", "content_sha256": "c" * 64, "state": "CA"} | facts
    return Read(captured_at=after(minutes), plate=plate, **given)  # type: ignore[arg-type]


def take(key: Key, *reads: Read, camera: Camera | None = None, batch: str = "") -> list[Hit]:
    """The hits made by one batch."""
    receipt = receive(
        actor=key[0], camera=camera or key[0].camera, reads=list(reads), refused=[],
        batch_sha256=batch or f"{next(numbers):064}",
    )  # fmt: skip
    return list(Hit.objects.filter(pk__in=receipt.hit_ids).order_by("captured_at"))


def standing() -> list[tuple[int, list[float]]]:
    """Every hit: how many reads it counts, and the minutes of those that joined."""
    return [
        (hit.reads, [(each.captured_at - NOON).total_seconds() / 60 for each in hit.further_reads.all()])
        for hit in Hit.objects.order_by("captured_at", "pk")
    ]


def test_another_camera_has_its_own_hit(reader_key: Key, entry: Maker, camera: Camera) -> None:
    entry("8KRB412")
    other = Camera.objects.create(agency=camera.agency, code="cam-13", name="Quay St at 6th")
    assert len(take(reader_key, read(0))) == 1
    assert len(take(reader_key, read(1), camera=other)) == 1


def test_each_entry_has_its_own_hit(reader_key: Key, entry: Maker, specific_list: HotList) -> None:
    entry("8KRB412")
    take(reader_key, read(0))
    entry("8KRB412", hot_list=specific_list, snapshot=None)
    (hit,) = take(reader_key, read(1))
    assert hit.entry.hot_list == specific_list


def test_after_the_window_it_rings_anew(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    take(reader_key, read(0))
    assert take(reader_key, read(10)) == []
    assert len(take(reader_key, read(20.1))) == 1
    assert take(reader_key, read(20)) == []


def test_two_cars_that_meet_one_partial_plate_ring_each(reader_key: Key, general_list: HotList) -> None:
    Entry.objects.create(
        hot_list=general_list, plate="8KR*", anchor=anchor_of(plate="8KR*"), reason="Robbery",
        state_of_entry=Entry.State.IN_USE,
    )  # fmt: skip
    made = take(reader_key, read(0, "8KRB412"), read(1, "8KRA999"), read(2, "8KR8412"), read(3, "8KRA999"))
    assert [hit.plate for hit in made] == ["8KRB412", "8KRA999"]
    assert [hit.reads for hit in made] == [2, 2]


def test_an_exact_read_rings_where_only_a_possible_one_did(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    (possible,) = take(reader_key, read(0, "8KR8412"))
    (exact,) = take(reader_key, read(1, "8KRB412"))
    assert (possible.match, exact.match) == (Hit.Match.POSSIBLE, Hit.Match.EXACT)
    assert take(reader_key, read(2, "8KR8412"), read(3)) == []
    exact.refresh_from_db()
    assert exact.reads == 3


def test_a_policy_without_a_window_has_every_read_ring(reader_key: Key, entry: Maker, camera: Camera) -> None:
    under(camera.agency, same_vehicle_minutes=None)
    entry("8KRB412")
    assert len(take(reader_key, read(0), read(1))) == 2
    assert len(take(reader_key, read(2))) == 1


def test_a_photograph_that_a_member_gives_makes_its_own_hit(
    reader_key: Key, entry: Maker, camera: Camera
) -> None:
    Camera.objects.update(kind=Camera.Kind.PHOTOGRAPH)
    entry("8KRB412")
    assert len(take(reader_key, read(0), read(1))) == 2


def test_what_a_look_back_found_takes_no_reads(reader_key: Key, entry: Maker, operator: Member) -> None:
    entry("8KRB412")
    (found,) = take(reader_key, read(0))
    inquiry = purpose_state(actor=operator, offense="robbery", case_number="26-11873")
    look_back = LookBack.objects.create(
        agency=found.agency, entry=found.entry, inquiry=inquiry, since=after(-60), until=after(60)
    )
    Hit.objects.update(look_back=look_back)
    assert len(take(reader_key, read(1))) == 1


def test_a_parked_car_rings_once_all_night(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    (hit,) = take(reader_key, read(0))
    for minute in range(9, 500, 9):
        assert take(reader_key, read(minute)) == []
    hit.refresh_from_db()
    assert (hit.captured_at, hit.last_read_at, hit.reads) == (after(0), after(495), 56)
    assert HitRead.objects.filter(hit=hit).count() == 55


def test_a_further_read_is_kept_as_it_was_and_changes_nothing_else(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    (hit,) = take(reader_key, read(0, confidence=0.4, image="", color="gray"))
    before = Hit.objects.filter(pk=hit.pk).values().get()
    better = {"confidence": 0.99, "image": "2026/11/22/" + "0" * 32 + ".jpg", "box": [1, 2, 30, 12]}
    take(reader_key, read(1, "8KR8412", state="NV", color="red", **better))
    now = Hit.objects.filter(pk=hit.pk).values().get()
    assert {name for name in before if before[name] != now[name]} == {"reads", "last_read_at"}
    joined = HitRead.objects.get()
    assert {name: getattr(joined, name) for name in better} == better
    assert (joined.plate, joined.state, joined.captured_at) == ("8KR8412", "NV", after(1))
    receipt_hits = Transfer.objects.order_by("pk").values_list("hits", flat=True)
    assert list(receipt_hits) == [1, 0]


def test_the_page_of_a_read_that_joined_names_the_hit(
    reader_key: Key, entry: Maker, operator: Member, at: Callable[[Member], Client]
) -> None:
    entry("8KRB412")
    (hit,) = take(reader_key, read(0), read(1))
    inquiry = purpose_state(actor=operator, offense="robbery", case_number="26-11873")
    search = search_make(actor=operator, inquiry=inquiry, plate="8KRB412")
    joined = HitRead.objects.get().detection_id
    page = at(operator).get(reverse("search_detection", args=[search.pk, joined])).content.decode()
    assert page.count(reverse("hit", args=[hit.pk])) == 1


def test_the_hit_lists_its_further_reads(
    reader_key: Key, entry: Maker, operator: Member, at: Callable[[Member], Client]
) -> None:
    entry("8KRB412")
    (hit,) = take(reader_key, read(0))
    address = reverse("hit", args=[hit.pk])
    assert "Read again by this camera" not in at(operator).get(address).content.decode()
    take(reader_key, read(1, "8KR8412"), read(2))
    page = at(operator).get(address).content.decode()
    assert page.count('as <span class="mono">8KR8412</span>') == 1
    assert "3 reads" in page


@pytest.fixture
def notices(transactional_db: object) -> Iterator[Callable[[], list[str]]]:
    """Gives what was announced since it was asked last, of new hits and of changes."""
    with psycopg.connect(**live._parameters(), autocommit=True) as listening:
        listening.execute("LISTEN hits")
        listening.execute("LISTEN hit_changes")

        def heard() -> list[str]:
            listening.execute("SELECT pg_notify('hits', 'end')")
            until_end = itertools.takewhile(lambda one: one.payload != "end", listening.notifies())
            return [f"{one.channel} {one.payload.split()[0]}" for one in until_end]

        yield heard


def test_a_read_joins_a_closed_hit_in_silence(
    notices: Callable[[], list[str]], reader_key: Key, entry: Maker
) -> None:
    entry("8KRB412")
    (hit,) = take(reader_key, read(0))
    assert notices() == [f"hits {hit.pk}"]
    take(reader_key, read(1))
    assert notices() == [f"hit_changes {hit.pk}"]
    Hit.objects.update(status=Hit.Status.CLOSED, outcome=Outcome.NO_STOP)
    assert take(reader_key, read(2)) == []
    assert Hit.objects.get().reads == 3
    assert notices() == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(0, 60), min_size=1, max_size=8, unique=True),
    sizes=st.lists(st.integers(1, 4), min_size=8, max_size=8),
    dice=st.randoms(use_true_random=False),
)
def test_every_read_stands_once_and_no_hit_reaches_over_a_gap(
    reader_key: Key, entry: Maker, minutes: list[int], sizes: list[int], dice: object
) -> None:
    with transaction.atomic():
        entry("8KRB412")
        reads = [read(minute) for minute in minutes]
        batches, rest = [], reads
        for size in sizes:
            batches.append(rest[:size])
            rest = rest[size:]
        sent = [(f"{n:064}", batch) for n, batch in enumerate(batches) if batch] * 2
        dice.shuffle(sent)  # type: ignore[attr-defined]
        for batch, several in sent:
            take(reader_key, *several, batch=batch)
        spans = []
        for hit in Hit.objects.all():
            own = [hit.captured_at, *hit.further_reads.values_list("captured_at", flat=True)]
            assert (hit.reads, hit.last_read_at) == (len(own), max(own))
            spans.append(sorted(own))
        assert sorted(moment for span in spans for moment in span) == sorted(r.captured_at for r in reads)
        for span in spans:
            assert all(b - a <= timedelta(minutes=10) for a, b in itertools.pairwise(span))
        transaction.set_rollback(True)


def test_reads_in_order_make_as_few_hits_as_the_gaps_ask_for(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    take(reader_key, read(31), read(0), read(4), read(14), read(30))
    assert standing() == [(3, [4, 14]), (2, [31])]


def test_batches_out_of_order_join_backwards(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    for minutes in (30, 21, 12, 3):
        take(reader_key, read(minutes))
    assert standing() == [(4, [3, 12, 21])]
    assert Hit.objects.get().last_read_at == after(30)


def test_the_same_batch_twice_joins_once(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    batch = [read(0), read(1), read(2)]
    for _ in range(2):
        take(reader_key, *batch, batch="b" * 64)
    assert standing() == [(3, [1, 2])]


def test_a_read_whose_detection_is_gone_does_not_join_twice(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    batch = [read(0), read(1)]
    take(reader_key, *batch)
    Detection.objects.all().delete()
    assert take(reader_key, *batch) == []
    assert standing() == [(2, [1])]


@pytest.mark.django_db(transaction=True)
def test_batches_at_the_same_time_make_one_hit(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    batches = [[read(n), read(n + 0.5)] for n in range(4)]
    gate, errors = threading.Barrier(4), []

    def send(reads: list[Read]) -> None:
        try:
            gate.wait()
            take(reader_key, *reads)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
    hit = Hit.objects.get()
    assert (hit.reads, hit.further_reads.count(), hit.last_read_at) == (8, 7, after(3.5))
