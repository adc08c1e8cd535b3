"""The dispatcher's queue: who gets in, what it shows, and how it is answered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from detections.models import Hit
from detections.services_hits import hit_ask, hit_validate
from hotlists.models import HotList
from tests.hits.conftest import WORDS, MakeHit
from tests.hits.test_pages import At
from trail.models import Event
from trail.verbs import Outcome, Verb

GIVEN = {"asked": "clets", "answer": "current", "words": "Still stolen, Eastmoor PD, Nov 14."}


@pytest.fixture
def hit(make_hit: MakeHit, operator: Member) -> Hit:
    """A hit on which an officer asks."""
    made = make_hit(entering_agency="Eastmoor PD", record_number="V123456789", read="8KR8412")
    return hit_ask(actor=operator, hit=made)


def test_nobody_gets_in_without_signing_in(client: Client, hit: Hit) -> None:
    for address in ("/dispatch/", "/dispatch/list/"):
        assert client.get(address).status_code == 302
    assert client.post(f"/dispatch/{hit.pk}/", GIVEN).status_code == 302


@pytest.mark.parametrize("who", ["lapsed", "analyst", "auditor", "administrator"])
def test_who_may_not_answer_is_told_why(request: Any, at: At, hit: Hit, who: str) -> None:
    client = at(request.getfixturevalue(who))
    for answer in (client.get("/dispatch/"), client.get("/dispatch/list/")):
        assert answer.status_code == 403
        assert hit.plate not in answer.content.decode()
    assert client.post(f"/dispatch/{hit.pk}/", GIVEN).status_code == 403


def test_an_officer_sees_who_waits_and_answers_nothing_for_dispatch(
    at: At, second_operator: Member, hit: Hit
) -> None:
    client = at(second_operator)
    page = client.get("/dispatch/").content.decode()
    assert "8KRB412" in page
    assert "Record the answer" not in page
    assert client.post(f"/dispatch/{hit.pk}/", GIVEN).status_code == 403
    hit.refresh_from_db()
    assert hit.validated_at is None


def test_another_agencys_hit_is_not_there(at: At, dispatcher: Member, foreign_hit: Any) -> None:
    assert at(dispatcher).post(f"/dispatch/{foreign_hit().pk}/", GIVEN).status_code == 404


def test_a_restricted_list_stays_out_of_sight(at: At, dispatcher: Member, hit: Hit) -> None:
    HotList.objects.filter(pk=hit.entry.hot_list_id).update(is_restricted=True)
    client = at(dispatcher)
    assert "8KRB412" not in client.get("/dispatch/").content.decode()
    assert client.post(f"/dispatch/{hit.pk}/", GIVEN).status_code == 404


def test_it_shows_the_wait_the_plate_the_list_and_the_source(at: At, dispatcher: Member, hit: Hit) -> None:
    page = at(dispatcher).get("/dispatch/").content.decode()
    assert "1 waits for an answer" in page
    for words in ("8KRB412", "8KR8412", "Stolen vehicles (SVS)", "Eastmoor PD", "V123456789"):
        assert words in page
    assert re.search(r"data-since>\d+ s</time>", page)
    assert " checked" not in page, "nothing is answered in advance"


def test_nothing_of_a_plate_stands_in_an_address_or_title(at: At, dispatcher: Member, hit: Hit) -> None:
    page = at(dispatcher).get("/dispatch/").content.decode()
    title = re.search(r"<title>(.*?)</title>", page)
    assert title is not None
    for found in [title[1], *re.findall(r'(?:href|action|data-dispatch|data-live)="([^"]*)"', page)]:
        assert "8KR" not in found


def test_looking_is_recorded_and_asking_again_only_where_something_changed(
    at: At, dispatcher: Member, hit: Hit
) -> None:
    client = at(dispatcher)
    page = client.get("/dispatch/").content.decode()
    viewed = Event.objects.get(verb=Verb.HITS_VIEWED, actor=dispatcher)
    assert viewed.elements == {"plates": [hit.plate]}
    assert viewed.purpose == "Answering for the live status of hits"
    have = re.search(r'data-fingerprint="(\w+)"', page)
    assert have is not None
    assert client.get(f"/dispatch/list/?have={have[1]}").status_code == 204
    assert Event.objects.filter(verb=Verb.HITS_VIEWED, actor=dispatcher).count() == 1
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    assert client.get(f"/dispatch/list/?have={have[1]}").status_code == 200


@pytest.mark.parametrize("missing", list(GIVEN))
def test_what_is_missing_is_named_and_the_rest_stays(
    at: At, dispatcher: Member, hit: Hit, missing: str
) -> None:
    answer = at(dispatcher).post(f"/dispatch/{hit.pk}/", GIVEN | {missing: ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'<a href="#hit-{hit.pk}-{missing}(_0)?">', page)
    if missing != "words":
        assert GIVEN["words"] in page
    assert not hit.steps.filter(move="validate").exists()


def test_the_answer_is_recorded_as_dispatchs(at: At, dispatcher: Member, hit: Hit) -> None:
    answer = at(dispatcher).post(f"/dispatch/{hit.pk}/", GIVEN, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [("/dispatch/", 302)]
    assert "the officer sees it now" in page
    assert "Nobody waits for an answer" in page
    assert GIVEN["words"] in page, "answered within the hour"
    step = hit.steps.get(move="validate")
    assert (step.method, step.answers) == ("dispatcher", {"answer": "current", "asked": "clets"})


def test_who_comes_second_is_told_who_was_first_and_loses_nothing(
    at: At, dispatcher: Member, supervisor: Member, hit: Hit
) -> None:
    hit_validate(
        actor=supervisor, hit=hit, method="dispatcher", asked="dmv", answer="no_record", words="No record."
    )
    answer = at(dispatcher).post(f"/dispatch/{hit.pk}/", GIVEN)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Supervisor 3017 recorded the live answer: no record" in page
    assert GIVEN["words"] in page
    assert Event.objects.get(outcome=Outcome.REFUSED).actor == dispatcher
    hit.refresh_from_db()
    assert hit.status == "shut"


def test_the_answer_that_it_is_not_listed_binds_from_who_comes_second_too(
    at: At, operator: Member, dispatcher: Member, hit: Hit
) -> None:
    hit_validate(actor=operator, hit=hit, method="clets", answer="current", words=WORDS)
    typed = GIVEN | {"answer": "no_record", "words": "No record."}
    assert at(dispatcher).post(f"/dispatch/{hit.pk}/", typed).status_code == 302
    hit.refresh_from_db()
    assert hit.status == "shut"


def test_the_masthead_leads_dispatchers_there_and_nobody_else(
    at: At, dispatcher: Member, operator: Member
) -> None:
    link = 'href="/dispatch/"'
    assert link in at(dispatcher).get("/console/").content.decode()
    assert link not in at(operator).get("/console/").content.decode()
