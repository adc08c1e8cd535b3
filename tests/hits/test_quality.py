"""The quality of hits in figures: who sees them, what each closed hit counts as, and that nothing is lost."""

from __future__ import annotations

import csv
import itertools
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AdoptedPolicy, Agency, Member
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS, Role
from detections import quality
from detections.models import Camera, Hit, HitStep, Outcome
from detections.quality import Finding, Group, Shares
from detections.services_hits import hit_close, hit_confirm, hit_see, hit_validate
from hotlists.models import Entry, HotList
from tests.hits.conftest import WORDS, MakeHit, answers
from trail.models import Event
from trail.verbs import Verb

At = Callable[[Member], Client]
PAGES = ("/quality/", "/quality/figures.csv")
OVERSEERS = [role for role in Role if Permission.OVERSEE in PERMISSIONS[role]]
DAY = timedelta(days=1)


def found(agency: Agency, **named: Any) -> quality.Figures:
    now = timezone.now()
    return quality.figures(agency, now - DAY, now + DAY, **named)


def keep_hits(agency: Agency, days: int | None) -> None:
    adopted = agency.adopted
    assert adopted is not None
    changed = adopted.policy.with_values({"retention.hits_days": days})
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=changed.to_dict())


def counts(shares: Shares) -> dict[str, int]:
    return {kind.value: count for kind, count in shares.each if count}


@pytest.fixture
def closed(camera: Camera, entry: Callable[..., Entry]) -> Callable[..., list[Hit]]:
    """Puts closed hits there as rows: `closed(12, outcome="misread", days_ago=3)`."""
    numbers = itertools.count(1)

    def make(count: int = 1, *, days_ago: float = 0, listed: Entry | None = None, **facts: Any) -> list[Hit]:
        listed = listed or Entry.objects.first() or entry("8KRB412")
        now = timezone.now()
        given = {"outcome": Outcome.NO_STOP, "match": Hit.Match.EXACT, "plate": "8KRB412"} | facts
        return Hit.objects.bulk_create(
            Hit(
                agency=camera.agency, entry=listed, detection_id=uuid.UUID(int=next(numbers)),
                camera=given.get("camera", camera), captured_at=now, last_read_at=now,
                status=Hit.Status.CLOSED, closed_at=now - timedelta(days=days_ago),
                **{name: value for name, value in given.items() if name != "camera"},
            )
            for _ in range(count)
        )  # fmt: skip

    return make


# Who sees them


def test_nobody_gets_in_without_signing_in(client: Client, agency: Agency) -> None:
    for page in PAGES:
        assert client.get(page).status_code == 302


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_oversee_see_them(request: Any, at: At, role: Role) -> None:
    client = at(request.getfixturevalue(role.value))
    for page in PAGES:
        assert client.get(page).status_code == (200 if role in OVERSEERS else 403), page


@pytest.mark.parametrize("days", ["0", "31", "-7", "x", "", "7 "])
def test_only_the_periods_that_are_offered(at: At, administrator: Member, days: str) -> None:
    for page in PAGES:
        assert at(administrator).get(page, {"days": days}).status_code == 404


def test_another_agency_counts_nothing(foreign_hit: Any, agency: Agency, administrator: Member) -> None:
    hit = foreign_hit()
    Hit.objects.filter(pk=hit.pk).update(status="closed", outcome="misread", closed_at=timezone.now())
    assert found(agency).whole.closed == 0
    assert found(hit.agency).whole.closed == 1


# What each hit counts as


@pytest.mark.parametrize(
    ("outcome", "finding"),
    [
        ("misread", Finding.MISREAD),
        ("wrong_state", Finding.WRONG_STATE),
        ("mismatch", Finding.WRONG_VEHICLE),
        ("not_listed", Finding.STALE),
        ("no_stop", Finding.UNPROVEN),
        ("located", Finding.RIGHT),
    ],
)
def test_the_result_comes_first(operator: Member, make_hit: MakeHit, outcome: str, finding: Finding) -> None:
    hit = hit_close(actor=operator, hit=make_hit(), outcome=outcome)
    assert counts(found(hit.agency).whole) == {finding.value: 1}


@pytest.mark.parametrize("outcome", ["misread", "no_stop"])
def test_a_hit_that_is_open_or_shut_is_not_counted(
    operator: Member, dispatcher: Member, make_hit: MakeHit, outcome: str
) -> None:
    shut = make_hit()
    hit_validate(actor=dispatcher, hit=shut, method="clets", answer="not_current", words="No match.")
    make_hit("7FGN111")
    assert found(shut.agency).whole.closed == 0


