"""The page of what waits, and the count in the masthead: no plate, no name, and the same for both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Member
from alpr import waiting
from detections.models import Detection, Hit
from hotlists.models import Entry, HotList
from tests.administration.conftest import PLATE, SignIn

pytestmark = pytest.mark.django_db
Make = Callable[..., Entry]


@pytest.mark.parametrize("name", ["waiting", "waiting_count"])
def test_nobody_signed_in_learns_what_waits(name: str, client: Any) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("who", ["operator", "dispatcher", "supervisor", "administrator", "lapsed"])
def test_the_page_names_no_plate_and_agrees_with_the_count(
    who: str, detection: Detection, hot_plate: Make, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    hot_plate("9BQT661")
    Hit.objects.update(asked_at=timezone.now())
    member = request.getfixturevalue(who)
    client = sign_in(member)
    page = client.get(reverse("waiting")).content.decode()
    shown = page.split("<main")[1]
    for secret in (PLATE, "9BQT661", "26-11873"):
        assert secret not in page
    own = waiting.yours(waiting.ask(member))
    assert shown.count('class="queue__item"') == len(own)
    counted = client.get(reverse("waiting_count")).content.decode()
    assert f">{len(own)}<" in counted if own else "thing" not in counted
    assert all(wait.what in shown for wait in own)


def test_every_line_leads_to_a_page_that_opens(
    detection: Detection, hot_plate: Make, administrator: Member, supervisor: Member, dispatcher: Member,
    sign_in: SignIn, general_list: HotList,
) -> None:  # fmt: skip
    hot_plate("9BQT661")
    long_ago = timezone.now() - timedelta(hours=30)
    Hit.objects.update(asked_at=long_ago, made_at=long_ago, exigent_at=long_ago)
    HotList.objects.filter(pk=general_list.pk).update(source_at=long_ago)
    opened = 0
    for member in (administrator, supervisor, dispatcher):
        client = sign_in(member)
        for wait in waiting.yours(waiting.ask(member)):
            assert client.get(wait.url).status_code == 200, (str(member), wait.what)
            opened += 1
    assert opened >= 6


def test_the_masthead_links_to_it_without_script(operator: Member, sign_in: SignIn) -> None:
    page = sign_in(operator).get(reverse("my_record")).content.decode()
    masthead = page.split("<main")[0]
    assert f'<a href="{reverse("waiting")}">Waits for you' in masthead
    assert f'hx-get="{reverse("waiting_count")}"' in masthead
    assert '"X-Background": "1"' in masthead


def test_the_count_asks_again_each_minute_and_once_signed_out_no_more(
    operator: Member, sign_in: SignIn
) -> None:
    client = sign_in(operator)
    counted = client.get(reverse("waiting_count")).content.decode()
    assert 'hx-trigger="every 60s"' in counted
    assert 'id="waiting-count"' in counted
    client.logout()
    after = client.get(reverse("waiting_count"), follow=True).content.decode()
    assert 'id="waiting-count"' not in after


def test_the_count_costs_the_same_however_many_lists_there_are(
    administrator: Member, agency: Agency, sign_in: SignIn
) -> None:
    client, costs = sign_in(administrator), []
    for number in range(20):
        HotList.objects.create(
            agency=agency, name=f"List {number}", kind=HotList.Kind.GENERAL, source="slr",
            designated_by=administrator, source_at=timezone.now() - timedelta(days=3),
        )  # fmt: skip
        if number in (1, 19):
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("waiting_count"))
            costs.append(len(queries))
    assert costs[0] == costs[1]
