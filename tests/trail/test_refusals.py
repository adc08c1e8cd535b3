"""What the gate refuses is rolled back first and recorded after: in services, jobs, commands, web and API."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import Member
from accounts.permissions import Permission
from detections.models import Camera
from trail.models import Event
from trail.services import act
from trail.verbs import Outcome, Verb
from training import gate
from training.api.errors import answer
from training.gate import Refused
from training.refusals import record_refusal, refusals_recorded


@act
def camera_close(*, actor: Member, camera: Camera) -> None:
    """A service that asks too late, so that what it changed before has to be undone."""
    camera.is_active = False
    camera.save()
    gate.require(actor, Permission.MANAGE_CAMERAS, on=camera)


def attempts() -> list[Event]:
    """The refused attempts on the trail."""
    return list(Event.objects.filter(verb=Verb.ATTEMPTED, outcome=Outcome.REFUSED))


def check_undone_and_recorded(camera: Camera, member: Member) -> None:
    """Nothing of the act is left, and the attempt is."""
    camera.refresh_from_db()
    assert camera.is_active
    (event,) = attempts()
    assert (event.actor, event.object_repr) == (member, "to manage cameras and their keys")
    assert event.detail == "Your roles do not let you manage cameras and their keys here."


def test_a_refused_job_is_undone_and_recorded(camera: Camera, operator: Member) -> None:
    @refusals_recorded()
    def job(camera: Camera) -> None:
        camera_close(actor=operator, camera=camera)

    with pytest.raises(Refused):
        job(camera)
    check_undone_and_recorded(camera, operator)


def test_a_refused_command_is_undone_and_recorded(camera: Camera, operator: Member) -> None:
    class Command(BaseCommand):
        def handle(self, *args: Any, **options: Any) -> None:
            with refusals_recorded():
                camera_close(actor=operator, camera=camera)

    with pytest.raises(Refused):
        call_command(Command(stdout=io.StringIO()))
    check_undone_and_recorded(camera, operator)


def test_a_refusal_met_by_the_api_is_undone_and_recorded(camera: Camera, operator: Member) -> None:
    with pytest.raises(Refused) as caught:
        camera_close(actor=operator, camera=camera)
    assert attempts() == []
    response = answer(caught.value, {})
    assert response is not None
    assert response.status_code == 403
    check_undone_and_recorded(camera, operator)


def test_an_attempt_of_nobody_is_recorded_too(camera: Camera) -> None:
    with pytest.raises(Refused) as caught:
        gate.require(None, Permission.MANAGE_CAMERAS, on=camera)  # type: ignore[arg-type]
    record_refusal(caught.value)
    (event,) = attempts()
    assert event.actor is None
    assert event.sentence == (
        "Somebody not signed in tried to manage cameras and their keys and was refused: Nobody is signed in."
    )


def test_other_errors_pass_unrecorded(db: None) -> None:
    with pytest.raises(ZeroDivisionError), refusals_recorded():
        raise ZeroDivisionError
    assert attempts() == []
