"""One line of the trail: who, for whom, under which policy, with the names as they were at the time."""

from typing import Any

import pytest

from accounts.models import Agency, Member
from accounts.services import member_change, policy_approve, policy_propose, purpose_state
from alpr.policy import load_preset
from detections.models import Camera, ReaderKey
from trail.actors import Actor, System
from trail.models import Event
from trail.services import act, record
from trail.verbs import Outcome, Verb


@act
def camera_rename(*, actor: Actor, camera: Camera, name: str) -> Camera:
    """A service like every other."""
    camera.name = name
    camera.save()
    return camera


@pytest.mark.parametrize("kwargs", [{}, {"actor": None}, {"actor": "Operator 4127"}])
def test_no_service_runs_without_an_actor(camera: Camera, kwargs: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="and an actor among them"):
        camera_rename(camera=camera, name="Elsewhere", **kwargs)
    camera.refresh_from_db()
    assert camera.name == "Quay St at 5th"


def test_no_service_takes_its_actor_by_place(camera: Camera, operator: Member) -> None:
    with pytest.raises(TypeError, match="keywords alone"):
        camera_rename(operator, camera=camera, name="Elsewhere")  # type: ignore[misc]


def test_a_row_change_carries_the_member_of_the_service(camera: Camera, administrator: Member) -> None:
    camera_rename(actor=administrator, camera=camera, name="Elsewhere")
    camera.refresh_from_db()
    event = Event.objects.latest("id")
    assert event.sentence == f"Administrator 1044 changed {camera}"
    assert event.changes == {"name": ["Quay St at 5th", "Elsewhere"]}
    assert event.actor == administrator
    assert event.actor_kind == "member"


def test_a_row_change_carries_the_readers_key(camera: Camera, reader_key: tuple[ReaderKey, str]) -> None:
    key, secret = reader_key
    camera_rename(actor=key, camera=camera, name="Elsewhere")
    event = Event.objects.latest("id")
    assert (event.actor, event.actor_kind) == (None, "reader")
    assert event.actor_label == key.trail_label
    assert event.agency == camera.agency
    assert secret not in str(Event.objects.values_list())


def test_a_row_change_carries_the_job(camera: Camera) -> None:
    camera_rename(actor=System("Nightly tidying", camera.agency), camera=camera, name="Elsewhere")
    event = Event.objects.latest("id")
    assert (event.actor, event.actor_kind) == (None, "system")
    assert event.actor_label == "System: Nightly tidying"
    assert event.agency == camera.agency
    assert "Vallejo" in event.policy_version


def test_a_service_within_a_service_gives_the_actor_back(
    camera: Camera, administrator: Member, operator: Member
) -> None:
    @act
    def both(*, actor: Member) -> None:
        camera_rename(actor=System("Within"), camera=camera, name="Second")
        camera.name = "Third"
        camera.save()

    both(actor=administrator)
    inner, outer = Event.objects.order_by("-id")[1], Event.objects.order_by("-id")[0]
    assert (inner.actor_label, outer.actor_label) == ("System: Within", "Administrator 1044")


def test_names_stay_as_they_were(operator: Member, administrator: Member, agency: Agency) -> None:
    event = record(operator, Verb.SIGNED_IN, operator)
    member_change(actor=administrator, member=operator, badge="9999")
    agency.short_name = "Renamed PD"
    agency.save()
    stored = Event.objects.get(pk=event.pk)
    assert (stored.actor_label, stored.object_repr, stored.agency_label) == (
        "Operator 4127",
        "Operator 4127",
        "Alder",
    )
    assert str(stored.actor) == "Operator 9999"


def test_the_policy_version_is_that_of_the_moment(
    operator: Member, custodian: Member, administrator: Member, agency: Agency
) -> None:
    before = record(operator, Verb.SIGNED_IN)
    proposed = policy_propose(actor=custodian, agency=agency, policy=load_preset("vallejo"), preset="vallejo")
    between = record(operator, Verb.SIGNED_IN)
    policy_approve(actor=administrator, proposed=proposed)
    after = record(operator, Verb.SIGNED_IN)
    assert before.policy_version == between.policy_version == "Vallejo Policy 426, version 1"
    assert after.policy_version == "Vallejo Policy 426, version 2"


def test_the_purpose_stands_on_the_event_in_words(operator: Member) -> None:
    inquiry = purpose_state(
        actor=operator, offense="robbery", case_number="26-11873", reason="Witness gave this plate"
    )
    event = record(operator, Verb.SEARCHED, inquiry=inquiry, elements={"plate": "8KRB412"})
    assert event.purpose == "Robbery, case 26-11873, “Witness gave this plate”"
    assert event.inquiry == inquiry
    assert event.elements == {"plate": "8KRB412"}
    assert "8KRB412" not in event.sentence


def test_nobodys_act_lies_with_the_agency_of_its_row(operator: Member) -> None:
    event = record(None, Verb.SIGN_IN_FAILED, operator, outcome=Outcome.FAILED)
    assert event.agency == operator.agency
    assert event.sentence == "Somebody not signed in failed to sign in as Operator 4127"
    assert record(None, Verb.SIGN_IN_FAILED, "an unknown name").agency is None


@pytest.mark.django_db
@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_makes_a_sentence(verb: Verb) -> None:
    event = record(System("Test"), verb, "the thing", detail="so it was")
    assert event.sentence.startswith("System: Test ")
    assert event.sentence.endswith(": so it was")
    assert "{" not in event.sentence
