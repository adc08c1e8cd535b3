"""Looking back: where policy and list allow, under an inquiry, once, quietly, and within what is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AdoptedPolicy, Agency, Member
from accounts.services import purpose_state
from detections import look_back as looking
from detections import tasks
from detections.matching.backwards import days
from detections.models import Camera, Hit, LookBack
from detections.schedules import TABLE
from hotlists.models import Entry, HotList, Snapshot
from hotlists.patterns import anchor_of
from hotlists.plates import fold
from tests.search.conftest import Detect, detect, evidence
from trail.actors import System
from trail.models import Event, Inquiry, Offense
from trail.verbs import Outcome, Verb

__all__ = ["detect", "evidence"]

HotPlate = Callable[..., Entry]


def allow(agency: Agency, days: int | None, **rules: Any) -> None:
    """Let the agency's policy allow looking back for so many days."""
    adopted = agency.adopted
    assert adopted is not None
    policy = adopted.policy.with_values({"hot_lists.look_back_days": days} | rules)
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=policy.to_dict())


@pytest.fixture
def allowed(agency: Agency, general_list: HotList, specific_list: HotList) -> None:
    """Policy and lists allow looking back: 30 days, and 10 of the department's own list."""
    allow(agency, 30)
    HotList.objects.filter(pk=specific_list.pk).update(look_back_days=10)
    HotList.objects.filter(pk=general_list.pk).update(look_back_days=20)


@pytest.fixture
def hot_plate(specific_list: HotList, operator: Member, supervisor: Member) -> HotPlate:
    """Makes a hot plate, just approved, that asks for a look-back: `hot_plate("8KRB412", state="")`."""

    def make(plate: str = "8KRB412", **facts: Any) -> Entry:
        anchor = anchor_of(plate=plate, make=facts.get("make", ""), color=facts.get("color", ""))
        inquiry = purpose_state(actor=operator, offense="robbery", case_number="26-11873")
        given = {
            "hot_list": specific_list, "reason": "Robbery", "entered_by": operator, "case_number": "26-11873",
            "synopsis": "Driver wanted for the Quay St robbery.", "look_back_days": 10, "inquiry": inquiry,
            "expires_at": timezone.now() + timedelta(days=5), "state_of_entry": Entry.State.IN_USE,
            "decided_by": supervisor, "decided_at": timezone.now(), "state": "CA",
        } | facts  # fmt: skip
        return Entry.objects.create(
            plate=plate, plate_key="" if anchor else fold(plate), anchor=anchor, **given
        )

    return make


@pytest.fixture
def load(general_list: HotList, administrator: Member) -> Callable[..., Snapshot]:
    """Loads a file with these plates into the general list: `load("8KRB412")`."""

    def make(*plates: str, **facts: Any) -> Snapshot:
        given = {"file_name": "svs.csv", "sha256": "a" * 64, "added": len(plates)} | facts
        snapshot = Snapshot.objects.create(hot_list=general_list, loaded_by=administrator, **given)
        for plate in plates:
            Entry.objects.create(
                hot_list=general_list, snapshot=snapshot, plate=plate, plate_key=fold(plate), state="CA",
                reason="Stolen vehicle", entered_at=snapshot.loaded_at, state_of_entry=Entry.State.IN_USE,
            )  # fmt: skip
        return snapshot

    return make


def found() -> list[tuple[str, float]]:
    """The hits that look-backs made, with how many days ago each was captured."""
    hits = Hit.objects.filter(look_back__isnull=False).order_by("-captured_at")
    return [
        (hit.plate, round((timezone.now() - hit.captured_at).total_seconds() / 86_400, 1)) for hit in hits
    ]


