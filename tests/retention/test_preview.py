"""The preview changes nothing and foretells what the purge then does; what was missed or broke off waits."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Member
from alpr import waiting
from alpr.waiting.holds import holds_to_review
from detections import due, retention
from detections.holds import hold_release_ask
from detections.models import Detection, Hold, PurgeRun
from detections.retention import is_overdue, last_purge, purge
from tests.retention.conftest import END, Place
from tests.retention.world import Days, Range, Side, Thing, World, keep_for, stored, taken_back
from tests.search.conftest import Detect, SignIn
from trail.models import Event
from trail.verbs import Verb

THINGS = [
    Thing(0, 5, "own", hit=True, job=True),
    Thing(0, 5, "shared", hold="standing", hit=True),
    Thing(0, 2, "own", plate="7ABC123"),
    Thing(0, 6, "own", job=True, plate="7ABC123"),
    Thing(0, 1, "own", hit=True),
    Thing(1, 7, "own", hit=True),
]


def everything() -> dict[str, Any]:
    """Every row of every table of ours but the trail, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND relname ~ '^(detections|hotlists|accounts)_'"
        )
        rows = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            rows[table] = cursor.fetchall()
    return rows


@pytest.mark.usefixtures("days")
def test_the_preview_changes_nothing_and_comes_true(
    operator: Member, outsider: Member, evidence: Path
) -> None:
    with taken_back(evidence):
        sides = [Side.of(operator, Days(3, 4, 1)), Side.of(outsider, Days(30, 30))]
        world = World(sides, [Range(0, "plate", 9, 6)]).fill(THINGS)
        before = (everything(), stored(evidence))
        said = due.preview(operator.agency)
        assert (everything(), stored(evidence)) == before
        run = purge(operator.agency)
        world.check(evidence)
        assert (said.due, said.held) == (run.due, run.held)
        assert (said.hits_due, said.hits_held) == (run.hits_due, run.hits_held)
        assert (said.pictures_due, said.held_for) == (run.pictures_gone, run.held_for)
        assert (said.policy_version, said.authority) == (run.policy_version, run.authority)