@pytest.mark.parametrize(
    ("question", "finding"),
    [
        ("character_4", Finding.MISREAD),
        ("others", Finding.MISREAD),
        ("state", Finding.WRONG_STATE),
        ("make", Finding.WRONG_VEHICLE),
        ("color", Finding.WRONG_VEHICLE),
        ("person", Finding.UNPROVEN),
    ],
)
def test_what_the_eye_found_counts_where_it_was_closed_as_no_stop(
    operator: Member, make_hit: MakeHit, question: str, finding: Finding
) -> None:
    hit = make_hit(read="8KR8412", make="Honda", color="SIL", specific=True)
    seen = answers(hit) | {question: "differs"}
    hit = hit_see(actor=operator, hit=hit, answers=seen, words="Looked in at the light.")
    hit_close(actor=operator, hit=hit, outcome=Outcome.NO_STOP)
    assert counts(found(hit.agency).whole) == {finding.value: 1}


def test_the_character_explains_a_vehicle_that_differs_too(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit(read="8KR8412", make="Honda")
    seen = answers(hit) | {"character_4": "differs", "make": "differs", "state": "differs"}
    hit_close(actor=operator, hit=hit_see(actor=operator, hit=hit, answers=seen), outcome=Outcome.NO_STOP)
    assert counts(found(hit.agency).whole) == {"misread": 1}


def test_an_answer_that_could_not_be_given_contradicts_nothing(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit(read="8KR8412")
    hit_see(actor=operator, hit=hit, answers=answers(hit, "unclear"))
    hit_close(actor=operator, hit=hit, outcome=Outcome.NO_STOP)
    assert counts(found(hit.agency).whole) == {"unproven": 1}


def test_a_live_answer_tells_right_from_stale(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    for listed in (True, False):
        hit = make_hit("8KRB412" if listed else "7FGN111")
        hit = hit_validate(
            actor=dispatcher,
            hit=hit,
            method="clets",
            answer="current" if listed else "not_current",
            words=WORDS,
        )
        hit_close(actor=operator, hit=hit, outcome=Outcome.NO_STOP)
    assert counts(found(hit.agency).whole) == {"right": 1, "stale": 1}


def test_a_hit_that_was_validated_and_then_cleared_is_stale(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    hit = hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    hit = hit_confirm(actor=dispatcher, hit=hit, confirmed=False, words="Cleared this morning.")
    hit_close(actor=operator, hit=hit, outcome=Outcome.NO_STOP)
    assert counts(found(hit.agency).whole) == {"stale": 1}


@pytest.mark.parametrize(
    ("outcome", "finding"),
    [
        ("arrest", "right"),
        ("recovered", "right"),
        ("cited", "right"),
        ("released", "unproven"),
    ],
)
def test_a_stop_without_a_live_answer_proves_only_what_it_found(
    closed: Any, agency: Agency, outcome: str, finding: str
) -> None:
    closed(outcome=outcome)
    assert counts(found(agency).whole) == {finding: 1}


def test_what_was_made_of_a_misread_stays_a_misread(closed: Any, agency: Agency) -> None:
    closed(outcome="misread", validated_at=timezone.now())
    assert counts(found(agency).whole) == {"misread": 1}


SHUT = ["", "see", "validate", "confirm"]
ANSWERS = st.dictionaries(
    st.sampled_from(["character_1", "others", "state", "make", "color", "person"]),
    st.sampled_from(["same", "differs", "unclear"]),
)
ENDED = st.tuples(
    st.sampled_from(Outcome.values), st.sampled_from(SHUT), st.booleans(), st.booleans(), ANSWERS,
    st.integers(0, 1), st.sampled_from(["", "rapidocr"]), st.sampled_from(Hit.Match.values),
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ENDED, max_size=25))
def test_the_findings_part_the_closed_hits(
    closed: Any, agency: Agency, camera: Camera, operator: Member, ended: list[Any]
) -> None:
    HitStep.objects.all().delete()
    Hit.objects.all().delete()
    other, _ = Camera.objects.get_or_create(agency=agency, code="cam-9", defaults={"name": "Pier"})
    now = timezone.now()
    for outcome, shut, validated, confirmed, said, number, engine, match in ended:
        hit = closed(
            outcome=outcome, shut_by_move=shut, validated_at=now if validated else None,
            confirmed_at=now if confirmed else None, camera=[camera, other][number], engine=engine,
            match=match,
        )[0]  # fmt: skip
        HitStep.objects.create(hit=hit, move="see", by=operator, passed=False, answers=said)
    figures = found(agency)
    assert figures.whole.closed == len(ended) == sum(count for _, count in figures.whole.each)
    for table in (figures.by_list, figures.by_camera, figures.by_engine, figures.by_match):
        summed = {kind: sum(group.shares.of(kind) for group in table) for kind in Finding}
        assert summed == dict(figures.whole.each)
    if figures.whole.wrong_share is not None:
        shares = [figures.whole.share(count) or 0.0 for _, count in figures.whole.each]
        assert sum(shares) == pytest.approx(1)


# Periods, small numbers, restricted lists


def test_a_hit_counts_on_the_day_it_was_closed(closed: Any, at: At, administrator: Member) -> None:
    closed(11, outcome="misread", days_ago=8)
    closed(9, outcome="no_stop", days_ago=8)
    closed(1, outcome="misread", days_ago=0)
    closed(19, outcome="located", days_ago=5)
    page = at(administrator).get("/quality/?days=7").content.decode()
    assert "20 hits were closed, 1 of them wrong" in page
    assert "in the last 7 days: 5%, 50 points lower than in the 7 days before." in page
    assert (
        "40 hits were closed, 12 of them wrong" in at(administrator).get("/quality/?days=30").content.decode()
    )


def test_no_share_is_given_of_fewer_than_ten(closed: Any, at: At, administrator: Member) -> None:
    closed(4, outcome="misread")
    closed(5, outcome="located")
    page = at(administrator).get("/quality/").content.decode()
    assert "9 hits were closed, 4 of them wrong" in page
    assert "too few for a share" in page
    assert "4 of 9" in page
    assert "44%" not in page
    assert '<svg viewBox="0 0 480' not in page
    closed(1, outcome="located")
    page = at(administrator).get("/quality/").content.decode()
    assert "40%" in page
    assert '<svg viewBox="0 0 480' in page


def test_nothing_closed_is_said(at: At, administrator: Member) -> None:
    assert "No hit was closed" in at(administrator).get("/quality/").content.decode()


@pytest.mark.parametrize(("days", "said"), [(100, True), (729, True), (731, False), (None, False)])
def test_days_that_the_policy_has_deleted_are_said(
    closed: Any, agency: Agency, at: At, administrator: Member, days: int | None, said: bool
) -> None:
    closed()
    keep_hits(agency, days)
    page = at(administrator).get("/quality/?days=365").content.decode()
    assert ("older ones are deleted" in page) is said


@pytest.fixture
def restricted(agency: Agency, administrator: Member, entry: Callable[..., Entry]) -> HotList:
    """A restricted list with two wrong hits, closed."""
    return HotList.objects.create(
        agency=agency, name="Gang file extract", kind="general", source="ncic_gang", is_restricted=True,
        designated_by=administrator,
    )  # fmt: skip


def test_a_restricted_list_is_counted_and_named_only_to_whom_it_is_granted(
    closed: Any,
    entry: Any,
    restricted: HotList,
    agency: Agency,
    at: At,
    administrator: Member,
    custodian: Member,
) -> None:
    closed(2, listed=entry("7FGN111", hot_list=restricted, snapshot=None), outcome="not_listed")
    closed(1, listed=entry("8KRB412"))
    assign_perm("hotlists.see_restricted", administrator, restricted)
    for page in PAGES:
        granted = at(administrator).get(page).content.decode()
        assert restricted.name in granted
        assert quality.RESTRICTED not in granted
        other = at(custodian).get(page).content.decode()
        assert restricted.name not in other
        assert quality.RESTRICTED in other
    by_list = {group.name: group.shares.closed for group in found(restricted.agency).by_list}
    assert by_list == {quality.RESTRICTED: 2, "Stolen vehicles (SVS)": 1}


def test_a_list_that_was_quiet_is_still_held_against_the_days_before(agency: Agency) -> None:
    group = [Group(1, "SVS", Shares({Finding.MISREAD: 12}))]
    [line] = quality.lines([], group)
    assert (line.name, line.now.closed, line.before.closed, line.change) == ("SVS", 0, 12, None)


# The file


def test_the_file_has_the_figures_and_is_recorded(closed: Any, at: At, administrator: Member) -> None:
    closed(3, outcome="misread")
    closed(9, outcome="located", engine="rapidocr")
    answer = at(administrator).get("/quality/figures.csv?days=7")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(answer.content.decode().splitlines()))
    whole = rows[0]
    assert (whole["by"], whole["closed"], whole["misread"], whole["wrong_percent"]) == (
        "all",
        "12",
        "3",
        "25.0",
    )
    engines = {row["name"]: row["closed"] for row in rows if row["by"] == "engine"}
    assert engines == {quality.OWN_ENGINE: "3", "rapidocr": "9"}
    exported = Event.objects.get(verb=Verb.EXPORTED)
    assert exported.actor == administrator
    assert exported.elements == {"days": 7}


def test_looking_at_the_page_exports_nothing_and_shows_no_plate(
    closed: Any, at: At, administrator: Member
) -> None:
    closed(12)
    assert b"8KRB412" not in at(administrator).get("/quality/").content
    assert b"8KRB412" not in at(administrator).get("/quality/figures.csv").content
    assert Event.objects.filter(verb=Verb.EXPORTED).count() == 1


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_a_name_is_no_formula(closed: Any, camera: Camera, at: At, administrator: Member, start: str) -> None:
    Camera.objects.filter(pk=camera.pk).update(code=f'{start}HYPERLINK("x")')
    closed()
    rows = csv.reader(at(administrator).get("/quality/figures.csv").content.decode().splitlines())
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]


def test_the_figures_ask_the_database_a_fixed_number_of_times(
    closed: Any, agency: Agency, django_assert_num_queries: Any
) -> None:
    closed(40, engine="rapidocr")
    with django_assert_num_queries(3):
        found(agency)