def test_without_the_policy_or_the_list_nothing_is_held_against_the_past(
    agency: Agency, specific_list: HotList, detect: Detect, hot_plate: HotPlate
) -> None:
    detect(hours_ago=48)
    hot_plate()
    for policys, own in ((None, 10), (30, None)):
        allow(agency, policys)
        HotList.objects.filter(pk=specific_list.pk).update(look_back_days=own)
        tasks.look_back()
    assert not LookBack.objects.exists()
    assert not Hit.objects.exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"look_back_days": None},
        {"inquiry": None},
        {"state_of_entry": Entry.State.WAITING, "decided_by": None},
        {"state_of_entry": Entry.State.CLOSED},
        {"expires_at": timezone.now() - timedelta(hours=1)},
    ],
)
def test_an_entry_that_does_not_ask_or_is_not_in_use_is_left_alone(
    allowed: None, detect: Detect, hot_plate: HotPlate, facts: dict[str, Any]
) -> None:
    detect(hours_ago=48)
    hot_plate(**facts)
    tasks.look_back()
    assert not LookBack.objects.exists()


def test_nothing_before_the_days_asked_or_past_its_time_or_of_another_agency_is_met(
    allowed: None, agency: Agency, detect: Detect, hot_plate: HotPlate, outsider: Member
) -> None:
    theirs = Camera.objects.create(agency=outsider.agency, code="c", name="Elsewhere")
    detect(hours_ago=24, camera=theirs)
    detect(hours_ago=24 * 4.5)
    detect(hours_ago=24 * 3)
    allow(agency, 30, **{"retention.detections_days": 4})
    hot_plate(look_back_days=5)
    tasks.look_back()
    assert found() == [("8KRB412", 3.0)]


def test_the_list_and_the_policy_bound_what_was_asked(
    allowed: None, detect: Detect, hot_plate: HotPlate, agency: Agency
) -> None:
    detect(hours_ago=24 * 9)
    detect(hours_ago=24 * 11)
    hot_plate(look_back_days=25)
    tasks.look_back()
    assert found() == [("8KRB412", 9.0)]
    allow(agency, 3)
    hot_plate("7ABC123", look_back_days=25)
    tasks.look_back()
    newest = LookBack.objects.latest("pk")
    assert newest.until - newest.since == timedelta(days=3)


def test_a_look_back_that_policy_forbids_by_now_finds_nothing_and_says_so(
    allowed: None, agency: Agency, detect: Detect, hot_plate: HotPlate
) -> None:
    detect(hours_ago=24)
    hot_plate()
    (waiting,) = looking.due(agency)
    allow(agency, None)
    looking.attempt(waiting)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.found) == (LookBack.State.DONE, 0)
    assert "no longer" in waiting.why
    assert not Hit.objects.exists()


def test_a_past_hit_is_marked_quiet_and_as_it_was(allowed: None, detect: Detect, hot_plate: HotPlate) -> None:
    seen = detect(hours_ago=48, make="Honda", confidence=0.93)
    entry = hot_plate()
    with CaptureQueriesContext(connection) as asked:
        tasks.look_back()
    assert not [each for each in asked if "pg_notify" in each["sql"]]
    hit = Hit.objects.get()
    assert (hit.entry, hit.detection_id, hit.camera) == (entry, seen.pk, seen.camera)
    assert (hit.captured_at, hit.last_read_at) == (seen.captured_at, seen.captured_at)
    assert (hit.match, hit.make, hit.confidence) == (Hit.Match.EXACT, "Honda", 0.93)
    assert hit.look_back == LookBack.objects.get()


def test_it_stands_on_the_trail_under_its_inquiry_with_counts(
    allowed: None, detect: Detect, hot_plate: HotPlate
) -> None:
    detect(hours_ago=48)
    entry = hot_plate()
    tasks.look_back()
    done = LookBack.objects.get()
    event = Event.objects.get(verb=Verb.LOOKED_BACK)
    assert (event.actor_label, event.inquiry, event.outcome) == (
        "System: Looking back", entry.inquiry, Outcome.DONE,
    )  # fmt: skip
    facts = event.elements
    assert (facts["plate"], facts["state"], facts["found"], facts["hits"]) == ("8KRB412", "CA", 1, 1)
    assert "8KRB412" not in event.sentence
    assert (done.state, done.found, done.inquiry) == (LookBack.State.DONE, 1, entry.inquiry)


