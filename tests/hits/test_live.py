"""The live line over a real server and a real NOTIFY: what arrives, what never does, and how it ends."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from guardian.models import GroupObjectPermission
from guardian.shortcuts import assign_perm

from accounts.models import AdoptedPolicy, Member
from accounts.services import member_deactivate
from detections.live import CHANNEL, CHOSEN, NEW, Notice, read_notice
from detections.live_access import Sight, stamps
from detections.models import Hit
from detections.services_console import volume_set
from detections.services_hits import hit_see
from hotlists.models import HotList
from tests.hits.conftest import MakeHit, answers
from tests.hits.serving import Server, session_of
from training.models import Certificate

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60.0
Foreign = Callable[[], Hit]


@dataclass
class Line:
    """One open live line, read event by event."""

    answer: http.client.HTTPResponse

    def next(self) -> dict[str, str]:
        """The next event; comments and the time to retry are passed over."""
        event: dict[str, str] = {}
        while True:
            raw = self.answer.readline()
            assert raw, "The line ended."
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            if name in ("id", "event", "data"):
                event[name] = value
            elif not raw.strip() and event.get("event") not in (None, "beat", "live"):
                return event
            elif not raw.strip():
                event = {}

    def until_listening(self) -> None:
        """Read to the event that says that the line follows, and has missed nothing."""
        while (raw := self.answer.readline()) != b"event: live\n":
            assert raw, "The line ended."

    def is_over(self) -> bool:
        """Whether the server has ended it."""
        return self.answer.read() == b""


@contextmanager
def line(
    server: Server, member: Member, *, last: int | None = None, after: int | None = None
) -> Iterator[Line]:
    """Open the live line as a member's browser does."""
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(member)}",
        "Accept": "text/event-stream",
    }
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    asked = "/console/live/" + (f"?after={after}" if after is not None else "")
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as browser:
        browser.request("GET", asked, headers=headers)
        yield Line(browser.getresponse())


def event(hit: Hit) -> dict[str, str]:
    """What arrives for a new hit: its id, and nothing of it."""
    return {"id": str(hit.pk), "event": "hit", "data": str(hit.pk)}


def test_nobody_follows_without_access(server: Server, lapsed: Member) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as browser:
        browser.request("GET", "/console/live/")
        assert browser.getresponse().status == 302
    with line(server, lapsed) as refused:
        assert refused.answer.status == 403


def test_a_new_hit_arrives_and_a_foreign_one_never(
    server: Server, operator: Member, make_hit: MakeHit, foreign_hit: Foreign
) -> None:
    with line(server, operator) as live:
        assert live.answer.getheader("Content-Type") == "text/event-stream"
        live.until_listening()
        foreign = foreign_hit()
        own = make_hit()
        assert foreign.pk < own.pk
        assert live.next() == event(own)


