"""When a camera is at fault, when not, and when nothing can be told. No database is asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from detections import health_check
from detections.health_check import RIGHT, Facts, Judgement
from detections.models import Camera, CameraDay, CameraHealth
from detections.quality import Finding, Shares
from tests.cameras.conftest import NOW

Days = dict[date, CameraDay]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NONE = Shares({})
BUSY = [30] * 24
NIGHTLY = [0] * 10 + [4] + [0] * 13


def camera(kind: str = Camera.Kind.FIXED) -> Camera:
    return Camera(pk=12, code="cam-12", name="Quay St at 5th", kind=kind)


def facts(
    days: Days | None = None, *, of: Camera | None = None, misread: tuple[Shares, Shares] = (NONE, NONE),
    **health: Any,
) -> Facts:  # fmt: skip
    return Facts(of or camera(), CameraHealth(**health), dict(sorted((days or {}).items())), misread, NOW)


def past(days: int, messages: list[int], by_hour: list[int] | None = None) -> Days:
    """Days of the past, each alike, the newest yesterday."""
    found = [NOW.date() - timedelta(days=number) for number in range(1, days + 1)]
    hours = messages if by_hour is None else by_hour
    return {day: CameraDay(day=day, messages=list(messages), by_hour=list(hours)) for day in found}


def today(by_hour: list[int], messages: list[int]) -> Days:
    return {NOW.date(): CameraDay(day=NOW.date(), by_hour=by_hour, messages=messages)}


def is_fault(judgement: Judgement | None) -> bool:
    return judgement is not None and judgement is not RIGHT


# Silent


def test_a_camera_never_heard_is_not_silent() -> None:
    assert health_check.silent(facts()) is RIGHT


@pytest.mark.parametrize(("quiet", "is_silent"), [(14, False), (16, True)])
def test_one_that_gives_signs_of_life_is_silent_after_a_quarter_of_an_hour(
    quiet: int, is_silent: bool
) -> None:
    heard = NOW - quiet * MINUTE
    said = facts(heartbeat_at=heard, last_received_at=heard - 5 * HOUR)
    assert is_fault(health_check.silent(said)) is is_silent


def test_one_that_no_longer_beats_but_reads_is_judged_by_its_reads() -> None:
    said = facts(past(28, [1] * 24), heartbeat_at=NOW - 20 * HOUR, last_received_at=NOW - 20 * MINUTE)
    assert health_check.silent(said) is RIGHT


@pytest.mark.parametrize(("messages", "quiet", "is_silent"), [
    (BUSY, 16 * MINUTE, True),
    (BUSY, 10 * MINUTE, False),
    ([2] * 24, 2 * HOUR, False),
    ([2] * 24, 4 * HOUR, True),
    ([30] * 12 + [0] * 12, 5 * HOUR, False),
    (NIGHTLY, 20 * HOUR, False),
    (NIGHTLY, 60 * HOUR, True),
])  # fmt: skip
def test_one_that_only_reads_is_silent_when_it_usually_sent_by_now(
    messages: list[int], quiet: timedelta, is_silent: bool
) -> None:
    said = facts(past(28, messages), last_received_at=NOW - quiet, last_read_at=NOW - quiet)
    assert is_fault(health_check.silent(said)) is is_silent


def test_a_few_busy_days_do_not_make_a_quiet_camera_silent() -> None:
    days = past(28, [0] * 23 + [1]) | past(4, BUSY)
    assert health_check.silent(facts(days, last_received_at=NOW - 3 * HOUR)) is RIGHT


@pytest.mark.parametrize(("quiet", "is_silent"), [(30, False), (54, True)])
def test_a_camera_of_few_days_is_silent_after_twice_its_longest_pause(quiet: int, is_silent: bool) -> None:
    said = facts(past(2, BUSY), last_received_at=NOW - quiet * HOUR)
    assert is_fault(health_check.silent(said)) is is_silent


def test_a_mobile_reader_is_never_silent_since_its_car_stands() -> None:
    said = facts(of=camera(Camera.Kind.MOBILE), heartbeat_at=NOW - 30 * DAY)
    assert health_check.silent(said) is RIGHT


def test_silence_counts_from_the_last_sign_of_life() -> None:
    heard = NOW - 2 * HOUR
    judgement = health_check.silent(facts(heartbeat_at=heard))
    assert judgement is not None
    assert judgement.since == heard


# Clock


def steady(ms: int, minutes: int = 20, count: int = 9, **more: Any) -> Facts:
    return facts(**{
        "clock_ms": ms, "steady_ms": ms, "steady_since": NOW - minutes * MINUTE, "steady_count": count,
        "last_received_at": NOW - MINUTE,
    } | more)  # fmt: skip


@pytest.mark.parametrize("ms", [61_000, -61_000, 3 * 3_600_000])
def test_a_clock_over_a_minute_off_for_ten_minutes_is_off(ms: int) -> None:
    judgement = health_check.clock(steady(ms))
    assert judgement is not None
    assert ("behind" if ms > 0 else "ahead of") in judgement.says


@pytest.mark.parametrize("ms", [0, 59_000, -59_000])
def test_a_clock_within_a_minute_is_right(ms: int) -> None:
    assert health_check.clock(steady(ms)) is RIGHT


@pytest.mark.parametrize("unsure", [{"minutes": 5}, {"count": 2}])
def test_a_batch_of_past_reads_says_nothing_of_the_clock(unsure: dict[str, int]) -> None:
    assert health_check.clock(steady(3_600_000, **unsure)) is None


def test_a_camera_that_has_gone_quiet_keeps_what_stood() -> None:
    assert health_check.clock(steady(90_000, last_received_at=NOW - HOUR)) is None


def test_reads_refused_for_their_time_are_a_clock_that_is_off_until_one_stands() -> None:
    refused = NOW - 5 * MINUTE
    assert is_fault(health_check.clock(facts(refused_at=refused, last_received_at=NOW - 3 * HOUR)))
    assert is_fault(health_check.clock(facts(refused_at=refused)))
    assert health_check.clock(facts(refused_at=refused, last_received_at=NOW - MINUTE)) is RIGHT


# Reads


def of_reads(days: Days, ago: timedelta = MINUTE, **more: Any) -> Facts:
    return facts(days, last_received_at=NOW - ago, last_read_at=NOW - ago, **more)


@pytest.mark.parametrize(("an_hour", "is_off"), [(30, False), (12, None), (9, True), (62, None), (95, True)])
def test_reads_far_from_the_usual_of_the_weekday_are_a_fault_both_ways(
    an_hour: int, is_off: bool | None
) -> None:
    judgement = health_check.rate(of_reads(past(60, BUSY) | today([an_hour] * 24, BUSY)))
    assert (None if judgement is None else judgement is not RIGHT) is is_off


def test_other_weekdays_do_not_count() -> None:
    days = past(60, BUSY, [300] * 24)
    alike = {day: one for day, one in past(60, BUSY).items() if day.weekday() == NOW.weekday()}
    assert health_check.rate(of_reads(days | alike | today(BUSY, BUSY))) is RIGHT


def test_too_few_reads_or_weeks_say_nothing() -> None:
    none = today([0] * 24, BUSY)
    assert health_check.rate(of_reads(past(60, BUSY, [1] * 24) | none)) is None
    assert health_check.rate(of_reads(past(15, BUSY) | none)) is RIGHT


def test_a_camera_that_sends_at_night_is_compared_up_to_its_last_read() -> None:
    days = past(60, NIGHTLY, BUSY) | today([30] * 10 + [0] * 14, NIGHTLY)
    assert not is_fault(health_check.rate(of_reads(days, 7 * HOUR)))


def test_a_lens_that_is_covered_shows_though_the_camera_still_beats() -> None:
    days = past(60, BUSY) | today([30] * 8 + [0] * 16, BUSY)
    assert is_fault(health_check.rate(of_reads(days, 9 * HOUR, heartbeat_at=NOW - MINUTE)))


# Misreads


@pytest.mark.parametrize(("now", "before", "is_more"), [
    ((8, 20), (10, 100), True), ((3, 20), (10, 100), False), ((8, 9), (10, 100), False),
    ((8, 20), (1, 9), False), ((8, 20), (40, 100), False),
])  # fmt: skip
def test_misreads_that_jumped_are_a_fault_where_hits_suffice(
    now: tuple[int, int], before: tuple[int, int], is_more: bool
) -> None:
    def shares(misread: int, closed: int) -> Shares:
        return Shares({Finding.MISREAD: misread, Finding.RIGHT: closed - misread})

    judgement = health_check.misread(facts(misread=(shares(*now), shares(*before))))
    assert is_fault(judgement) is is_more
