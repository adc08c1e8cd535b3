"""Begins a department on a new system: the agency, two people who approve each other, the first policy."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import services
from accounts.models import Agency, Member
from accounts.roles import Role
from alpr import environment
from alpr.policy import load_preset
from alpr.policy.errors import PolicyError
from trail.actors import System

ACTOR = System("Establishing")
# Both may enter certificates, because nobody certifies themselves.
ROLES = [Role.ADMINISTRATOR, Role.TRAINING_MANAGER]


@dataclass(frozen=True)
class Founder:
    """One of the two: the argument, the variable that may hold the password, what they are for."""

    argument: str
    password: str
    help: str


ADMINISTRATOR = Founder(
    "administrator",
    "ALPR_ADMINISTRATOR_PASSWORD",
    "Who administers the system and proposes the policy.",
)
APPROVER = Founder(
    "approver",
    "ALPR_APPROVER_PASSWORD",
    "The second person, who approves the policy.",
)


class Command(BaseCommand):
    """`manage.py establish`."""

    help = (
        "Begin a department: the agency, its administrator and a second person, who approve each other, and "
        "its first policy, proposed by the one and approved by the other. Passwords are asked for, or read "
        f"from {ADMINISTRATOR.password} and {APPROVER.password}; never given as arguments."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Everything but the passwords."""
        parser.add_argument("--name", required=True, help="The department's full name.")
        parser.add_argument("--short-name", required=True, help="As it stands on every page.")
        parser.add_argument("--ori", default="", help="Originating agency identifier.")
        parser.add_argument("--policy", default="vallejo", help="The preset to adopt (default: vallejo).")
        for founder in (ADMINISTRATOR, APPROVER):
            parser.add_argument(
                f"--{founder.argument}",
                required=True,
                nargs=4,
                metavar=("SIGN_IN_NAME", "BADGE", "NAME", "TITLE"),
                help=founder.help,
            )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it all, or nothing."""
        if Agency.objects.filter(name=options["name"]).exists():
            raise CommandError(f"{options['name']} is established already; its administrator adds the rest.")
        passwords = {founder: _password(founder, options) for founder in (ADMINISTRATOR, APPROVER)}
        try:
            agency = _establish(options, passwords)
        except ValidationError as problem:
            raise CommandError("; ".join(problem.messages)) from problem
        except PolicyError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"{agency} is established under {agency.policy_label}. Both sign in now, set up a second factor, "
            "and enter a course and each other's certificates; until then no records open to them."
        )


@transaction.atomic
def _establish(options: dict[str, Any], passwords: dict[Founder, str]) -> Agency:
    agency = services.agency_found(
        actor=ACTOR, name=options["name"], short_name=options["short_name"], ori=options["ori"]
    )
    administrator, approver = (
        _add(agency, options[founder.argument], password) for founder, password in passwords.items()
    )
    services.founders_approve(actor=ACTOR, first=administrator, second=approver)
    administrator.refresh_from_db()
    approver.refresh_from_db()
    preset = options["policy"]
    proposed = services.policy_propose(
        actor=administrator, agency=agency, policy=load_preset(preset), preset=preset
    )
    services.policy_approve(actor=approver, proposed=proposed)
    return agency


def _add(agency: Agency, facts: list[str], password: str) -> Member:
    sign_in_name, badge, name, title = facts
    return services.member_add(
        actor=ACTOR, agency=agency, sign_in_name=sign_in_name, password=password, badge=badge, name=name,
        title=title, roles=ROLES,
    )  # fmt: skip


def _password(founder: Founder, options: dict[str, Any]) -> str:
    given = environment.text(founder.password, "")
    if given:
        return given
    name = options[founder.argument][0]
    first = getpass.getpass(f"Password for {name}: ")
    if first != getpass.getpass(f"Password for {name}, again: "):
        raise CommandError("The two passwords are not the same.")
    return first