@pytest.mark.parametrize(
    ("plate", "facts", "match"),
    [
        ("8KR?41*", {}, Hit.Match.PARTIAL),
        ("*412", {"make": "HOND"}, Hit.Match.PARTIAL),
        ("", {"make": "HOND", "color": "GRY"}, Hit.Match.DESCRIPTION),
    ],
)
def test_a_part_of_a_plate_and_a_description_are_met_as_well(
    allowed: None, detect: Detect, hot_plate: HotPlate, plate: str, facts: dict[str, str], match: str
) -> None:
    detect(hours_ago=48, make="Honda", color="silver")
    detect(hours_ago=72, make="Toyota", color="red")
    hot_plate(plate, **facts)
    tasks.look_back()
    expected = [(match, "Honda")] if facts else [(match, "Honda"), (match, "Toyota")]
    assert list(Hit.objects.order_by("-captured_at").values_list("match", "make")) == expected


def test_repeated_reads_of_a_parked_car_are_one_past_hit(
    allowed: None, detect: Detect, hot_plate: HotPlate
) -> None:
    for minutes in (0, 8, 16, 60):
        detect(hours_ago=48 - minutes / 60)
    hot_plate()
    tasks.look_back()
    assert list(Hit.objects.order_by("captured_at").values_list("reads", flat=True)) == [3, 1]
    assert LookBack.objects.get().found == 4


def test_what_rang_already_is_not_found_again(allowed: None, detect: Detect, hot_plate: HotPlate) -> None:
    entry = hot_plate(look_back_days=None)
    detect(hours_ago=48.1)
    detect(hours_ago=48)
    assert Hit.objects.get().reads == 2
    Entry.objects.filter(pk=entry.pk).update(look_back_days=10)
    tasks.look_back()
    assert found() == []
    assert LookBack.objects.get().found == 2


def test_what_the_replaced_hot_plate_found_is_not_found_again(
    allowed: None, detect: Detect, hot_plate: HotPlate
) -> None:
    detect(hours_ago=48)
    old = hot_plate()
    tasks.look_back()
    Entry.objects.filter(pk=old.pk).update(state_of_entry=Entry.State.CLOSED)
    detect(hours_ago=24)
    hot_plate(replaces=old)
    tasks.look_back()
    assert found() == [("8KRB412", 1.0), ("8KRB412", 2.0)]


