"""What the console shows to whom: restricted lists, filters, sound, keys, order, and what does not ring."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import Member
from detections import console
from detections.console_board import board
from detections.console_choice import ACTIONS, NO_AREA, UNTIL_SWITCHED_ON, choice_of, keys_of, sound_of
from detections.models import Camera, CameraGroup, ConsoleChoice, Hit, LookBack
from detections.services_console import (
    filters_set,
    keys_reset,
    keys_set,
    mute,
    mute_high,
    unmute,
    volume_set,
)
from detections.services_hits import hit_close
from hotlists.models import HotList, Priority
from tests.hits.conftest import MakeHit
from trail.models import Event, Inquiry
from trail.verbs import Verb
from training import gate

At = Callable[[Member], Client]


@pytest.fixture
def hidden(make_hit: MakeHit, general_list: HotList, second_operator: Member) -> Hit:
    """A hit on a restricted list, granted to the second operator alone."""
    hit = make_hit("8KRB412")
    HotList.objects.filter(pk=general_list.pk).update(is_restricted=True)
    assign_perm("hotlists.see_restricted", second_operator, general_list)
    return hit


def numbers(member: Member) -> list[int]:
    """The hits in a member's list, in its order."""
    return [hit.pk for hit in board(member).hits]


# Restricted lists