def test_a_move_arrives_as_a_change(server: Server, operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    with line(server, operator) as live:
        live.until_listening()
        hit_see(actor=operator, hit=hit, answers=answers(hit))
        assert live.next() == {"event": "change", "data": str(hit.pk)}


def test_who_comes_back_hears_of_what_was_missed(
    server: Server, operator: Member, make_hit: MakeHit, foreign_hit: Foreign
) -> None:
    first = make_hit("8KRB412")
    foreign_hit()
    missed = [make_hit("9BQT661"), make_hit("5JHC874")]
    with line(server, operator, last=first.pk) as live:
        assert [live.next(), live.next()] == [event(hit) for hit in missed]
    with line(server, operator, after=missed[0].pk) as live:
        assert live.next() == event(missed[1])


@pytest.mark.parametrize("how", ["deactivated", "lapsed", "signed out"])
def test_it_ends_with_the_access(
    server: Server, operator: Member, chief: Member, make_hit: MakeHit, how: str
) -> None:
    with line(server, operator) as live:
        live.until_listening()
        if how == "deactivated":
            member_deactivate(actor=chief, member=operator, why="Left the department")
        elif how == "lapsed":
            Certificate.objects.filter(member=operator).update(revoked_on="2026-01-01")
        else:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM django_session")
        make_hit()
        assert live.next() == {"event": "ended", "data": "access"}
        assert live.is_over()


def test_the_stamp_of_a_console_changes_with_all_that_its_access_rests_on(
    operator: Member, second_operator: Member, general_list: HotList
) -> None:
    key, other = session_of(operator), session_of(second_operator)

    def now() -> dict[str, str]:
        return stamps({key: operator.pk, other: second_operator.pk})

    before = now()
    assert set(before) == {key, other}
    assert now() == before
    for change, both in (
        (lambda: Certificate.objects.filter(member=operator).update(revoked_on="2026-01-01"), False),
        (lambda: operator.groups.clear(), False),
        (lambda: Member.objects.filter(pk=operator.pk).update(is_active=False), False),
        (lambda: assign_perm("hotlists.see_restricted", operator, general_list), False),
        (lambda: HotList.objects.filter(pk=general_list.pk).update(is_restricted=True), True),
        (lambda: GroupObjectPermission.objects.all().delete(), True),
        (lambda: AdoptedPolicy.objects.update(effective_from="2026-01-01T00:00Z"), True),
    ):
        change()
        after = now()
        assert after[key] != before[key]
        assert (after[other] != before[other]) is both
        before = after
    Session.objects.filter(session_key=key).delete()
    assert set(now()) == {other}


def test_the_stamp_changes_with_what_was_written_before_and_committed_after(
    operator: Member, general_list: HotList, specific_list: HotList
) -> None:
    console = {session_of(operator): operator.pk}
    slow = connection.copy()
    slow.set_autocommit(False)
    with slow.cursor() as cursor:
        cursor.execute("UPDATE hotlists_hotlist SET is_restricted = TRUE WHERE id = %s", [general_list.pk])
    HotList.objects.filter(pk=specific_list.pk).update(name="Plates of our own")
    before = stamps(console)
    slow.commit()
    slow.close()
    assert stamps(console) != before


def test_only_hits_in_sight_and_the_own_choices_are_heard() -> None:
    sight = Sight(member_id=1, agency_id=1, lists=frozenset({4}))
    heard = Notice(NEW, hit_id=9, agency_id=1, list_id=4)
    assert sight.hears(heard)
    assert not sight.hears(replace(heard, agency_id=2))
    assert not sight.hears(replace(heard, list_id=5))
    assert sight.hears(Notice(CHOSEN, member_id=1))
    assert not sight.hears(Notice(CHOSEN, member_id=2))


@pytest.mark.parametrize("payload", ["", "9", "9 1", "9 1 4 2", "9 1 x", "-1 1 1", "9, 1, 4"])
def test_what_nobody_here_sends_is_passed_over(payload: str) -> None:
    assert read_notice(CHANNEL, payload) is None
    assert read_notice("other", "9 1 4") is None


def test_a_restricted_list_is_heard_of_by_whom_it_is_granted_to_and_by_nobody_else(
    server: Server, operator: Member, second_operator: Member, general_list: HotList, make_hit: MakeHit
) -> None:
    before = make_hit("8KRB412", specific=True)
    HotList.objects.filter(pk=general_list.pk).update(is_restricted=True)
    assign_perm("hotlists.see_restricted", second_operator, general_list)
    with line(server, operator, last=before.pk) as shut, line(server, second_operator) as granted:
        shut.until_listening()
        granted.until_listening()
        hidden = make_hit("9BQT661")
        hit_see(actor=second_operator, hit=hidden, answers=answers(hidden))
        seen = make_hit("5JHC874", specific=True)
        assert [granted.next() for _ in range(2)] == [
            event(hidden),
            {"event": "change", "data": str(hidden.pk)},
        ]
        assert shut.next() == event(seen)
    with line(server, operator, last=before.pk) as back:
        assert back.next() == event(seen)


def test_a_choice_is_followed_by_the_member_s_own_consoles(
    server: Server, operator: Member, second_operator: Member, make_hit: MakeHit
) -> None:
    with line(server, operator) as own, line(server, second_operator) as other:
        own.until_listening()
        other.until_listening()
        volume_set(actor=operator, volume=30)
        assert own.next() == {"event": "choice", "data": "own"}
        hit = make_hit()
        assert other.next() == event(hit)


def listening() -> list[int]:
    """The server processes of connections that listen for hits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def wait_for(truth: Callable[[], Any]) -> Any:
    """Ask until it is so; a minute is only how long a broken one is waited for."""
    until = time.monotonic() + PATIENCE
    while not (found := truth()):
        assert time.monotonic() < until, "It did not come about."
        time.sleep(0.05)
    return found


def test_one_connection_serves_all_and_goes_with_the_last(
    server: Server, operator: Member, supervisor: Member
) -> None:
    with line(server, operator) as one, line(server, supervisor) as other:
        one.until_listening()
        other.until_listening()
        assert len(listening()) == 1
    assert wait_for(lambda: not listening())


def test_a_broken_connection_is_made_again_and_nothing_is_missed(
    server: Server, operator: Member, make_hit: MakeHit
) -> None:
    with line(server, operator) as live:
        live.until_listening()
        (before,) = listening()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [before])
        between = make_hit("8KRB412")
        assert live.next() == event(between)
        after = wait_for(lambda: [pid for pid in listening() if pid != before])
        assert len(after) == 1
        later = make_hit("9BQT661")
        assert live.next() == event(later)