def test_only_the_newest_alerts_are_made_and_the_rest_counted(
    allowed: None, detect: Detect, hot_plate: HotPlate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_HITS", 2)
    for hours in (24, 48, 72, 96):
        detect(hours_ago=hours)
    hot_plate()
    tasks.look_back()
    assert [days for _, days in found()] == [1.0, 2.0]
    assert LookBack.objects.get().found == 4


def test_what_cannot_be_read_in_time_is_said(
    allowed: None, detect: Detect, hot_plate: HotPlate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "SECONDS", -1)
    detect(hours_ago=48)
    hot_plate()
    tasks.look_back()
    done = LookBack.objects.get()
    assert (done.state, done.found) == (LookBack.State.DONE, 0)
    assert done.why.startswith("Only detections since")


def test_run_again_and_killed_in_the_middle_it_makes_each_hit_once(
    allowed: None, agency: Agency, detect: Detect, hot_plate: HotPlate, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    for hours in (24, 48):
        detect(hours_ago=hours)
    hot_plate()
    with monkeypatch.context() as patched:
        patched.setattr(looking, "_record", die)
        with pytest.raises(Killed):
            tasks.look_back()
    assert LookBack.objects.get().state == LookBack.State.WAITING
    assert not Hit.objects.exists()
    tasks.look_back()
    tasks.look_back()
    assert len(found()) == 2
    assert Event.objects.filter(verb=Verb.LOOKED_BACK).count() == 1
    done = LookBack.objects.get()
    assert looking.look_back_run(actor=System("Looking back", agency), look_back=done) is None


def test_an_error_is_noted_and_does_not_wait_for_ever(
    allowed: None, agency: Agency, hot_plate: HotPlate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(looking, "_harvest", fail)
    hot_plate()
    tasks.look_back()
    failed = LookBack.objects.get()
    assert (failed.state, failed.why) == (LookBack.State.FAILED, "The database gave DatabaseError.")
    assert looking.due(agency) == []
    assert Event.objects.get(verb=Verb.LOOKED_BACK).outcome == Outcome.FAILED


def test_the_first_file_of_a_list_and_one_that_adds_nothing_are_left_alone(
    allowed: None, detect: Detect, general_list: HotList, load: Callable[..., Snapshot]
) -> None:
    detect(hours_ago=48)
    Snapshot.objects.all().delete()
    load("8KRB412")
    load(added=0)
    tasks.look_back()
    assert not LookBack.objects.exists()


def test_what_a_file_added_is_held_against_the_past_under_a_stated_rule(
    allowed: None, detect: Detect, general_list: HotList, load: Callable[..., Snapshot]
) -> None:
    for plate, hours in (("8KRB412", 48), ("7ABC123", 24), ("7ABC124", 24), ("8KRB412", 24 * 21)):
        detect(plate, hours_ago=hours)
    snapshot = load("8KRB412", "7ABCI23")
    tasks.look_back()
    tasks.look_back()
    assert found() == [("7ABC123", 1.0), ("8KRB412", 2.0)]
    inquiry = LookBack.objects.get(snapshot=snapshot).inquiry
    assert inquiry.member == general_list.designated_by
    assert inquiry.offense == Offense.STOLEN
    assert inquiry.reason.startswith(f"By rule, for {general_list.designated_by.trail_label}, who designated")
    event = Event.objects.get(verb=Verb.LOOKED_BACK)
    assert (event.elements["found"], event.elements["hits"]) == (2, 2)
    assert Event.objects.get(verb=Verb.PURPOSE_STATED).actor_label == "System: Looking back"
    assert Inquiry.objects.count() == 1


def test_an_entry_that_a_file_only_changed_is_not_new(
    allowed: None, detect: Detect, general_list: HotList, load: Callable[..., Snapshot]
) -> None:
    detect(hours_ago=48)
    snapshot = load("8KRB412", "7ABC123")
    old = Entry.objects.get(plate="8KRB412")
    Entry.objects.create(
        hot_list=general_list, plate=old.plate, plate_key=old.plate_key, state="CA", reason="Stolen",
        state_of_entry=Entry.State.CLOSED, closed_at=snapshot.loaded_at,
    )  # fmt: skip
    tasks.look_back()
    assert found() == []


def test_a_file_loaded_long_ago_is_left_alone(
    allowed: None, detect: Detect, load: Callable[..., Snapshot]
) -> None:
    snapshot = load("8KRB412")
    load()
    detect(hours_ago=48)
    Snapshot.objects.filter(pk=snapshot.pk).update(loaded_at=timezone.now() - timedelta(days=2))
    tasks.look_back()
    assert not LookBack.objects.exists()


def test_the_worker_looks_each_minute() -> None:
    assert TABLE["Look back"] == {
        "func": "detections.tasks.look_back", "schedule_type": "I", "minutes": 1,
    }  # fmt: skip


def test_the_days_of_a_time_follow_each_other_backwards() -> None:
    since = datetime.fromisoformat("2026-11-20T13:00:00+00:00")
    until = datetime.fromisoformat("2026-11-22T00:00:00+00:00")
    assert [(a.isoformat()[:16], b.isoformat()[:16]) for a, b in days(since, until)] == [
        ("2026-11-21T00:00", "2026-11-22T00:00"), ("2026-11-20T13:00", "2026-11-21T00:00"),
    ]  # fmt: skip
