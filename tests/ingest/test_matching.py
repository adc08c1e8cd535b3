"""Meeting the hot lists: a hit for each entry in use that a read meets, and for nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AdoptedPolicy, Agency, Member
from detections.ingest import Read, receive
from detections.models import Hit, ReaderKey
from hotlists.models import Entry, HotList, Priority
from hotlists.patterns import anchor_of, is_partial, meets
from hotlists.plates import GROUPS

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


@pytest.fixture
def part(general_list: HotList) -> Maker:
    """Makes an entry in use without a whole plate: `part("8KR*")`, `part("", make="TOYT", color="GRY")`."""

    def make(plate: str, **facts: str) -> Entry:
        given = {"hot_list": general_list, "reason": "Robbery", "state_of_entry": Entry.State.IN_USE} | facts
        vehicle = {name: facts.get(name, "") for name in ("make", "model", "color", "body")}
        return Entry.objects.create(plate=plate, anchor=anchor_of(plate=plate, **vehicle), **given)

    return make


def every_read_rings(agency: Agency) -> None:
    """Let the agency's policy have each read of a vehicle make a hit."""
    adopted = agency.adopted
    assert adopted is not None
    rules = adopted.policy.with_values({"ladder.same_vehicle_minutes": None}).to_dict()
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=rules)


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
    general_list.source_at = timezone.now() - timedelta(hours=3)
    general_list.save()
    entry("8KRB412")
    entry("8KRB412", hot_list=specific_list, snapshot=None)
    general, specific = send(reader_key)
    assert general.entry.hot_list == general_list
    assert specific.entry.hot_list == specific_list
    assert general.list_loaded_at == general_list.source_at
    assert specific.list_loaded_at is None


def test_an_entry_that_has_not_begun_matches_nothing(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412", starts_at=timezone.now() + timedelta(hours=1))
    assert send(reader_key) == []


@pytest.mark.parametrize(
    ("accepts", "most", "read"), [([], 10, "8KR8412"), (["1I"], 10, "8KR8412"), (GROUPS, 1, "BKR8412")]
)
def test_a_misread_beyond_the_fuzziness_of_its_list_matches_nothing(
    reader_key: Key, entry: Maker, accepts: list[str], most: int, read: str
) -> None:
    entry("8KRB412")
    HotList.objects.update(accepts=list(accepts), most_differing=most)
    assert send(reader_key, read) == []
    (hit,) = send(reader_key)
    assert hit.is_exact


def test_an_exact_list_matches_no_other_state(reader_key: Key, entry: Maker) -> None:
    entry("8KRB412", "NV")
    HotList.objects.update(accepts=[])
    assert send(reader_key) == []


@pytest.mark.parametrize(
    ("pattern", "facts", "read"),
    [
        ("8KR?41", {}, {}),
        ("8KR?412", {"state": "NV"}, {}),
        ("8KR?412", {"make": "TOYT"}, {"make": "Honda"}),
        ("8KR?412", {"state_of_entry": "waiting"}, {}),
        ("", {"make": "TOYT", "color": "GRY"}, {"make": "Toyota"}),
        ("", {"make": "TOYT", "color": "GRY"}, {"make": "Toyota", "color": "red"}),
    ],
)
def test_what_contradicts_a_part_or_leaves_out_of_a_description_matches_nothing(
    reader_key: Key, part: Maker, pattern: str, facts: dict[str, str], read: dict[str, str]
) -> None:
    part(pattern, **facts)
    assert send(reader_key, **read) == []


def test_a_part_of_a_plate_is_met_as_such(reader_key: Key, part: Maker) -> None:
    listed = part("8?RB4*", make="HOND")
    (hit,) = send(reader_key, "8KR8412", make="Honda")
    assert (hit.match, hit.entry) == (Hit.Match.PARTIAL, listed)
    assert [(place.number, place.listed, place.read) for place in hit.differing] == [(4, "B", "8")]


def test_a_description_is_met_as_such_by_any_plate(reader_key: Key, part: Maker) -> None:
    listed = part("", make="TOYT", color="GRY", body="4D")
    for plate in ("8KRB412", "7ABC123"):
        (hit,) = send(reader_key, plate, make="Toyota", color="silver", body="sedan")
        assert (hit.match, hit.entry) == (Hit.Match.DESCRIPTION, listed)
        assert hit.differing == []


def test_a_hit_rings_as_its_entry_or_else_its_list_says(reader_key: Key, entry: Maker) -> None:
    HotList.objects.update(priority=Priority.LOW)
    entry("8KRB412")
    entry("7ABC123", priority=Priority.HIGH)
    assert [hit.priority for plate in ("8KRB412", "7ABC123") for hit in send(reader_key, plate)] == [
        Priority.LOW, Priority.HIGH,
    ]  # fmt: skip


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
PARTS = st.text("AB8O0D1IS5?*", min_size=1, max_size=5).filter(lambda text: set(text) - set("?*"))
MAKES = st.sampled_from(["", "TOYT", "Honda"])
COLORS = st.sampled_from(["", "GRY", "silver", "red"])
LISTED = st.tuples(
    PLATES | PARTS | st.just(""), MAKES, COLORS, st.sampled_from(Entry.State), st.booleans(),
).filter(lambda one: bool(one[0] or (one[1] and one[2])))  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    groups=st.lists(st.sampled_from(GROUPS), unique=True),
    most=st.integers(0, 3),
    listed=st.lists(LISTED, max_size=6, unique_by=lambda one: one[0]),
    seen=st.lists(st.tuples(PLATES, MAKES, COLORS), min_size=1, max_size=6),
)
def test_a_hit_stands_where_a_read_meets_an_entry_in_use_and_nowhere_else(
    reader_key: Key, general_list: HotList, entry: Maker, part: Maker,
    groups: list[str], most: int, listed: list[tuple[str, str, str, str, bool]],
    seen: list[tuple[str, str, str]],
) -> None:  # fmt: skip
    with transaction.atomic():
        every_read_rings(general_list.agency)
        general_list.accepts, general_list.most_differing = groups, most
        general_list.save()
        now = timezone.now()
        entries = []
        for plate, make, color, standing, expired in listed:
            facts = {"make": make, "color": color, "state_of_entry": standing}
            facts["expires_at"] = now - timedelta(days=1) if expired else None
            whole = plate and not is_partial(plate)
            entries.append(entry(plate, "", **facts) if whole else part(plate, **facts))
        reads = [
            Read(
                sender_id=str(n),
                captured_at=now,
                plate=plate,
                make=make,
                color=color,
                content_sha256=f"{n:064}",
            )
            for n, (plate, make, color) in enumerate(seen)
        ]
        receipt = receive(
            actor=reader_key[0], camera=reader_key[0].camera, reads=reads, refused=[], batch_sha256="0" * 64
        )
        expected = {
            (detection_id, one.pk, meets(one, read.plate, make=read.make, color=read.color))
            for detection_id, read in zip(receipt.detection_ids, reads, strict=True)
            for one in entries
            if one.state_of_entry == Entry.State.IN_USE and one.expires_at is None
        }
        made = Hit.objects.filter(pk__in=receipt.hit_ids)
        assert set(made.values_list("detection_id", "entry_id", "match")) == {
            each for each in expected if each[2]
        }
        transaction.set_rollback(True)
