"""Nothing stays open unseen: a hit left open past the policy's limit goes to a supervisor, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Agency, Member
from detections.left_open import hits_escalate, is_left_open, left_open
from detections.models import Hit
from detections.schedules import TABLE
from detections.services_hits import hit_close, hit_see
from detections.tasks import escalate_left_open
from tests.hits.conftest import MakeHit, answers, past, under
from tests.hits.test_pages import At
from trail.actors import System
from trail.models import Event
from trail.verbs import Verb


def aged(hit: Hit, **ago: int) -> Hit:
    """The hit as if it had been made that long ago."""
    Hit.objects.filter(pk=hit.pk).update(made_at=timezone.now() - timedelta(**ago))
    hit.refresh_from_db()
    return hit


def escalated(hit: Hit) -> int:
    return Event.objects.filter(verb=Verb.HIT_ESCALATED, object_pk=str(hit.pk)).count()


def test_only_what_is_older_than_the_limit(agency: Agency, make_hit: MakeHit) -> None:
    old, young = aged(make_hit(), minutes=61), aged(make_hit("9BQT661"), minutes=59)
    assert list(left_open(agency)) == [old]
    assert [is_left_open(hit, agency.policy) for hit in (old, young)] == [True, False]
    under(agency, open_minutes=30)
    assert set(left_open(agency)) == {old, young}


def test_a_policy_without_a_limit_leaves_it(agency: Agency, make_hit: MakeHit) -> None:
    hit = aged(make_hit(), days=9)
    under(agency, open_minutes=None)
    assert not left_open(agency).exists()
    assert not is_left_open(hit, agency.policy)
    assert hits_escalate(actor=System("Left open", agency), agency=agency) == 0


def test_what_is_closed_is_not_left_open(agency: Agency, operator: Member, make_hit: MakeHit) -> None:
    hit = aged(make_hit(), days=2)
    hit = hit_close(actor=operator, hit=hit, outcome="no_stop")
    assert not left_open(agency).exists()
    assert not is_left_open(hit, agency.policy)


def test_what_an_answer_shut_still_has_to_be_closed(
    agency: Agency, operator: Member, make_hit: MakeHit
) -> None:
    hit = aged(make_hit(), hours=2)
    hit_see(actor=operator, hit=hit, answers=answers(hit, state="differs"))
    assert list(left_open(agency)) == [hit]


@pytest.mark.parametrize(("hours", "is_left"), [(23, False), (25, True)])
def test_a_past_read_has_a_day_for_each_hour(
    agency: Agency, make_hit: MakeHit, hours: int, is_left: bool
) -> None:
    hit = aged(past(make_hit()), hours=hours)
    assert left_open(agency).exists() is is_left
    assert is_left_open(hit, agency.policy) is is_left


def test_it_is_passed_on_once_by_the_system(agency: Agency, make_hit: MakeHit) -> None:
    hit = aged(make_hit(), minutes=90)
    assert hits_escalate(actor=System("Left open", agency), agency=agency) == 1
    assert hits_escalate(actor=System("Left open", agency), agency=agency) == 0
    event = Event.objects.get(verb=Verb.HIT_ESCALATED)
    assert (event.actor, event.object_pk, event.agency) == (None, str(hit.pk), agency)
    assert event.purpose == f"Verifying hit {hit.number}"
    assert event.detail.startswith("open since ")


def test_the_job_does_it_for_every_agency_and_runs_each_five_minutes(
    agency: Agency, outsider: Member, make_hit: MakeHit
) -> None:
    hit = aged(make_hit(), minutes=90)
    Agency.objects.create(name="Newtown Police Department", short_name="Newtown")
    escalate_left_open()
    escalate_left_open()
    assert escalated(hit) == 1
    row = next(facts for facts in TABLE.values() if facts["func"] == "detections.tasks.escalate_left_open")
    assert row["minutes"] == 5


def test_the_console_marks_it(at: At, supervisor: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    client: Client = at(supervisor)
    assert "Left open" not in client.get("/console/").content.decode()
    aged(hit, minutes=90)
    assert "Left open" in client.get("/console/").content.decode()
    assert "Left open" in client.get(f"/console/hits/{hit.pk}/").content.decode()
