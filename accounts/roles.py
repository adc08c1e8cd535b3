"""The declared table of roles. `manage.py sync_roles` makes the database agree with it."""

from __future__ import annotations

from django.db import models

from accounts.permissions import Permission as P


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


_OPERATOR = frozenset(
    {P.SEE_HITS, P.COMPARE_HITS, P.ANSWER_STATUS, P.CLOSE_HITS, P.SEARCH, P.GIVE_PICTURES}
    | {P.SEE_LISTS, P.ENTER_HOT_PLATES}
)

PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.OPERATOR: _OPERATOR,
    Role.ANALYST: frozenset({P.SEE_HITS, P.SEARCH, P.GIVE_PICTURES, P.SEE_LISTS, P.ENTER_HOT_PLATES}),
    Role.DISPATCHER: frozenset({P.SEE_HITS, P.ANSWER_STATUS, P.CONFIRM_HITS, P.SEE_LISTS}),
    Role.SUPERVISOR: _OPERATOR | {P.REVIEW_EXIGENT, P.APPROVE_HOT_PLATES, P.CONFIRM_HITS},
    Role.ADMINISTRATOR: frozenset(
        {P.SEE_HITS, P.SEARCH, P.SEE_LISTS, P.LOAD_LISTS, P.DESIGNATE_LISTS, P.APPROVE_HOT_PLATES}
        | {P.MANAGE_CAMERAS, P.MANAGE_MEMBERS, P.PROPOSE_POLICY, P.APPROVE_POLICY, P.REVIEW_EXIGENT}
        | {P.READ_TRAIL, P.OVERSEE}
    ),
    Role.TRAINING_MANAGER: frozenset({P.MANAGE_TRAINING, P.OVERSEE}),
    Role.CUSTODIAN: frozenset({P.HOLD, P.SEE_LISTS, P.PROPOSE_POLICY, P.READ_TRAIL, P.OVERSEE}),
    Role.RECORDS_APPROVER: frozenset({P.DECIDE_RELEASES, P.OVERSEE}),
    Role.AUDITOR: frozenset({P.READ_TRAIL, P.OVERSEE}),
}
