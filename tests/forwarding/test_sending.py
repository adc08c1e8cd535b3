"""Every detection comes in at the centre exactly once, whatever breaks on the way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import Agreement, Member
from detections import images
from detections.forwarding import kept, outbox, sending, services, sources
from detections.models import (
    Camera,
    Detection,
    ForwardedCamera,
    Forwarding,
    ForwardQueued,
    ForwardRefused,
    ForwardSource,
    Hit,
    PurgeRun,
)  # fmt: skip
from hotlists.models import Entry, HotList
from hotlists.plates import fold
from tests.forwarding.between import (
    Between,
    another_receipt,
    at_another_time,
    cut_after,
    cut_before,
    cut_short,
    says,
)  # fmt: skip
from tests.forwarding.conftest import Feed, Forward
from tests.hits.conftest import stored_picture
from trail.models import Event
from trail.verbs import Verb

HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"


def here(forwarding: Forwarding) -> list[Any]:
    """The department's detections, as they should stand at the centre."""
    facts = ("id", "plate", "state", "color", "confidence")
    rows = Detection.objects.filter(agency=forwarding.agency).order_by("id").values_list(*facts)
    return [(str(key), *rest) for key, *rest in rows]


def there(source: ForwardSource) -> list[Any]:
    """The centre's detections of the source."""
    facts = ("sender_id", "plate", "state", "color", "confidence")
    rows = Detection.objects.filter(camera__in=source.cameras.values("camera"))
    return sorted(rows.values_list(*facts))


def fresh(forwarding: Forwarding) -> Forwarding:
    """The row as it now stands, due at once."""
    Forwarding.objects.filter(pk=forwarding.pk).update(next_try_at=None)
    return Forwarding.objects.select_related("agreement").get(pk=forwarding.pk)


def test_detections_and_pictures_come_in_once_as_they_are(
    centre_address: str, forward: Forward, feed: Feed, source: ForwardSource, camera: Camera, evidence: Path
) -> None:
    """Also late ones, of several cameras; not what came before, and no photographs by members."""
    feed("x-before")
    forwarding = forward(centre_address)
    name, box = stored_picture()
    feed("a1", "a2", "a3", image=name, box=box)
    second = Camera.objects.create(agency=camera.agency, code="c" * 30, name="Harbor", kind="mobile")
    feed("b1", at=second, minutes_ago=60 * 24 * 20)
    photographs = Camera.objects.create(agency=camera.agency, code="ph", name="P", kind="photograph")
    feed("p1", at=photographs)
    assert sending.run(forwarding.pk) == 4
    assert sending.run(forwarding.pk) == 0
    expected = [row for row in here(forwarding) if Detection.objects.get(pk=row[0]).sender_id[0] in "ab"]
    assert there(source) == sorted(tuple(row) for row in expected)
    known = ForwardedCamera.objects.get(code="cam-12").camera
    assert (known.code, known.name, known.agency_id) == ("ald-cam-12", "Quay St at 5th", source.agency_id)
    assert len(ForwardedCamera.objects.get(code="c" * 30).camera.code) == 30
    with_picture = Detection.objects.filter(camera=known).first()
    assert with_picture is not None
    with images.open(with_picture.image) as copy, images.open(name) as original:
        assert copy.read() == original.read()
    assert with_picture.image != name
    assert with_picture.box == box
    now = fresh(forwarding)
    assert (now.came_in, now.refused, now.pictures, now.gone) == (4, 0, 3, 0)
    assert now.receipt["accepted"] == 4
    assert now.said["agency"] == source.agency.name
    event = Event.objects.filter(verb=Verb.FORWARDED).get()
    assert event.elements["sent"] == 4
    assert with_picture.plate not in str(event.elements) + event.detail + event.object_repr
    assert not ForwardQueued.objects.filter(forwarding=forwarding).exists()


