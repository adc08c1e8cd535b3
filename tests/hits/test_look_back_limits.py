"""How far a look-back goes: up to now, and not for what a file added in a mass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from detections import look_back as looking
from detections import tasks
from detections.models import LookBack
from hotlists.models import Snapshot
from tests.hits.test_look_back import HotPlate, allowed, found, hot_plate, load
from tests.search.conftest import Detect, detect, evidence
from trail.models import Event
from trail.verbs import Verb

__all__ = ["allowed", "detect", "evidence", "hot_plate", "load"]


def test_what_was_read_while_its_approval_or_its_load_was_under_way_is_found(
    allowed: None, detect: Detect, hot_plate: HotPlate, load: Callable[..., Snapshot]
) -> None:
    load()
    detect("8KRB412", hours_ago=0.01)
    detect("7ABC123", hours_ago=0.01)
    hot_plate("8KRB412", decided_at=timezone.now() - timedelta(minutes=5))
    load("7ABC123")
    Snapshot.objects.update(loaded_at=timezone.now() - timedelta(minutes=5))
    Snapshot.objects.filter(added=0).update(loaded_at=timezone.now() - timedelta(hours=1))
    tasks.look_back()
    assert sorted(found()) == [("7ABC123", 0.0), ("8KRB412", 0.0)]


def test_a_file_that_added_too_many_entries_is_not_held_against_the_past_and_says_so(
    allowed: None, detect: Detect, load: Callable[..., Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_ENTRIES", 1)
    detect("8KRB412", hours_ago=48)
    load()
    load("8KRB412", "7ABC123")
    tasks.look_back()
    done = LookBack.objects.get()
    assert (done.state, done.found, found()) == (LookBack.State.DONE, 0, [])
    assert done.why.startswith("The file added more than 1 entries")
    assert Event.objects.get(verb=Verb.LOOKED_BACK).detail == done.why
