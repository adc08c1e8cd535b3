"""The console's pages: who gets in, what is recorded, and that nothing typed is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import Member
from detections import images
from detections.models import Hit
from detections.services_hits import hit_close, hit_exigent, hit_see, hit_validate
from tests.hits.conftest import WORDS, MakeHit, answers, stored_picture, under
from trail.models import Event
from trail.verbs import Outcome, Verb

At = Callable[[Member], Client]
PLATE = "8KRB412"


def pages(hit: Hit) -> list[str]:
    """Every address that shows something of a hit."""
    moves = ("see", "validate", "close", "exigent", "now")
    return [
        "/console/", "/console/list/", "/console/live/", "/console/closed/", f"/console/hits/{hit.pk}/",
        *(f"/console/hits/{hit.pk}/{move}/" for move in moves),
        f"/hits/{hit.pk}/image/", f"/hits/{hit.pk}/plate/",
    ]  # fmt: skip


def test_nobody_gets_in_without_signing_in(client: Client, make_hit: MakeHit) -> None:
    for address in pages(make_hit()):
        answer = client.get(address)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, resolve_url(settings.LOGIN_URL)), (
            address
        )


@pytest.mark.parametrize("who", ["lapsed", "lapsed_superuser", "auditor"])
def test_who_may_not_see_hits_is_told_why(request: Any, at: At, make_hit: MakeHit, who: str) -> None:
    client = at(request.getfixturevalue(who))
    for address in pages(make_hit()):
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert PLATE not in answer.content.decode()
    assert Event.objects.filter(outcome=Outcome.REFUSED).exists()


def test_a_hit_of_another_agency_is_not_there(at: At, operator: Member, foreign_hit: Any) -> None:
    hit, client = foreign_hit(), at(operator)
    for address in pages(hit)[4:]:
        assert client.get(address).status_code == 404, address
    assert client.post(f"/console/hits/{hit.pk}/close/", {"outcome": "misread"}).status_code == 404
    assert hit.plate not in client.get("/console/").content.decode()


def test_a_dispatcher_opens_no_form_of_another_role(at: At, dispatcher: Member, make_hit: MakeHit) -> None:
    hit, client = make_hit(), at(dispatcher)
    assert client.get(f"/console/hits/{hit.pk}/see/").status_code == 403
    answer = client.post(f"/console/hits/{hit.pk}/close/", {"outcome": "misread"})
    assert answer.status_code == 403
    page = client.get(f"/console/hits/{hit.pk}/").content.decode()
    assert "Record the live status" in page
    assert "Record what I saw" not in page
    assert "an officer’s answers" in page


def test_an_unknown_move_is_no_page(at: At, operator: Member, make_hit: MakeHit) -> None:
    assert at(operator).get(f"/console/hits/{make_hit().pk}/approve/").status_code == 404


def test_no_address_and_no_title_carries_a_plate(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit, client = make_hit(read="8KR8412"), at(operator)
    for address in ("/console/", f"/console/hits/{hit.pk}/", "/console/closed/"):
        page = client.get(address).content.decode()
        title = re.search(r"<title>(.*?)</title>", page, flags=re.DOTALL)
        assert title is not None
        found = re.findall(r'(?:href|src|action|data-list|data-live|data-now)="([^"]*)"', page)
        for words in [title[1], *found]:
            assert PLATE not in words
            assert "8KR8412" not in words
    page = client.get(f"/console/hits/{hit.pk}/").content.decode()
    assert f"<title>Hit {hit.number}, Alder</title>" in page


def test_nothing_is_answered_in_advance(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit(read="8KR8412", make="Honda", specific=True)
    for move in ("see", "validate", "exigent", "close"):
        page = at(operator).get(f"/console/hits/{hit.pk}/{move}/").content.decode()
        assert " checked" not in page


def test_missing_answers_are_named_and_the_given_ones_stay(
    at: At, operator: Member, make_hit: MakeHit
) -> None:
    hit = make_hit(read="8KR8412")
    answer = at(operator).post(f"/console/hits/{hit.pk}/see/", {"state": "same"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'Still without an answer: <a href="#id_character_4_0">character 4</a>', page)
    assert re.search(r'name="state" value="same" checked', page)
    assert not hit.steps.exists()


def test_words_on_the_person_are_asked_for_only_where_the_hit_may_pass(
    at: At, operator: Member, make_hit: MakeHit
) -> None:
    hit, client = make_hit(specific=True), at(operator)
    page = client.post(f"/console/hits/{hit.pk}/see/", answers(hit)).content.decode()
    assert '<a href="#id_words">What ties the driver to the person, or the other basis</a>' in page
    assert "The entry says: Driver wanted for the Quay St robbery." in page
    assert client.post(f"/console/hits/{hit.pk}/see/", answers(hit, person="differs")).status_code == 302


def test_a_move_is_made_and_shown(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    answer = at(operator).post(f"/console/hits/{hit.pk}/see/", answers(hit), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"/console/hits/{hit.pk}/", 302)]
    assert "answers, all the same." in page
    assert "Before a stop, this hit still needs" in page


def test_who_comes_second_sees_why_and_what_was_typed(
    at: At, operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    typed = {
        "method": "dispatcher",
        "asked": "clets",
        "answer": "current",
        "words": "Dispatch says still wanted.",
    }
    answer = at(operator).post(f"/console/hits/{hit.pk}/validate/", typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Dispatcher 3308 was first" in page
    assert "Dispatch says still wanted." in page
    assert "A dispatcher" in page
    refused = Event.objects.get(outcome=Outcome.REFUSED)
    assert (refused.verb, refused.actor) == (Verb.ATTEMPTED, operator)


def test_a_form_that_came_too_late_offers_the_next_move_and_never_sends_itself(
    at: At, operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    page = at(operator).get(f"/console/hits/{hit.pk}/now/?doing=validate").content.decode()
    assert 'form="move"' not in page
    assert f'href="/console/hits/{hit.pk}/close/">Close this hit…' in page
    assert "Checked." in page


def test_a_later_answer_is_recorded_on_the_hit(
    at: At, operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit, client = make_hit(), at(operator)
    assert "No longer current…" not in client.get(f"/console/hits/{hit.pk}/").content.decode()
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    address = f"/console/hits/{hit.pk}/validate/?later=1"
    assert f'href="{address}">No longer current…' in client.get(f"/console/hits/{hit.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert f'action="{address}"' in page
    assert re.findall(r'name="answer" id="\w+" value="(\w+)"', page) == ["not_current", "no_record"]
    typed = {"method": "clets", "answer": "not_current", "words": ""}
    again = client.post(address, typed)
    assert again.status_code == 422
    assert f'action="{address}"' in again.content.decode()
    assert client.post(address, typed | {"words": "Cleared at 03:10."}).status_code == 302
    hit.refresh_from_db()
    assert hit.status == "shut"


def test_a_stop_without_its_steps_is_refused_and_recorded(
    at: At, operator: Member, make_hit: MakeHit
) -> None:
    hit, client = make_hit(), at(operator)
    assert "Stopped: arrest" not in client.get(f"/console/hits/{hit.pk}/close/").content.decode()
    answer = client.post(f"/console/hits/{hit.pk}/close/", {"outcome": "arrest", "note": "Call 4411."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "cannot be this hit’s result" in page
    assert "Call 4411." in page
    assert Event.objects.filter(outcome=Outcome.REFUSED, actor=operator).exists()


def test_opening_is_recorded(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit, client = make_hit(), at(operator)
    client.get("/console/")
    viewed = Event.objects.get(verb=Verb.HITS_VIEWED)
    assert viewed.elements == {"plates": [hit.plate]}
    client.get(f"/console/hits/{hit.pk}/")
    opened = Event.objects.get(verb=Verb.HIT_VIEWED)
    assert (opened.actor, opened.object_pk) == (operator, str(hit.pk))
    assert opened.purpose == f"Verifying hit {hit.number}"


def test_pictures_are_recorded_and_kept_nowhere(
    at: At, operator: Member, make_hit: MakeHit, evidence: Path
) -> None:
    name, box = stored_picture()
    hit, client = make_hit(reading={"image": name, "box": box}), at(operator)
    whole, plate = client.get(f"/hits/{hit.pk}/image/"), client.get(f"/hits/{hit.pk}/plate/")
    with images.open(name) as file:
        assert whole.content == file.read()
    with Image.open(io.BytesIO(plate.content)) as enlarged:
        assert enlarged.width >= 400
    for answer in (whole, plate):
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Type"] == "image/jpeg"
    events = Event.objects.filter(verb=Verb.IMAGE_VIEWED, actor=operator).order_by("pk")
    assert [event.detail for event in events] == ["the whole picture", "its plate, enlarged"]


@pytest.mark.parametrize("box", [None, [0, 0, 0, 0], [5000, 0, 10, 10], [1, 2]])
def test_without_a_mark_there_is_no_enlarged_plate(
    at: At, operator: Member, make_hit: MakeHit, evidence: Path, box: list[int] | None
) -> None:
    name, _ = stored_picture()
    hit, client = make_hit(reading={"image": name, "box": box}), at(operator)
    assert client.get(f"/hits/{hit.pk}/plate/").status_code == 404
    assert "Not marked" in client.get(f"/console/hits/{hit.pk}/").content.decode()


def test_a_picture_that_is_gone_is_said(at: At, operator: Member, make_hit: MakeHit, evidence: Path) -> None:
    name, box = stored_picture()
    hit, client = make_hit(reading={"image": name, "box": box}), at(operator)
    images.remove(name)
    assert client.get(f"/hits/{hit.pk}/image/").status_code == 404
    assert "It cannot be opened any more." in client.get(f"/console/hits/{hit.pk}/").content.decode()


def test_old_lists_and_entries_taken_off_speak_up(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    Hit.objects.update(list_loaded_at=timezone.now() - timedelta(hours=27))
    hit.entry.state_of_entry = "closed"
    hit.entry.save()
    page = at(operator).get(f"/console/hits/{hit.pk}/").content.decode()
    assert "list 27 h old" in page
    assert "mark--warn" in page
    assert "No longer in use on this list" in page


def test_the_exigent_way_shows_only_where_the_policy_has_it(
    at: At, operator: Member, make_hit: MakeHit
) -> None:
    hit, client = make_hit(), at(operator)
    assert "Exigent circumstances…" in client.get(f"/console/hits/{hit.pk}/").content.decode()
    under(hit.agency, exigent_may_skip=[])
    assert "Exigent circumstances…" not in client.get(f"/console/hits/{hit.pk}/").content.decode()


def test_a_claim_waits_in_the_list_of_who_may_review_it(
    at: At, operator: Member, supervisor: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    hit_exigent(actor=operator, hit=hit, reason="Shots fired from the car.")
    hit_close(actor=operator, hit=hit, outcome="no_stop")
    assert f'data-hit="{hit.pk}"' not in at(operator).get("/console/").content.decode()
    page = at(supervisor).get("/console/").content.decode()
    assert f'data-hit="{hit.pk}"' in page
    assert "Review waits" in page
    typed = {"agreed": "yes", "words": "The radio log bears it out."}
    answer = at(supervisor).post(f"/console/hits/{hit.pk}/review_exigent/", typed)
    assert answer.status_code == 302
    assert f'data-hit="{hit.pk}"' not in at(supervisor).get("/console/").content.decode()


def test_the_list_answers_only_what_is_new(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit, client = make_hit(), at(operator)
    page = client.get("/console/list/").content.decode()
    have = re.search(r'data-fingerprint="(\w+)"', page)
    assert have is not None
    before = Event.objects.count()
    assert client.get(f"/console/list/?have={have[1]}").status_code == 204
    assert Event.objects.count() == before
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    assert client.get(f"/console/list/?have={have[1]}").status_code == 200


def test_a_long_list_costs_no_more_questions(
    at: At, operator: Member, make_hit: MakeHit, django_assert_max_num_queries: Any
) -> None:
    client = at(operator)
    for number in range(12):
        make_hit(f"8KRB4{number:02}")
    client.get("/console/")
    with django_assert_max_num_queries(45):
        client.get("/console/")


def test_the_entering_member_is_told_of_the_result(
    at: At, operator: Member, second_operator: Member, make_hit: MakeHit
) -> None:
    hit = make_hit(specific=True)
    hit_close(actor=second_operator, hit=hit, outcome="misread", note="It was a B, not an 8.")
    told = at(operator).get("/console/").content.decode()
    assert "What became of plates you entered" in told
    assert "It was a B, not an 8." in told
    assert "What became of plates you entered" not in at(second_operator).get("/console/").content.decode()
    under(hit.agency, tell_entering_member=False)
    assert "What became of plates you entered" not in at(operator).get("/console/").content.decode()


def test_what_was_closed_today_keeps_its_result(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    answer = at(operator).post(f"/console/hits/{hit.pk}/close/", {"outcome": "misread"}, follow=True)
    assert answer.redirect_chain == [("/console/", 302)]
    assert "1 closed today" in answer.content.decode()
    assert "Wrong hit: the plate was misread" in at(operator).get("/console/closed/").content.decode()


def test_single_keys_can_be_switched_off(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit, client = make_hit(), at(operator)
    assert client.get("/console/keys/").status_code == 405
    assert client.post("/console/keys/", {"keys": "off", "hit": hit.pk}).url == f"/console/hits/{hit.pk}/"
    operator.refresh_from_db()
    assert operator.keys_on is False
    assert 'data-keys="off"' in client.get("/console/").content.decode()
