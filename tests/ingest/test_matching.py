"""Meeting the hot lists: a hit for each entry in use under the same folded plate, and for nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Member
from detections.ingest import Read, receive
from detections.models import Hit, ReaderKey
from hotlists.models import Entry, HotList
from hotlists.plates import fold

Key = tuple[ReaderKey, str]
Maker = Callable[..., Entry]


def send(key: Key, plate: str = "8KRB412", state: str = "CA", **facts: object) -> list[Hit]:
    """The hits of one new read."""
    number = hashlib.sha256(f"{plate}{state}{facts}".encode()).hexdigest()
    one = Read(
        sender_id=number, captured_at=timezone.now(), plate=plate, state=state, content_sha256=number, **facts
    )  # type: ignore[arg-type]
    receipt = receive(actor=key[0], camera=key[0].camera, reads=[one], refused=[], batch_sha256=number)
    return list(Hit.objects.filter(pk__in=receipt.hit_ids).order_by("pk"))


@pytest.mark.parametrize("standing", [Entry.State.WAITING, Entry.State.DECLINED, Entry.State.CLOSED])
def test_an_entry_that_is_not_in_use_matches_nothing(reader_key: Key, entry: Maker, standing: str) -> None:
    entry("8KRB412", state_of_entry=standing)
    assert send(reader_key) == []


def test_an_expired_entry_matches_nothing(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412", expires_at=timezone.now() - timedelta(seconds=1))
    assert send(reader_key) == []


def test_a_list_out_of_use_matches_nothing(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    HotList.objects.update(is_active=False)
    assert send(reader_key) == []


def test_a_specific_list_that_nobody_approved_matches_nothing(
    reader_key: Key, entry: Maker, administrator: Member
) -> None:
    hot_list = HotList.objects.create(
        agency=administrator.agency, name="Not yet", kind=HotList.Kind.SPECIFIC, source=HotList.Source.LOCAL,
        designated_by=administrator,
    )  # fmt: skip
    entry("8KRB412", hot_list=hot_list, snapshot=None)
    assert send(reader_key) == []


def test_another_agencys_list_matches_nothing(reader_key: Key, entry: Maker, outsider: Member) -> None:
    hot_list = HotList.objects.create(
        agency=outsider.agency, name="Theirs", kind=HotList.Kind.GENERAL, source=HotList.Source.SVS,
        designated_by=outsider,
    )  # fmt: skip
    entry("8KRB412", hot_list=hot_list, snapshot=None)
    assert send(reader_key) == []


def test_the_same_plate_and_state_is_exact(reader_key: Key, entry: Maker) -> None:
    listed = entry("8KRB412", "CA")
    (hit,) = send(reader_key)
    assert hit.is_exact
    assert hit.entry == listed


@pytest.mark.parametrize(("listed", "read"), [("CA", ""), ("", "CA"), ("", "")])
def test_a_state_left_open_contradicts_nothing(reader_key: Key, entry: Maker, listed: str, read: str) -> None:
    entry("8KRB412", listed)
    (hit,) = send(reader_key, state=read)
    assert hit.is_exact


def test_another_state_makes_the_hit_only_possible(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412", "NV")
    (hit,) = send(reader_key)
    assert not hit.is_exact
    assert hit.state_differs


def test_a_confusable_plate_makes_the_hit_only_possible(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    (hit,) = send(reader_key, "8KR8412")
    assert not hit.is_exact
    assert [(place.number, place.listed, place.read) for place in hit.differing] == [(4, "B", "8")]


def test_a_plate_on_two_lists_makes_two_hits(
    reader_key: Key, entry: Maker, general_list: HotList, specific_list: HotList
) -> None:
    entry("8KRB412")
    entry("8KRB412", hot_list=specific_list, snapshot=None)
    general, specific = send(reader_key)
    assert general.entry.hot_list == general_list
    assert specific.entry.hot_list == specific_list
    assert general.list_loaded_at == general_list.last_snapshot.loaded_at
    assert specific.list_loaded_at is None


def test_a_hit_has_its_own_copy_of_the_read(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412")
    copied = {
        "confidence": 0.93, "candidates": [{"plate": "BKRB412", "confidence": 0.4}], "make": "HONDA",
        "model": "CIVIC", "color": "GRAY", "body": "sedan", "direction": "north", "box": [1, 2, 30, 12],
        "image": "2026/11/22/" + "0" * 32 + ".jpg", "engine": "rapidocr 3.10",
    }  # fmt: skip
    (hit,) = send(reader_key, **copied)
    assert {name: getattr(hit, name) for name in copied} == copied
    assert (hit.plate, hit.state, hit.camera, hit.agency) == (
        "8KRB412", "CA", reader_key[0].camera, reader_key[0].camera.agency,
    )  # fmt: skip


def test_a_hit_that_outlived_its_detection_is_not_made_twice(reader_key: Key, entry: Maker) -> None:
    from detections.models import Detection

    entry("8KRB412")
    one = Read(sender_id="r", captured_at=timezone.now(), plate="8KRB412", content_sha256="c" * 64)
    batch = {"actor": reader_key[0], "camera": reader_key[0].camera, "reads": [one], "refused": []}
    receive(**batch, batch_sha256="1" * 64)
    Detection.objects.all().delete()
    receipt = receive(**batch, batch_sha256="2" * 64)
    assert len(receipt.fresh) == 1
    assert receipt.hit_ids == []
    assert Hit.objects.count() == 1


PLATES = st.text("AB8O0D1IS5", min_size=1, max_size=4)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    listed=st.lists(
        st.tuples(PLATES, st.sampled_from(Entry.State), st.booleans()),
        max_size=6,
        unique_by=lambda one: one[0],
    ),
    plates=st.lists(PLATES, min_size=1, max_size=6),
)
def test_a_hit_stands_where_the_folded_plates_are_equal_and_the_entry_is_in_use(
    reader_key: Key, entry: Maker, listed: list[tuple[str, str, bool]], plates: list[str]
) -> None:
    with transaction.atomic():
        now = timezone.now()
        entries = [
            entry(plate, state_of_entry=standing, expires_at=now - timedelta(days=1) if expired else None)
            for plate, standing, expired in listed
        ]
        reads = [
            Read(sender_id=str(n), captured_at=now, plate=plate, content_sha256=f"{n:064}")
            for n, plate in enumerate(plates)
        ]
        receipt = receive(
            actor=reader_key[0], camera=reader_key[0].camera, reads=reads, refused=[], batch_sha256="0" * 64
        )
        expected = {
            (detection_id, one.pk, one.plate == read.plate)
            for detection_id, read in zip(receipt.detection_ids, reads, strict=True)
            for one in entries
            if fold(one.plate) == fold(read.plate)
            and one.state_of_entry == Entry.State.IN_USE
            and one.expires_at is None
        }
        made = Hit.objects.filter(pk__in=receipt.hit_ids)
        assert set(made.values_list("detection_id", "entry_id", "is_exact")) == expected
        transaction.set_rollback(True)
