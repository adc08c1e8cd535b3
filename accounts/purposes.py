"""Stating the purpose of what follows (Civil Code 1798.90.52(b)), under the agency's own rule."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from accounts import access
from accounts.models import Agency, Member
from accounts.permissions import Permission
from trail.models import Inquiry
from trail.purpose import check_case_number, check_reason
from trail.services import act, record
from trail.verbs import Verb


def purpose_problems(agency: Agency, *, case_number: str, reason: str) -> dict[str, str]:
    """What is missing or vague in a purpose, by field, under the agency's policy; empty where it stands."""
    problems: dict[str, str] = {}
    needs = agency.policy.search.purpose
    for field, text, check in (
        ("case_number", case_number, check_case_number),
        ("reason", reason, check_reason),
    ):
        try:
            if text.strip():
                check(text)
        except ValueError as vague:
            problems[field] = str(vague)
    if needs in ("case_number", "both") and not case_number.strip():
        problems["case_number"] = "The policy asks for a case or incident number."
    if needs in ("reason", "both") and not reason.strip():
        problems["reason"] = "The policy asks for a reason."
    if needs == "either" and not case_number.strip() and not reason.strip():
        problems["case_number"] = "Give a case or incident number, or a reason, or both."
    return problems


@act
def purpose_state(*, actor: Member, offense: str, case_number: str = "", reason: str = "") -> Inquiry:
    """State the purpose of what follows, good for `Inquiry.GOOD_FOR`. It opens nothing by itself.

    Raises `Refused` where the account is closed or unapproved, ValidationError, by field, where the purpose
    says too little.
    """
    access.raise_if(access.account(actor), actor, Permission.SEARCH)
    problems: dict[str, Any] = dict(purpose_problems(actor.agency, case_number=case_number, reason=reason))
    if problems:
        raise ValidationError(problems)
    inquiry = Inquiry(
        member=actor,
        agency=actor.agency,
        offense=offense,
        case_number=check_case_number(case_number) if case_number.strip() else "",
        reason=check_reason(reason) if reason.strip() else "",
    )
    inquiry.full_clean()
    inquiry.save()
    record(actor, Verb.PURPOSE_STATED, inquiry, inquiry=inquiry)
    return inquiry