FAULTS = [
    cut_before, cut_after, cut_short, says(503, {}, Retry_After="7"), says(429, {}, Retry_After="9"),
    says(500, b"<html>"), says(302, {}, Location="http://127.0.0.1:1/"), says(200, []), says(200, b"\xff"),
    says(404, {"error": {"message": "no"}}), another_receipt(sha256="0" * 64), another_receipt(accepted=99),
    another_receipt(accepted=-1), another_receipt(refused="x"), says(200, {"receipt": None}),
]  # fmt: skip


def test_whatever_breaks_each_comes_in_once_and_the_failure_is_said(
    centre_address: str, between: Between, forward: Forward, feed: Feed, source: ForwardSource
) -> None:
    """One batch for each fault: nothing leaves the queue before its receipt is checked."""
    forwarding = forward(between.before(centre_address))
    for number, fault in enumerate(FAULTS):
        feed(*(f"f{number}-{each}" for each in range(3)))
        between.before(centre_address, fault)
        assert sending.run(forwarding.pk) == 0, number
        failed = Forwarding.objects.get(pk=forwarding.pk)
        assert failed.failure, number
        assert failed.failures == 1
        assert outbox.oldest(failed)[0] == 3
        assert failed.next_try_at is not None
        assert sending.run(fresh(forwarding).pk) == 3, number
        assert Forwarding.objects.get(pk=forwarding.pk).failure == ""
    assert there(source) == [tuple(row) for row in here(forwarding)]
    assert Forwarding.objects.get(pk=forwarding.pk).came_in == 3 * len(FAULTS)
    assert Event.objects.filter(verb=Verb.FORWARDING_FAILED, outcome="failed").count() == len(FAULTS)
    secrets = "".join(str(event.elements) + event.detail for event in Event.objects.all())
    assert between.asked[0][2]["Authorization"].split()[1] not in secrets


def test_the_centre_may_ask_for_time_and_the_clock_must_be_right(
    centre_address: str, between: Between, forward: Forward, feed: Feed, source: ForwardSource
) -> None:
    """Retry-After is kept; no row is refused for a clock; what lies ahead waits."""
    forwarding = forward(between.before(centre_address, says(503, {}, Retry_After="1200")))
    feed("a")
    sending.run(forwarding.pk)
    wait = Forwarding.objects.get(pk=forwarding.pk).next_try_at
    assert wait is not None
    assert wait - timezone.now() > timedelta(minutes=10)
    before_kick = OrmQ.objects.count()
    outbox.kick(forwarding.pk)
    assert OrmQ.objects.count() == before_kick
    between.before(centre_address, asking=(at_another_time(-600),))
    sending.run(fresh(forwarding).pk)
    assert "s ahead of the centre" in fresh(forwarding).failure
    assert there(source) == []
    between.before(centre_address, asking=(at_another_time(-60),))
    feed("soon", minutes_ago=-100)
    sending.run(fresh(forwarding).pk)
    assert len(there(source)) == 1
    assert outbox.oldest(forwarding)[0] == 1


def test_a_run_killed_in_the_middle_loses_and_doubles_nothing(
    server: Any, between: Between, forward: Forward, feed: Feed, source: ForwardSource, tmp_path: Path
) -> None:
    """Killed with -9 after the centre has stored, and the centre killed and started again."""
    forwarding = forward(between.address)
    for number in range(6):
        feed(*(f"k{number}-{each}" for each in range(90)))
    mark = tmp_path / "stored"

    def hold(handler: Any, sent: bytes) -> Any:
        handler.pass_on(sent)
        mark.touch()
        time.sleep(30)
        raise OSError

    between.before(server.address, lambda handler, sent: None, hold)
    connections.close_all()
    killed = multiprocessing.get_context("fork").Process(target=sending.run, args=(forwarding.pk,))
    killed.start()
    until = time.monotonic() + 60
    while not mark.exists():
        assert time.monotonic() < until, "The second batch never came to the centre."
        time.sleep(0.02)
    assert killed.pid is not None
    os.kill(killed.pid, signal.SIGKILL)
    killed.join(30)
    assert Forwarding.objects.get(pk=forwarding.pk).came_in == 200
    assert len(there(source)) == 400
    server.kill()
    between.before(server.address)
    until_unlocked(forwarding)
    assert sending.run(forwarding.pk) == 0
    assert "cannot be reached" in fresh(forwarding).failure
    server.start()
    assert sending.run(forwarding.pk) == 340
    assert there(source) == [tuple(row) for row in here(forwarding)]
    assert fresh(forwarding).came_in == 540


