"""What waits for whom, and what is kept safe: plain questions to the database, in one table.

Each is asked only for those whom the gate lets see its records, and no line names a plate or a person sought.
The index of administration shows all of them with whose turn it is; `/waiting/` shows each member what is
theirs to do.
"""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Member
from accounts.permissions import Permission
from alpr.waiting import (
    agreements,
    cameras,
    evidence,
    findings,
    forwarding,
    hits,
    holds,
    jobs,
    lists,
    people,
    searches,
    vehicles,
)
from alpr.waiting.kept import Kept, kept_safe
from alpr.waiting.lines import Asker, Wait, are, in_order, number, turn
from alpr.waiting.people import locked_names
from training import gate

__all__ = [
    "QUESTIONS",
    "Asker",
    "Kept",
    "Wait",
    "ask",
    "kept_safe",
    "lede",
    "locked_names",
    "turn",
    "what_waits",
    "yours",
]

# Who sees the records that a question counts; None: it is about the asker alone.
QUESTIONS: list[tuple[Permission | None, Callable[[Asker], list[Wait]]]] = [
    (Permission.CONFIRM_HITS, hits.status_asked),
    (Permission.SEE_HITS, hits.exigent_reviews),
    (Permission.REVIEW_EXIGENT, hits.hits_left_open),
    (Permission.DESIGNATE_LISTS, hits.lists_without_reviewer),
    (Permission.SEE_HITS, hits.hits_open),
    (Permission.SEARCH, searches.searches_waiting),
    (Permission.REVIEW_FINDINGS, findings.findings_open),
    (Permission.SEARCH, searches.searches_decided),
    (Permission.ENTER_HOT_PLATES, hits.results_unread),
    (Permission.ENTER_HOT_PLATES, lists.hot_plates_ending),
    (Permission.SEE_LISTS, lists.hot_plates_waiting),
    (Permission.SEE_LISTS, lists.lists_waiting),
    (Permission.LOAD_LISTS, lists.files_waiting),
    (Permission.LOAD_LISTS, lists.files_refused),
    (Permission.SEE_LISTS, lists.lists_overdue),
    (Permission.MANAGE_MEMBERS, people.accounts_waiting),
    (Permission.MANAGE_MEMBERS, people.names_locked),
    (Permission.MANAGE_TRAINING, people.certificates_lapsing),
    (Permission.MANAGE_CAMERAS, cameras.cameras_at_fault),
    (Permission.MANAGE_CAMERAS, jobs.pictures_waiting),
    (Permission.MANAGE_CAMERAS, vehicles.transfers_late),
    (Permission.MANAGE_CAMERAS, vehicles.checks_failed),
    (Permission.MANAGE_CAMERAS, vehicles.reads_set_aside),
    (Permission.OVERSEE, jobs.jobs_failed),
    (Permission.HOLD, holds.holds_to_review),
    (Permission.APPROVE_EVIDENCE, holds.releases_asked),
    (Permission.APPROVE_EVIDENCE, evidence.packages_asked),
    (Permission.HOLD, evidence.packages_failed),
    (Permission.HOLD, evidence.packages_to_book),
    (Permission.OVERSEE, holds.purge_missed),
    (Permission.OVERSEE, holds.purge_broken_off),
    (Permission.MAKE_AGREEMENTS, forwarding.forwardings_proposed),
    (Permission.MAKE_AGREEMENTS, forwarding.forwardings_behind),
    (Permission.MAKE_AGREEMENTS, forwarding.forwards_refused),
    (Permission.MAKE_AGREEMENTS, forwarding.sources_silent),
    (Permission.PROPOSE_POLICY, people.policies_proposed),
    (Permission.MAKE_AGREEMENTS, agreements.agreements_proposed),
    (Permission.MAKE_AGREEMENTS, agreements.agreements_ending),
    (None, people.own_training_ends),
]


def ask(member: Member) -> Asker:
    """The member with what the gate permits now."""
    return Asker(member, gate.permitted(member))


def what_waits(asker: Asker) -> list[Wait]:
    """Everything that waits at the asker's agency and that they may see, with whose turn it is, in order."""
    return in_order(
        Wait(**vars(wait) | {"turn": turn(wait, asker.permitted)})
        for permission, question in QUESTIONS
        if permission is None or permission in asker.permitted
        for wait in question(asker)
    )


def yours(asker: Asker) -> list[Wait]:
    """What waits for the asker and is theirs to do."""
    return [wait for wait in what_waits(asker) if wait.is_yours]


def lede(waits: list[Wait], whom: str = "a person") -> str:
    """What waits, in one sentence."""
    if not waits:
        return f"Nothing waits for {whom}."
    overdue = sum(wait.is_overdue for wait in waits)
    late = f"; {number(overdue)} {are(overdue)} overdue" if overdue else ""
    things = "thing waits" if len(waits) == 1 else "things wait"
    return f"{number(len(waits)).capitalize()} {things} for {whom}{late}."
