"""The demonstration department's people: one in every role, one whose training lapsed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import Agency, Member
from accounts.roles import Role
from accounts.services import (
    agency_found,
    founders_approve,
    member_add,
    member_approve,
    policy_approve,
    policy_propose,
)
from alpr.policy import load_preset
from trail.actors import Actor, System
from training.models import Course, Session
from training.services import certificate_enter

ACTOR = System("Demonstration")
PASSWORD = "port alder is invented"  # noqa: S105  (the demonstration's, printed at its start)
NAME, SHORT_NAME = "Port Alder Police Department", "Port Alder PD"


@dataclass(frozen=True)
class Person:
    """One member as the demonstration makes it. `trained` is how many days ago, None for never."""

    sign_in_name: str
    badge: str
    title: str
    roles: tuple[Role, ...]
    for_what: str
    trained: int | None = 40


PEOPLE = (
    Person("chief", "1001", "Chief of Police", (Role.ADMINISTRATOR, Role.TRAINING_MANAGER), "approves"),
    Person("admin", "1044", "Investigations Bureau Captain", (Role.ADMINISTRATOR,), "administration"),
    Person("training", "1120", "Training Sergeant", (Role.TRAINING_MANAGER,), "certificates", 300),
    Person("custodian", "1210", "Custodian of Records", (Role.CUSTODIAN,), "holds and deletion"),
    Person("records", "1305", "Records Manager", (Role.RECORDS_APPROVER,), "releases"),
    Person("auditor", "6003", "Professional Standards Lieutenant", (Role.AUDITOR,), "the trail"),
    Person("supervisor", "3017", "Patrol Sergeant", (Role.SUPERVISOR,), "hot plates, exigent stops"),
    Person("dispatcher", "3308", "Communications Dispatcher", (Role.DISPATCHER,), "live answers on hits"),
    Person("analyst", "2051", "Crime Analyst", (Role.ANALYST,), "searches"),
    Person("parking", "8001", "Parking Enforcement Officer", (Role.PARKING_OFFICER,), "parking hits"),
    Person("operator", "4127", "Police Officer", (Role.OPERATOR,), "the console, photographs"),
    Person("operator2", "4133", "Police Officer", (Role.OPERATOR,), "a second officer", 345),
    Person("lapsed", "4098", "Police Officer", (Role.OPERATOR,), "training has lapsed: shut out", 400),
)


def found() -> tuple[Agency, dict[str, Member]]:
    """Make the department under Vallejo's rules, its people trained; gives both, people by sign-in name."""
    agency = agency_found(actor=ACTOR, name=NAME, short_name=SHORT_NAME, ori="CA0999900", demonstration=True)
    first, second, *others = PEOPLE
    chief, admin = _add(agency, first, ACTOR), _add(agency, second, ACTOR)
    founders_approve(actor=ACTOR, first=chief, second=admin)
    people = {first.sign_in_name: chief, second.sign_in_name: admin}
    for member in people.values():
        member.refresh_from_db()
    for person in others:
        added = _add(agency, person, chief, supervisor=people.get("supervisor"))
        people[person.sign_in_name] = member_approve(actor=chief, member=added)
    _adopt(agency, people)
    _train(agency, people)
    return agency, people


def _add(agency: Agency, person: Person, by: Actor, supervisor: Member | None = None) -> Member:
    return member_add(
        actor=by,
        agency=agency,
        sign_in_name=person.sign_in_name,
        password=PASSWORD,
        badge=person.badge,
        name=f"Demonstration {person.badge}",
        title=person.title,
        roles=list(person.roles),
        supervisor=supervisor if Role.OPERATOR in person.roles else None,
    )


def _adopt(agency: Agency, people: dict[str, Member]) -> None:
    chosen = {"sessions.idle_lock_spares_vehicles_and_dispatch": True, "hot_lists.look_back_days": 14}
    rules = load_preset("vallejo").with_values(chosen)
    proposed = policy_propose(actor=people["admin"], agency=agency, policy=rules, preset="vallejo")
    policy_approve(actor=people["chief"], proposed=proposed)


def _train(agency: Agency, people: dict[str, Member]) -> None:
    course = Course.objects.create(
        agency=agency,
        name="ALPR operator",
        topics=["Law and policy", "Privacy and civil liberties", "Verifying a hit", "Practical exercises"],
    )
    for person in PEOPLE:
        if person.trained is None:
            continue
        day = timezone.localdate() - timedelta(days=person.trained)
        session, _ = Session.objects.get_or_create(
            course=course, held_on=day, defaults={"trainer": "Training Sergeant", "place": "Port Alder"}
        )
        certifier = people["training" if person.sign_in_name == "chief" else "chief"]
        member = people[person.sign_in_name]
        certificate_enter(actor=certifier, member=member, session=session, completed_on=day)