def until_unlocked(forwarding: Forwarding) -> None:
    """Wait until the database has let go of the killed run’s lock."""
    until = time.monotonic() + 30
    while True:
        with connection.cursor() as cursor:
            cursor.execute(HELD, [sending._LOCK])
            if not cursor.fetchone()[0]:
                return
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_the_centre_refuses_is_shown_kept_and_sent_again_when_asked(
    centre_address: str,
    forward: Forward,
    feed: Feed,
    source: ForwardSource,
    camera: Camera,
    administrator: Member,
) -> None:
    """Not again and again: only a person has it sent again."""
    forwarding = forward(centre_address)
    feed("a")
    sending.run(forwarding.pk)
    known = source.cameras.get().camera
    Camera.objects.filter(pk=known.pk).update(is_active=False)
    feed("b", "c")
    assert sending.run(forwarding.pk) == 2
    assert sending.run(forwarding.pk) == 0
    refusal = ForwardRefused.objects.filter(forwarding=forwarding).first()
    assert refusal is not None
    assert "out of service" in refusal.reasons["camera"]
    assert fresh(forwarding).refused == 2
    Camera.objects.filter(pk=known.pk).update(is_active=True)
    assert services.forwarding_again(actor=administrator, forwarding=forwarding) == 2
    assert sending.run(forwarding.pk) == 2
    assert len(there(source)) == 3
    assert not ForwardRefused.objects.exists()


def test_a_batch_that_cannot_be_taken_is_cut_until_the_one_is_found(
    centre_address: str, between: Between, forward: Forward, feed: Feed, source: ForwardSource
) -> None:
    """A 413 of what stands before the centre costs one detection at most, and says which."""
    forwarding = forward(between.address)
    feed(*(f"c{number}" for number in range(7)))
    bad = str(Detection.objects.order_by("id")[4].id).encode()
    error = {"error": {"code": "too_large", "message": "Too large."}}

    def guard(handler: Any, sent: bytes) -> Any:
        return (
            (413, {}, b'{"error": {"code": "too_large", "message": "Too large."}}') if bad in sent else None
        )

    between.before(centre_address, *[guard] * 20)
    assert sending.run(forwarding.pk) == 7
    assert len(there(source)) == 6
    assert ForwardRefused.objects.get().reasons == {"": error["error"]["message"]}


def test_the_end_of_the_agreement_stops_it_at_once_and_says_so(
    centre_address: str,
    forward: Forward,
    feed: Feed,
    source: ForwardSource,
    agreement: Agreement,
    evidence: Path,
) -> None:
    """What waits is not sent, and counted; the key is gone; nothing more is queued."""
    forwarding = forward(centre_address)
    feed("a", "b")
    Agreement.objects.filter(pk=agreement.pk).update(ended_at=timezone.now(), ended_by=agreement.proposed_by)
    assert sending.run(forwarding.pk) == 0
    ended = Forwarding.objects.get(pk=forwarding.pk)
    assert (ended.state, ended.unsent) == ("ended", 2)
    assert "not in force" in ended.ended_why
    assert there(source) == []
    assert Event.objects.filter(verb=Verb.AGREEMENT_ENDED, object_pk=str(forwarding.pk)).exists()
    feed("c")
    assert not ForwardQueued.objects.exists()
    assert not list((evidence.parent / "data" / "forwarding").iterdir())


