"""Whoever entered a plate is told how each hit on it ended, until it was read."""

from __future__ import annotations

import pytest

from accounts.models import Member
from detections import results
from detections.models import Hit
from detections.services_hits import hit_close
from hotlists.models import Entry
from hotlists.patterns import anchor_of
from tests.hits.conftest import MakeHit, under
from tests.hits.test_pages import At
from trail.models import Event
from trail.verbs import Verb

HEAD = "What became of plates you entered"
NOTE = "It was a B, not an 8."


@pytest.fixture
def closed(make_hit: MakeHit, second_operator: Member) -> Hit:
    """A hit on the operator's own hot plate, closed by another."""
    hit = make_hit(specific=True)
    return hit_close(actor=second_operator, hit=hit, outcome="misread", note=NOTE)


def test_an_open_hit_has_no_result(operator: Member, make_hit: MakeHit) -> None:
    make_hit(specific=True)
    assert not results.hits_unread(operator).exists()


def test_it_is_told_to_who_entered_it_alone(
    operator: Member, second_operator: Member, supervisor: Member, closed: Hit
) -> None:
    assert list(results.hits_unread(operator)) == [closed]
    for other in (second_operator, supervisor):
        assert not results.hits_unread(other).exists()


def test_a_policy_that_does_not_ask_for_it_tells_nobody(operator: Member, closed: Hit) -> None:
    under(closed.agency, tell_entering_member=False)
    assert not results.hits_unread(Member.objects.get(pk=operator.pk)).exists()


def test_it_stays_until_it_is_read(at: At, operator: Member, closed: Hit) -> None:
    client = at(operator)
    for _ in range(2):
        page = client.get("/console/").content.decode()
        assert HEAD in page
        assert NOTE in page
    assert Event.objects.filter(verb=Verb.HITS_VIEWED, purpose="Results of hot plates").count() == 2
    answer = client.post("/hits/results/read/", {"hit": [closed.pk]})
    assert (answer.status_code, answer.url) == (302, "/console/")
    assert HEAD not in client.get("/console/").content.decode()
    closed.refresh_from_db()
    assert closed.told_at is not None


def test_opening_the_hit_is_reading_it(at: At, operator: Member, supervisor: Member, closed: Hit) -> None:
    at(supervisor).get(f"/console/hits/{closed.pk}/")
    assert results.hits_unread(operator).exists(), "another's look tells the entering member nothing"
    at(operator).get(f"/console/hits/{closed.pk}/")
    assert not results.hits_unread(operator).exists()


def test_nobody_reads_for_another(at: At, second_operator: Member, operator: Member, closed: Hit) -> None:
    client = at(second_operator)
    assert client.get("/hits/results/read/").status_code == 405
    client.post("/hits/results/read/", {"hit": [closed.pk, "x", "²", "9" * 30]})
    assert results.hits_unread(operator).exists()


def test_the_result_of_a_description_shows_no_empty_plate(
    at: At, operator: Member, second_operator: Member, make_hit: MakeHit
) -> None:
    hit = make_hit(specific=True)
    Entry.objects.filter(pk=hit.entry_id).update(
        plate="", plate_key="", make="TOYT", color="WHI", anchor=anchor_of(plate="", make="TOYT", color="WHI")
    )
    hit_close(actor=second_operator, hit=hit, outcome="mismatch", note=NOTE)
    page = at(operator).get("/console/").content.decode()
    told = page.split(HEAD)[1].split("</section>")[0]
    assert "described, case 26-11873" in told
    assert "plate-tag" not in told
