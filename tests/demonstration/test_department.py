"""The demonstration department: everything that a newcomer should find is there, made by the services."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Agency
from detections import held, look_back, quality
from detections.demonstration import department
from detections.models import Camera, Hit, Hold, LookBack, Outcome
from hotlists.models import Entry, HotList, Priority, Refresh
from trail.actors import System
from trail.models import Event
from trail.verbs import Verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def port_alder(settings: Any, tmp_path: Path) -> Agency:
    """The department, which takes a while to make."""
    settings.STORAGES = settings.STORAGES | {
        name: settings.STORAGES[name] | {"OPTIONS": {"location": tmp_path / name}}
        for name in ("default", "evidence")
    }
    assert department.make()
    return Agency.objects.get()


def test_it_stays_out_of_a_real_department(agency: Agency) -> None:
    with pytest.raises(department.NotEmpty):
        department.make()
    assert Agency.objects.get() == agency


def test_it_shows_every_kind_of_list_hit_ending_and_hold(port_alder: Agency) -> None:
    assert not department.make()
    _lists(port_alder)
    _hot_plates()
    _hits(port_alder)
    _figures(port_alder)
    _looks_back(port_alder)
    _holds(port_alder)
    assert not Camera.objects.filter(agency=port_alder, group=None).exclude(kind="photograph").exists()


def _lists(agency: Agency) -> None:
    lists = {each.name: each for each in HotList.objects.all()}
    old = [name for name, each in lists.items() if each.is_old()]
    assert old == ["Stolen and lost plates (SLR)"]
    assert {each.priority for each in lists.values()} == {Priority.HIGH, Priority.NORMAL}
    mapped = lists["Felony and wanted vehicles (SFR)"]
    assert mapped.mapping is not None
    assert mapped.mapping.form == "fixed"
    assert mapped.entries.in_use().count() == 1
    waits = Refresh.objects.get(state=Refresh.State.WAITING)
    assert waits.waits_for == [Refresh.Wait.SHRINKS]
    restricted = lists["Violent persons (NCIC)"]
    assert restricted.is_restricted
    sees = {m.sign_in_name for m in agency.members.all() if restricted in HotList.objects.visible_to(m)}
    assert sees == {"supervisor", "operator"}


def _hot_plates() -> None:
    plates = Entry.objects.hot_plates()
    assert sorted(plates.values_list("state_of_entry", flat=True)) == ["in_use"] * 3 + ["waiting"]
    part, described = plates.get(plate="6RN?2*"), plates.get(plate="")
    assert (part.state_of_entry, described.state_of_entry) == ("in_use", "in_use")
    previews = Event.objects.filter(verb=Verb.PREVIEWED).order_by("pk").values_list("detail", flat=True)
    assert [detail.split(" in ")[0] for detail in previews] == [
        "3 reads of 2 vehicles",
        "0 reads of 0 vehicles",
    ]


def _hits(agency: Agency) -> None:
    waiting = Hit.objects.exclude(status="closed")
    assert set(waiting.values_list("match", flat=True)) == set(Hit.Match.values)
    assert waiting.filter(asked_at__isnull=False, validated_at=None).count() == 1
    assert waiting.filter(exigent_at__isnull=False, exigent_reviewed_at=None).count() == 1
    assert waiting.filter(status="shut").count() == 1
    assert waiting.get(reads__gt=1).reads == 4
    assert set(Hit.objects.filter(status="closed").values_list("outcome", flat=True)) == set(Outcome.values)


def _figures(agency: Agency) -> None:
    now = timezone.now()
    figures = quality.figures(agency, now - timedelta(days=1), now + timedelta(days=1))
    assert {finding for finding, count in figures.whole.each if count} == set(quality.Finding)
    assert figures.whole.wrong_share is not None


def _looks_back(agency: Agency) -> None:
    """As the worker does once it runs: the robbery's plate and the one newly stolen were read before."""
    actor = System(look_back.JOB, agency)
    for waiting in look_back.due(agency):
        look_back.look_back_run(actor=actor, look_back=waiting)
    assert sorted(LookBack.objects.values_list("found", flat=True)) == [2, 4]
    assert set(Hit.objects.exclude(look_back=None).values_list("plate", flat=True)) == {"9BQT661", "8MVT604"}


def _holds(agency: Agency) -> None:
    """Three stand; the release of one waits for its second person."""
    standing = held.standing(agency)
    assert set(standing.values_list("kind", flat=True)) == {Hold.Kind.HIT, Hold.Kind.PLATE, Hold.Kind.CAMERA}
    assert standing.filter(release_asked_by__isnull=False).count() == 1
    named = standing.exclude(kind=Hold.Kind.CAMERA)
    assert all(held.held_detections(hold).exists() for hold in named)
