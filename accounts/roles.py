"""The declared table of roles. `manage.py sync_roles` makes the database agree with it."""

from __future__ import annotations

from django.db import models

from accounts.permissions import Permission


class Role(models.TextChoices):
    """The roles of DESIGN: what a person does, not what a person is called."""

    OPERATOR = "operator", "Operator"
    ANALYST = "analyst", "Analyst"
    DISPATCHER = "dispatcher", "Dispatcher"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMINISTRATOR = "administrator", "Administrator"
    TRAINING_MANAGER = "training_manager", "Training manager"
    CUSTODIAN = "custodian", "Custodian"
    RECORDS_APPROVER = "records_approver", "Records approver"
    AUDITOR = "auditor", "Auditor"
    PARKING_OFFICER = "parking_officer", "Parking officer"


_OPERATOR = frozenset(
    {
        Permission.SEE_HITS,
        Permission.COMPARE_HITS,
        Permission.ANSWER_STATUS,
        Permission.CLOSE_HITS,
        Permission.SEARCH,
        Permission.GIVE_PICTURES,
    }
    | {Permission.SEE_LISTS, Permission.ENTER_HOT_PLATES, Permission.DRIVE_SHIFTS}
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: _OPERATOR,
    Role.ANALYST: frozenset(
        {
            Permission.SEE_HITS,
            Permission.SEARCH,
            Permission.GIVE_PICTURES,
            Permission.SEE_LISTS,
            Permission.ENTER_HOT_PLATES,
            Permission.REVIEW_FINDINGS,
        }
    ),
    Role.DISPATCHER: frozenset(
        {Permission.SEE_HITS, Permission.ANSWER_STATUS, Permission.CONFIRM_HITS, Permission.SEE_LISTS}
    ),
    Role.SUPERVISOR: _OPERATOR
    | {Permission.REVIEW_EXIGENT, Permission.APPROVE_HOT_PLATES, Permission.CONFIRM_HITS}
    | {Permission.APPROVE_SEARCHES, Permission.REVIEW_FINDINGS},
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SEE_HITS,
            Permission.SEARCH,
            Permission.SEE_LISTS,
            Permission.LOAD_LISTS,
            Permission.DESIGNATE_LISTS,
            Permission.APPROVE_HOT_PLATES,
        }
        | {
            Permission.MANAGE_CAMERAS,
            Permission.MANAGE_MEMBERS,
            Permission.PROPOSE_POLICY,
            Permission.APPROVE_POLICY,
            Permission.REVIEW_EXIGENT,
        }
        | {Permission.APPROVE_SEARCHES, Permission.APPROVE_EVIDENCE}
        | {Permission.MAKE_AGREEMENTS, Permission.REVIEW_FINDINGS, Permission.ENFORCE_PARKING}
        | {Permission.READ_TRAIL, Permission.OVERSEE}
    ),
    Role.TRAINING_MANAGER: frozenset({Permission.MANAGE_TRAINING, Permission.OVERSEE}),
    Role.CUSTODIAN: frozenset(
        {
            Permission.SEARCH,
            Permission.HOLD,
            Permission.APPROVE_EVIDENCE,
            Permission.SEE_LISTS,
            Permission.PROPOSE_POLICY,
            Permission.READ_TRAIL,
            Permission.OVERSEE,
        }
    ),
    Role.RECORDS_APPROVER: frozenset({Permission.DECIDE_RELEASES, Permission.OVERSEE}),
    Role.AUDITOR: frozenset({Permission.READ_TRAIL, Permission.OVERSEE}),
    Role.PARKING_OFFICER: frozenset({Permission.ENFORCE_PARKING}),
}


def group_name(agency_id: int, role: str) -> str:
    """Name of the group of everybody in `role` (a value of `Role`) at an agency."""
    return f"{agency_id}: {role}"
