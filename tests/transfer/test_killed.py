"""The client ended by the kernel at any step, and started again: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import signal

import pytest

from detections.models import Detection, LocalPurge
from tests.transfer.conftest import Under
from tests.transfer.vehicle import Vehicle

STRIDE = 17
MOST_STEPS = 3_000
CUT = '{"sender_id": "cut'


@pytest.mark.parametrize("offset", [0, 5, 11])
def test_killed_at_any_step_nothing_is_lost_or_doubled(vehicle: Vehicle, under: Under, offset: int) -> None:
    under(purge_vehicle_after=True)
    rounds = 0
    for step in range(offset, MOST_STEPS, STRIDE):
        load(vehicle, rounds)
        rounds += 1
        ended = vehicle.run_until(step)
        vehicle.run_until(step // 2)
        vehicle.run()
        assert vehicle.names() == []
        if ended != -signal.SIGKILL:
            break
    else:
        raise AssertionError("The client never came to its end.")
    assert rounds > 5
    sent = list(Detection.objects.values_list("sender_id", flat=True))
    assert sorted(sent) == sorted(f"r-{10 * n + m}" for n in range(rounds) for m in (0, 1, 2, 5))
    assert Detection.objects.exclude(image="").count() == 3 * rounds
    aside = [one["line"] for one in vehicle.set_aside()]
    assert len(aside) == rounds + 1
    assert sum(CUT in line for line in aside) == 1
    listed = [read for path in vehicle.lists() for read in json.loads(path.read_text())["reads"]]
    assert {content for _, content, _ in listed} == contents()
    assert LocalPurge.objects.count() == len(vehicle.lists())
    assert all(path.with_suffix(".hmac").exists() for path in vehicle.lists())


def load(vehicle: Vehicle, number: int) -> None:
    """Two files more: three reads with pictures; one read, one that is refused, and one that was cut off."""
    first = 10 * number
    vehicle.write(f"{number:03}.jsonl", *(vehicle.row(first + n) for n in range(3)), pictures=True)
    refused = vehicle.row(first + 6, plate="-")
    vehicle.write(f"{number:03}x.jsonl", vehicle.row(first + 5), refused, CUT)


def contents() -> set[str]:
    """The hashes of what has come in."""
    return set(Detection.objects.values_list("content_sha256", flat=True))