def test_the_command_foretells_and_changes_nothing(
    agency: Agency, detect: Detect, hold: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    detect(hours_ago=24 * 400, pictured=True)
    hold(detect(hours_ago=24 * 401))
    before = everything()
    call_command("purge", agency="Alder", preview=True)
    said = capsys.readouterr().out
    assert "what a purge would delete now under Vallejo Policy 426, version 1" in said
    assert "426.4 Retention, par. 2" in said
    assert "2 due, 1 held" in said
    assert "Held for case 26-11873: 1 detections, 0 hits" in said
    assert "Nothing was changed." in said
    assert everything() == before
    call_command("purge", agency="Alder")
    said = capsys.readouterr().out
    assert "2 due, 1 held, 1 deleted" in said
    assert f"SHA-256 of the list: {PurgeRun.objects.get().list_sha256}" in said


def test_only_who_oversees_opens_the_pages_of_deletion(
    operator: Member, auditor: Member, detect: Detect, hold: Place, sign_in: SignIn
) -> None:
    detect(hours_ago=24 * 400)
    hold(detect(hours_ago=24 * 401))
    for name in ("purges", "purge_preview"):
        assert sign_in(operator).get(reverse(name)).status_code == 403
    client = sign_in(auditor)
    page = client.get(reverse("purge_preview")).content.decode()
    assert "426.4 Retention, par. 2" in page
    assert "26-11873" in page
    assert "8KRB412" not in page
    assert Event.objects.get(verb=Verb.PURGE_PREVIEWED).elements == {"due": 2, "held": 1}
    assert not PurgeRun.objects.exists()
    purge(auditor.agency)
    assert "Done" in client.get(reverse("purges")).content.decode()


def whats(member: Member) -> list[str]:
    """What waits for the member to do, in words."""
    return [wait.what for wait in waiting.yours(waiting.ask(member))]


def test_a_missed_purge_waits(agency: Agency, auditor: Member) -> None:
    agency.policies.update(effective_from=timezone.now() - timedelta(hours=25))
    assert "See why nothing was deleted" not in whats(auditor)
    agency.policies.update(effective_from=timezone.now() - timedelta(hours=27))
    assert "See why nothing was deleted" in whats(auditor)
    purge(agency)
    assert "See why nothing was deleted" not in whats(auditor)


def test_a_missed_purge_still_shows_after_the_next(agency: Agency, auditor: Member, sign_in: SignIn) -> None:
    client, address = sign_in(auditor), reverse("purges")
    for days_ago in (5, 4, 1):
        run = purge(agency)
        PurgeRun.objects.filter(pk=run.pk).update(ran_at=timezone.now() - timedelta(days=days_ago))
    purge(agency)
    page = client.get(address).content.decode()
    assert page.count("Missed before") == 1
    assert "none began for 3 d" in page


def test_a_purge_that_broke_off_waits_until_the_next(
    agency: Agency, auditor: Member, sign_in: SignIn
) -> None:
    purge(agency)
    PurgeRun.objects.update(finished_at=None)
    assert "See why a deletion broke off" in whats(auditor)
    assert "Broke off" in sign_in(auditor).get(reverse("purges")).content.decode()
    with retention._alone(agency):
        assert "See why a deletion broke off" not in whats(auditor)
    purge(agency)
    assert "See why a deletion broke off" not in whats(auditor)
    assert "Went on in the next" in sign_in(auditor).get(reverse("purges")).content.decode()


def test_pictures_that_are_left_wait(agency: Agency, auditor: Member) -> None:
    purge(agency)
    PurgeRun.objects.update(files_left=["2026/01/01/a.jpg", "2026/01/01/b.jpg"])
    assert "Remove 2 pictures that could not be deleted" in whats(auditor)


def test_holds_wait_for_their_review_and_for_another_person(
    detect: Detect, hold: Place, custodian: Member, administrator: Member, operator: Member
) -> None:
    placed = hold(detect())
    assert whats(custodian) == []
    Hold.objects.update(review_by=timezone.localdate() + timedelta(days=6))
    assert "Review 1 hold" in whats(custodian)
    assert "Review 1 hold" not in whats(administrator)
    hold_release_ask(actor=custodian, hold=placed, why=END)
    what = f"Decide on the release of hold {placed.pk}"
    assert what in whats(administrator)
    assert what not in whats(custodian)
    assert what not in whats(operator)


def test_a_hold_whose_review_is_long_past_waits_and_keeps(
    agency: Agency, custodian: Member, detect: Detect, hold: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, now = hold(detect(hours_ago=24 * 20)), timezone.now()
    keep_for(agency, Days(10, 10))
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: now + timedelta(days=400))
        assert [wait.is_overdue for wait in holds_to_review(waiting.ask(custodian))] == [True]
        assert (purge(agency).held, Detection.objects.count()) == (1, 1)
    assert holds_to_review(waiting.ask(custodian)) == []
    assert (purge(agency).held, one.items.count()) == (1, 1)


def test_a_clock_that_ran_ahead_hides_no_missed_purge(agency: Agency, detect: Detect) -> None:
    real = purge(agency)
    ahead = purge(agency)
    PurgeRun.objects.filter(pk=ahead.pk).update(ran_at=timezone.now() + timedelta(days=1))
    assert last_purge(agency) == real
    PurgeRun.objects.filter(pk=real.pk).update(ran_at=timezone.now() - timedelta(hours=27))
    assert is_overdue(agency)
    detect(hours_ago=24 * 400)
    assert purge(agency).rows_gone == 1
    assert not is_overdue(agency)


@pytest.mark.parametrize("moved", [timedelta(days=-1), timedelta(days=1)])
def test_a_clock_that_moved_a_day_and_back_purges_nothing_held_and_all_that_is_due(
    moved: timedelta, agency: Agency, detect: Detect, hold: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_for(agency, Days(10, 10))
    long_ago = timezone.now() - timedelta(days=30)
    agency.policies.update(effective_from=long_ago, approved_at=long_ago)
    kept = hold(detect(hours_ago=24 * 20))
    old, edge, young = (detect(hours_ago=24 * days) for days in (12, 9.5, 5))
    now = timezone.now()
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: now + moved)
        first = purge(agency)
    assert first.captured_before == pytest.approx(now + moved - timedelta(days=10), abs=timedelta(minutes=1))
    last = purge(agency)
    assert first.rows_gone + last.rows_gone == (2 if moved > timedelta() else 1)
    standing = set(kept.items.values_list("detection_id", flat=True)) | {young.pk}
    assert set(type(old).objects.values_list("pk", flat=True)) == standing | (
        set() if moved > timedelta() else {edge.pk}
    )