def test_a_hit_on_a_restricted_list_is_nowhere_without_its_grant(
    at: At, operator: Member, hidden: Hit
) -> None:
    client = at(operator)
    shown = [
        client.get(address).content.decode()
        for address in ("/console/", "/console/list/", "/console/closed/", "/console/map/")
    ]
    for page in shown:
        assert hidden.plate not in page
        assert hidden.number not in page
        assert hidden.entry.hot_list.name not in page
    assert "0 open hits" in shown[0]
    for address in (
        f"/console/hits/{hidden.pk}/", f"/console/hits/{hidden.pk}/see/", f"/console/hits/{hidden.pk}/now/",
        f"/hits/{hidden.pk}/image/", f"/hits/{hidden.pk}/plate/",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert client.post(f"/console/hits/{hidden.pk}/close/", {"outcome": "misread"}).status_code == 404
    filters_set(actor=operator, lists=[], priorities=[Priority.LOW], areas=[])
    listed = client.get(f"/console/list/?open={hidden.pk}").content.decode()
    assert 'name="hit" value=""' in listed


def test_it_is_not_counted_either(at: At, operator: Member, second_operator: Member, hidden: Hit) -> None:
    hit_close(actor=second_operator, hit=hidden, outcome="misread")
    assert "0 closed today" in at(operator).get("/console/").content.decode()
    assert board(operator).newest == 0
    assert "1 closed today" in at(second_operator).get("/console/").content.decode()


def test_who_is_granted_the_list_sees_it(at: At, second_operator: Member, hidden: Hit) -> None:
    assert numbers(second_operator) == [hidden.pk]
    assert hidden.number in at(second_operator).get(f"/console/hits/{hidden.pk}/").content.decode()


# What comes first, and what does not ring


def test_high_comes_first_and_the_newest_within(operator: Member, make_hit: MakeHit) -> None:
    low, high, normal, newer = (make_hit(plate) for plate in ("8KRB412", "9BQT661", "5JHC874", "6WVN230"))
    Hit.objects.filter(pk=low.pk).update(priority=Priority.LOW)
    Hit.objects.filter(pk=high.pk).update(priority=Priority.HIGH)
    assert numbers(operator) == [high.pk, newer.pk, normal.pk, low.pk]


def test_no_number_of_others_pushes_high_priority_out_of_sight(
    operator: Member, make_hit: MakeHit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "MOST_IN_LIST", 2)
    high = make_hit("9BQT661")
    Hit.objects.filter(pk=high.pk).update(priority=Priority.HIGH)
    for plate in ("8KRB412", "5JHC874", "6WVN230"):
        make_hit(plate)
    shown = board(operator)
    assert shown.hits[0].pk == high.pk
    assert (len(shown.hits), shown.older) == (2, 2)


def test_what_is_made_while_the_list_is_asked_for_counts_as_newer(
    operator: Member, make_hit: MakeHit
) -> None:
    made: list[Hit] = []

    def meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.endswith(f"LIMIT {console.MOST_IN_LIST}") and not made:
            made.append(make_hit())
        return answer

    with connection.execute_wrapper(meanwhile):
        shown = board(operator)
    assert made[0] not in shown.hits
    assert shown.newest < made[0].pk


def test_what_was_found_looking_back_stands_apart_and_does_not_ring(
    at: At, operator: Member, make_hit: MakeHit
) -> None:
    now = make_hit("9BQT661")
    past = make_hit("8KRB412", specific=True)
    inquiry = Inquiry.objects.create(
        member=operator, agency=operator.agency, offense="robbery", case_number="26-11873"
    )
    moment = timezone.now()
    job = LookBack.objects.create(
        agency=operator.agency,
        entry=past.entry,
        inquiry=inquiry,
        since=moment - timedelta(days=7),
        until=moment,
    )
    Hit.objects.filter(pk=past.pk).update(look_back=job)
    shown = board(operator)
    assert ([hit.pk for hit in shown.hits], [hit.pk for hit in shown.found]) == ([now.pk], [past.pk])
    page = at(operator).get("/console/").content.decode()
    assert page.index("Found looking back") < page.index(f'data-hit="{past.pk}"')
    assert page.index(f'data-hit="{now.pk}"') < page.index("Found looking back")
    assert re.search(rf'data-hit="{past.pk}"[^>]* data-rings=""', page)
    assert re.search(rf'data-hit="{now.pk}"[^>]* data-rings="yes"', page)


def test_joined_reads_are_counted_and_change_the_list(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    before = board(operator).fingerprint
    assert "times, last" not in at(operator).get("/console/").content.decode()
    Hit.objects.filter(pk=hit.pk).update(reads=14, last_read_at=timezone.now() - timedelta(minutes=2))
    page = at(operator).get("/console/").content.decode()
    assert re.search(r"Read 14 times, last <time[^>]*>2 min", page)
    assert board(operator).fingerprint != before


# Filters


@pytest.fixture
def four(make_hit: MakeHit, operator: Member) -> dict[str, Hit]:
    """Four hits: by list, priority and area."""
    made = {
        "high": make_hit("9BQT661"), "low": make_hit("5JHC874"), "own": make_hit("6WVN230", specific=True),
        "hills": make_hit("8KRB412"),
    }  # fmt: skip
    Hit.objects.filter(pk=made["high"].pk).update(priority=Priority.HIGH)
    Hit.objects.filter(pk=made["low"].pk).update(priority=Priority.LOW)
    area = CameraGroup.objects.create(agency=operator.agency, name="Hills")
    camera = Camera.objects.create(agency=operator.agency, code="cam-30", name="Pine St", group=area)
    Hit.objects.filter(pk=made["hills"].pk).update(camera=camera)
    return {name: Hit.objects.get(pk=hit.pk) for name, hit in made.items()}


def shown_names(member: Member, hits: dict[str, Hit]) -> set[str]:
    """Which of the hits are in the list, by their names."""
    return {name for name, hit in hits.items() if hit.pk in numbers(member)}


def test_without_filters_all_is_shown(operator: Member, four: dict[str, Hit]) -> None:
    assert shown_names(operator, four) == set(four)
    assert board(operator).hidden == 0


def test_filters_by_list_priority_and_area_and_high_always_passes(
    operator: Member, four: dict[str, Hit]
) -> None:
    own_list, hills = four["own"].entry.hot_list_id, four["hills"].camera.group_id
    assert hills is not None
    filters_set(actor=operator, lists=[own_list], priorities=[], areas=[])
    assert shown_names(operator, four) == {"high", "own"}
    filters_set(actor=operator, lists=[], priorities=[Priority.LOW], areas=[])
    assert shown_names(operator, four) == {"high", "low"}
    filters_set(actor=operator, lists=[], priorities=[], areas=[hills])
    assert shown_names(operator, four) == {"high", "hills"}
    filters_set(actor=operator, lists=[], priorities=[], areas=[NO_AREA])
    assert shown_names(operator, four) == {"high", "low", "own"}
    filters_set(actor=operator, lists=[own_list], priorities=[], areas=[hills])
    assert shown_names(operator, four) == {"high"}
    assert (board(operator).waiting, board(operator).passing, board(operator).hidden) == (4, 1, 3)


def test_what_is_hidden_is_counted_and_shown_again_with_one_button(
    at: At, operator: Member, four: dict[str, Hit]
) -> None:
    client = at(operator)
    assert "hidden by filters" not in client.get("/console/").content.decode()
    client.post("/console/settings/filters/", {"priorities": [str(Priority.LOW.value)]})
    page = client.get("/console/").content.decode()
    assert "<strong>2 of 4 shown;</strong> 2 hidden by filters." in page
    answer = client.post("/console/settings/filters/", {"all": "yes", "hit": four["own"].pk})
    assert answer.url == f"/console/hits/{four['own'].pk}/"
    assert shown_names(operator, four) == set(four)


def test_a_filter_keeps_only_what_the_member_may_see(
    operator: Member, hidden: Hit, foreign_hit: Callable[[], Hit]
) -> None:
    foreign = foreign_hit()
    area = CameraGroup.objects.create(agency=foreign.agency, name="Pier")
    unseen = [hidden.entry.hot_list_id, foreign.entry.hot_list_id]
    choice = filters_set(actor=operator, lists=unseen, priorities=[2, 9], areas=[area.pk])
    assert (choice.lists, choice.priorities, choice.areas) == ([], [Priority.NORMAL], [])


def test_a_sign_that_only_looks_like_a_number_is_none(at: At, operator: Member) -> None:
    client = at(operator)
    for address in ("/console/list/?open=²", "/console/live/?after=²"):
        assert client.get(address).status_code == 200, address
    answer = client.post("/console/settings/filters/", {"lists": ["²"], "hit": "²"})
    assert (answer.status_code, answer.url) == (302, "/console/")


# Sound


def test_who_may_not_see_hits_chooses_nothing(auditor: Member, lapsed: Member) -> None:
    for member in (auditor, lapsed):
        for act, said in ((volume_set, {"volume": 10}), (mute, {}), (mute_high, {}), (keys_reset, {})):
            with pytest.raises(gate.Refused):
                act(actor=member, **said)
    assert not ConsoleChoice.objects.exists()


def test_high_priority_cannot_be_muted_for_good(operator: Member) -> None:
    before = timezone.now()
    first = mute_high(actor=operator).high_muted_until
    again = mute_high(actor=operator).high_muted_until
    assert first == again
    assert first is not None
    assert first - before <= timedelta(minutes=10, seconds=30)
    mute(actor=operator)
    assert choice_of(operator).high_muted_until == first


def test_muting_leaves_high_priority_alone(operator: Member) -> None:
    sound = sound_of(mute(actor=operator))
    assert (sound.muted_until, sound.high_muted_until) == (UNTIL_SWITCHED_ON, None)
    assert sound.sentence == "Normal and low muted. High still sounds."


def test_a_silence_that_is_over_is_none(operator: Member) -> None:
    mute(actor=operator, minutes=10)
    mute_high(actor=operator)
    assert "All muted. High sounds again at" in sound_of(choice_of(operator)).sentence
    past = timezone.now() - timedelta(seconds=1)
    ConsoleChoice.objects.update(muted_until=past, high_muted_until=past)
    sound = sound_of(choice_of(operator))
    assert not sound.is_muted
    assert sound.sentence == "Sound on, volume 60."


def test_unmuting_lets_everything_sound(operator: Member) -> None:
    mute(actor=operator)
    mute_high(actor=operator)
    assert not sound_of(unmute(actor=operator)).is_muted


@pytest.mark.parametrize("minutes", [0, -5, 721, 100_000])
def test_a_silence_has_a_longest_time(operator: Member, minutes: int) -> None:
    with pytest.raises(ValueError, match="12 hours"):
        mute(actor=operator, minutes=minutes)


@pytest.mark.parametrize("volume", [-1, 101])
def test_a_volume_is_a_percentage(operator: Member, volume: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        volume_set(actor=operator, volume=volume)
    choice_of(operator).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsoleChoice.objects.filter(member=operator).update(volume=abs(volume) + 101)


@pytest.mark.parametrize(
    "said",
    [
        {}, {"do": "loud"}, {"do": "volume"}, {"do": "volume", "volume": "101"},
        {"do": "volume", "volume": "x"}, {"do": "mute", "minutes": "600000"}, {"do": "mute", "minutes": "x"},
    ],
)  # fmt: skip
def test_a_form_that_was_bent_changes_nothing(at: At, operator: Member, said: dict[str, str]) -> None:
    assert at(operator).post("/console/settings/sound/", said).status_code == 400
    assert not ConsoleChoice.objects.exists()


def test_the_state_of_the_sound_is_on_every_console_page(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit, client = make_hit(), at(operator)
    before = board(operator).fingerprint
    answer = client.post("/console/settings/sound/", {"do": "mute", "minutes": "", "back": "settings"})
    assert answer.url == "/console/settings/"
    for address in ("/console/", f"/console/hits/{hit.pk}/", "/console/map/", "/console/settings/"):
        assert "Normal and low muted. High still sounds." in client.get(address).content.decode()
    assert board(operator).fingerprint != before


# Keys


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        ({"same": ""}, {"same"}),
        ({"same": "ab"}, {"same"}),
        ({"same": " "}, {"same"}),
        ({"same": "é"}, {"same"}),
        ({"same": "enter"}, {"same", "record"}),
        ({"same": "D"}, {"same", "differs"}),
        ({"close": "j", "next": "j"}, {"close", "next"}),
    ],
)
def test_a_key_that_is_none_or_taken_is_refused(
    operator: Member, keys: dict[str, str], wrong: set[str]
) -> None:
    with pytest.raises(ValidationError) as refused:
        keys_set(actor=operator, keys=keys)
    assert wrong - {"record"} <= set(refused.value.message_dict)
    assert set(refused.value.message_dict) <= wrong
    assert keys_of(choice_of(operator)) == {name: action.key for name, action in ACTIONS.items()}


def test_keys_are_changed_swapped_and_given_back(operator: Member) -> None:
    keys_set(actor=operator, keys={"same": "D", "differs": "S", "record": "r"})
    kept = choice_of(operator)
    assert kept.keys == {"same": "d", "differs": "s", "record": "r"}
    assert keys_of(kept)["unclear"] == "u"
    assert keys_of(keys_reset(actor=operator))["same"] == "s"


def test_the_settings_work_without_a_script(at: At, operator: Member) -> None:
    client = at(operator)
    keys = {name: action.key for name, action in ACTIONS.items()}
    answer = client.post("/console/settings/keys/", keys | {"same": "D", "record": "Enter"})
    assert answer.status_code == 422
    assert "“D” is also the key for" in answer.content.decode()
    answer = client.post("/console/settings/keys/", keys | {"same": "1", "record": "Enter"}, follow=True)
    assert "The keys are changed." in answer.content.decode()
    assert "same:1 " in client.get("/console/").content.decode()
    client.post("/console/settings/keys/", {"reset": "yes"})
    assert "same:s " in client.get("/console/").content.decode()


def test_keys_switched_off_in_the_settings_lead_back_there(at: At, operator: Member) -> None:
    client = at(operator)
    assert client.post("/console/keys/", {"keys": "off", "back": "settings"}).url == "/console/settings/"
    assert "Switch single keys on" in client.get("/console/settings/").content.decode()


# What it costs, and what is recorded


def test_asking_again_for_the_same_list_is_cheap_and_not_recorded(
    at: At, operator: Member, make_hit: MakeHit, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        make_hit(f"8KRB4{number:02}")
    client = at(operator)
    have = board(operator).fingerprint
    before = Event.objects.filter(verb=Verb.HITS_VIEWED).count()
    with django_assert_max_num_queries(26):
        assert client.get(f"/console/list/?have={have}").status_code == 204
    assert Event.objects.filter(verb=Verb.HITS_VIEWED).count() == before