def test_paused_it_waits_and_what_is_deleted_meanwhile_is_counted(
    centre_address: str, forward: Forward, feed: Feed, source: ForwardSource, administrator: Member
) -> None:
    """Detections that are purged before they could go are said plainly."""
    forwarding = forward(centre_address)
    services.forwarding_pause(actor=administrator, forwarding=forwarding)
    feed("a", "b", "c")
    feed("d")
    assert sending.run(forwarding.pk) == 0
    Detection.objects.filter(agency=forwarding.agency, sender_id__in=["b", "d"]).delete()
    services.forwarding_resume(actor=administrator, forwarding=forwarding)
    assert sending.run(forwarding.pk) == 4
    now = fresh(forwarding)
    assert (now.came_in, now.gone) == (2, 2)
    assert outbox.oldest(now)[0] == 0
    assert there(source) == [tuple(row) for row in here(forwarding)]


def test_what_came_in_before_goes_only_where_it_is_asked_for(
    centre_address: str, forward: Forward, feed: Feed, source: ForwardSource
) -> None:
    """From the day of capture that was named."""
    feed("old", minutes_ago=60 * 24 * 9)
    feed("newer", "new", minutes_ago=60 * 24 * 2)
    since = timezone.localdate() - timedelta(days=5)
    forwarding = forward(centre_address, earlier_since=since)
    feed("now")
    assert sending.run(forwarding.pk) == 3
    assert [row[0] for row in there(source)] == [
        str(key) for key in Detection.objects.filter(agency=forwarding.agency).exclude(sender_id="old")
        .order_by("id").values_list("id", flat=True)
    ]  # fmt: skip


def test_the_centre_matches_keeps_and_purges_and_both_sides_see_it(
    centre_address: str, forward: Forward, feed: Feed, source: ForwardSource, centre_chief: Member
) -> None:
    """Its lists make its hits; what its policy deletes is counted and told; nothing of a source goes on."""
    forwarding = forward(centre_address)
    receipt = feed("a", "b")
    wanted = Detection.objects.get(pk=receipt.detection_ids[0])
    hot_list = HotList.objects.create(
        agency=source.agency, name="Stolen", kind="general", source="svs", designated_by=centre_chief
    )
    Entry.objects.create(
        hot_list=hot_list, plate=wanted.plate, plate_key=fold(wanted.plate), state="CA", reason="Stolen",
        state_of_entry=Entry.State.IN_USE,
    )  # fmt: skip
    sending.run(forwarding.pk)
    assert Hit.objects.get(agency=source.agency).plate == wanted.plate
    Detection.objects.filter(agency=source.agency, sender_id=str(receipt.detection_ids[1])).delete()
    PurgeRun.objects.create(
        agency=source.agency, captured_before=timezone.now(), finished_at=timezone.now(), policy_version="v"
    )
    assert kept.count_everywhere() == 1
    assert kept.count_everywhere() == 0
    Forwarding.objects.update(said_at=None)
    sending.run(forwarding.pk)
    said = fresh(forwarding).said
    assert (said["received"], said["purged"], said["held"]) == (2, 1, 1)
    assert said["policy"] == source.agency.policy_label
    assert said["detections_days"] == source.agency.policy.retention.detections_days


def test_one_run_at_a_time_and_one_kick_for_many_batches(
    centre_address: str, forward: Forward, feed: Feed
) -> None:
    """Batches that come in while a run is queued queue no other."""
    forwarding = forward(centre_address)
    OrmQ.objects.all().delete()
    Forwarding.objects.update(kicked_at=None)
    for number in range(4):
        feed(f"k{number}")
    assert OrmQ.objects.count() == 1
    with sending._alone(forwarding.pk) as alone:
        assert alone
        found: list[int] = []

        def other() -> None:
            found.append(sending.run(forwarding.pk))
            connections.close_all()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
        assert found == [0]
    assert sending.run(forwarding.pk) == 4


def test_a_revoked_key_and_an_ended_source_are_refused_and_said(
    centre_address: str, forward: Forward, feed: Feed, source: ForwardSource, centre_chief: Member
) -> None:
    """The centre ends it on its side."""
    forwarding = forward(centre_address)
    sources.source_end(actor=centre_chief, source=source, why="The memorandum is over.")
    feed("a")
    sending.run(forwarding.pk)
    assert "refuses the key" in fresh(forwarding).failure
    assert outbox.oldest(forwarding)[0] == 1
