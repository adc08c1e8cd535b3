"""The history of one vehicle: its reads by day, and what cannot be said of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import Member
from accounts.services import purpose_state
from detections import search_history as histories
from detections.models import Camera, CameraDay, Detection, Search
from detections.search_history import History, search_history
from tests.search.conftest import Detect, SearchFor
from tests.search.rows import store
from trail.models import Event, Inquiry
from trail.verbs import Verb
from training.gate import Refused


def days_ago(days: int, hour: int = 12) -> datetime:
    """Local noon of that day."""
    return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days), time(hour)))


def local(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def watch(camera: Camera, *days: int, reads: int = 40) -> None:
    """The camera has sent on these days, counted back from today in UTC."""
    for day in days:
        utc = timezone.now().date() - timedelta(days=day)
        CameraDay.objects.create(camera=camera, day=utc, reads=reads)


def history_of(search: Search, detection: Detection) -> History:
    member = search.inquiry.member
    return search_history(actor=member, inquiry=search.inquiry, detection=detection, search=search)


@pytest.mark.parametrize("person", ["second_operator", "lapsed", "auditor"])
def test_only_the_searchs_maker_sees_a_history(
    person: str, search_for: SearchFor, detect: Detect, request: pytest.FixtureRequest
) -> None:
    read, search = detect(), search_for("8KRB412")
    other: Member = request.getfixturevalue(person)
    own = purpose_state(actor=other, offense="robbery", case_number="26-11873")
    for inquiry in (search.inquiry, own):
        with pytest.raises(Refused):
            search_history(actor=other, inquiry=inquiry, detection=read, search=search)
    assert not Event.objects.filter(verb=Verb.HISTORY_VIEWED).exists()


def test_a_detection_that_the_search_does_not_find_has_none(search_for: SearchFor, detect: Detect) -> None:
    other, search = detect("9BQT661"), search_for("8KRB412")
    with pytest.raises(Detection.DoesNotExist):
        history_of(search, other)


def test_it_holds_the_vehicles_reads_over_all_that_is_kept_by_local_day(
    search_for: SearchFor, camera: Camera
) -> None:
    times = [days_ago(1), days_ago(1, 23), days_ago(40), days_ago(200)]
    rows = store(camera, [("8KRB412", at) for at in times])
    store(camera, [("BKRB412", days_ago(3)), ("8KRB413", days_ago(2))])
    store(camera, [("8KRB412", days_ago(5))], state="NV")
    store(camera, [("8KRB412", days_ago(6))], state="")
    search = search_for("8KRB412", since=days_ago(4), confusable=False)
    history = history_of(search, rows[0])
    assert [(day.day, [read.plate for read in day.reads]) for day in history.days] == [
        (local(1), ["8KRB412", "8KRB412"]),
        (local(3), ["BKRB412"]),
        (local(6), ["8KRB412"]),
        (local(40), ["8KRB412"]),
        (local(200), ["8KRB412"]),
    ]
    assert history.days[0].reads == [rows[1], rows[0]]
    assert (history.count, history.more) == (6, False)


def test_another_agencys_reads_are_never_in_it(
    search_for: SearchFor, detect: Detect, outsider: Member
) -> None:
    theirs = Camera.objects.create(agency=outsider.agency, code="cam-12", name="Elsewhere")
    detect(camera=theirs)
    watch(theirs, 9, 5)
    own = detect()
    history = history_of(search_for("8KRB412"), own)
    assert [read for day in history.days for read in day.reads] == [own]
    assert [known.agency for known in history.unknown] == [own.agency]
    assert history.unknown[0].watched_since is None


def test_it_says_where_it_ends(
    search_for: SearchFor, detect: Detect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "MOST_READS", 2)
    reads = [detect(hours_ago=hours) for hours in (3, 2, 1)]
    history = history_of(search_for("8KRB412"), reads[0])
    assert [read for day in history.days for read in day.reads] == [reads[2], reads[1]]
    assert history.more


def test_what_is_deleted_is_named(search_for: SearchFor, detect: Detect, operator: Member) -> None:
    history = history_of(search_for("8KRB412"), detect())
    kept = timezone.now() - timedelta(days=operator.agency.policy.retention.detections_days)
    assert abs(history.unknown[0].purged_before - kept) < timedelta(minutes=1)


def test_nothing_is_said_of_days_before_cameras_were_counted(search_for: SearchFor, detect: Detect) -> None:
    history = history_of(search_for("8KRB412"), detect())
    (unknown,) = history.unknown
    assert (unknown.gaps, unknown.watched_since) == ([], None)


def test_days_on_which_cameras_sent_nothing_are_gaps(
    search_for: SearchFor, detect: Detect, camera: Camera
) -> None:
    other = Camera.objects.create(agency=camera.agency, code="cam-13", name="Pine St")
    watch(camera, *range(21))
    watch(other, *range(12, 21), *range(7))
    read = detect(at=days_ago(9))
    history = history_of(search_for("8KRB412"), read)
    (unknown,) = history.unknown
    (gap,) = unknown.gaps
    assert gap.cameras == [other]
    assert local(12) <= gap.first <= local(10)
    assert local(9) <= gap.last <= local(7)
    assert history.days[0].silent == [other]
    assert unknown.watched_since is not None
    assert unknown.watched_since > local(21)


def test_a_camera_is_silent_only_where_it_is_certain(
    search_for: SearchFor, detect: Detect, camera: Camera
) -> None:
    """New ones, those out of service, those that drive, and today are no gaps."""
    agency = camera.agency
    watch(camera, *range(15))
    new = Camera.objects.create(agency=agency, code="new", name="New")
    watch(new, *range(5))
    gone = Camera.objects.create(agency=agency, code="gone", name="Gone", is_active=False)
    watch(gone, *range(8, 15))
    car = Camera.objects.create(agency=agency, code="car", name="Car", kind="mobile")
    watch(car, 14)
    Camera.objects.create(agency=agency, code="never", name="Never sent")
    assert history_of(search_for("8KRB412"), detect()).unknown[0].gaps == []
    CameraDay.objects.filter(camera=camera, day=timezone.now().date()).delete()
    assert history_of(search_for("8KRB412"), detect()).unknown[0].gaps == []


def test_a_day_without_reads_is_one_like_a_day_without_a_count(
    search_for: SearchFor, detect: Detect, camera: Camera
) -> None:
    watch(camera, *range(5), *range(9, 15))
    watch(camera, *range(5, 9), reads=0)
    (gap,) = history_of(search_for("8KRB412"), detect()).unknown[0].gaps
    assert gap.cameras == [camera]
    assert 2 <= (gap.last - gap.first).days + 1 <= 4


def test_viewing_it_is_on_the_trail(
    search_for: SearchFor, detect: Detect, operator: Member, inquiry: Inquiry
) -> None:
    search = search_for("8KRB412")
    detect(at=search.until - timedelta(minutes=2))
    read = detect(at=search.until - timedelta(minutes=1))
    history_of(search, read)
    event = Event.objects.get(verb=Verb.HISTORY_VIEWED)
    assert (event.actor, event.inquiry, event.object_pk) == (operator, inquiry, str(search.pk))
    assert event.elements == {"plate": "8KRB412", "state": "CA", "shown": 2}
