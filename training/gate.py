"""The one gate: nothing of the data is seen or changed but through `require`.

It asks in turn: is the account open, approved and not separated; does a role permit it on this parent
(guardian's grants, asked of superusers as well); is the training current under the agency's policy; is a
purpose stated where the policy asks for one. The first two are asked in `accounts.access`.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts import access
from accounts.access import Refusal, Refused, raise_if
from accounts.models import Agency, Member, NoPolicy
from accounts.permissions import Permission
from trail import context
from trail.models import Inquiry
from training.models import Certificate

__all__ = [
    "Refused",
    "admit",
    "agencies_granting",
    "allows",
    "certificates_anew",
    "current_certificate",
    "permitted",
    "refusal",
    "require",
]


def require(member: Member, permission: Permission, *, on: Any, inquiry: Inquiry | None = None) -> None:
    """Let `member` use `permission` on `on`, or raise `Refused`.

    `on` is an agency, or a row that has one (`on.agency`). `inquiry` must be the member's own, and fresh,
    where the permission needs a purpose (`trail.models.Inquiry.GOOD_FOR`).
    """
    admit(member, permission, on=on)
    if permission.needs_purpose:
        raise_if(_purpose(member, inquiry), member, permission)


def admit(member: Member, permission: Permission, *, on: Any) -> None:
    """As `require`, but for the purpose: for the page on which a purpose is stated, which shows no data."""
    raise_if(refusal(member, permission, on=on), member, permission)


def allows(member: Any, permission: Permission, *, on: Any = None) -> bool:
    """Whether `admit` would let the member through; for menus and buttons.

    `on` defaults to the member's own agency. Nobody signed in is never let through.
    """
    return isinstance(member, Member) and refusal(member, permission, on=on or member.agency) is None


def permitted(member: Member, *, on: Any = None) -> frozenset[Permission]:
    """Every permission for which `allows` answers yes on one agency, asked at once."""
    agency = _agency(on or member.agency)
    if access.account(member) is not None:
        return frozenset()
    held = access.held(member, agency)
    if _training(member) is None:
        return held
    return frozenset(permission for permission in held if not permission.needs_training)


def refusal(member: Member, permission: Permission, *, on: Any) -> Refusal:
    """Why `admit` would refuse: kind, reason and next step; None where it would not."""
    return access.standing(member, permission, on=_agency(on)) or (
        _training(member) if permission.needs_training else None
    )


def agencies_granting(member: Member, permission: Permission) -> QuerySet[Agency]:
    """The agencies on which the member's roles give `permission`; no shortcut for superusers."""
    return access.agencies_granting(member, permission)


def _agency(on: Any) -> Agency:
    agency: Agency = on if isinstance(on, Agency) else on.agency
    return agency


def _training(member: Member) -> Refusal:
    try:
        if current_certificate(member) is not None:
            return None
    except NoPolicy as missing:
        return "policy", str(missing), "The ALPR administrator proposes a policy; another person approves it."
    return (
        "training",
        f"You have no current ALPR training certificate. {_missing(member)}",
        "Ask your training manager for a session; access opens when the certificate is entered.",
    )


def current_certificate(member: Member) -> Certificate | None:
    """The certificate that opens the system for the member today, the last to end; None if none stands.

    Raises `accounts.models.NoPolicy` where the agency has adopted none.
    """
    member.agency.policy  # noqa: B018  (an agency without a policy admits nobody)
    today = timezone.localdate()
    held = context.remembered(_certificates_key(member), lambda: _certificates(member)) or []
    standing = [certificate for certificate in held if certificate.stands_on(today)]
    return max(standing, key=lambda c: (c.ends_on() is None, c.ends_on() or today), default=None)


def certificates_anew(member: Member) -> None:
    """Let the rest of the request see a certificate that was entered or revoked in it."""
    context.forget(_certificates_key(member))


def _certificates_key(member: Member) -> tuple[str, int]:
    return "certificates", member.pk


def _certificates(member: Member) -> list[Certificate]:
    return list(Certificate.objects.filter(member=member).select_related("session__course", "member__agency"))


def _missing(member: Member) -> str:
    last = Certificate.objects.filter(member=member, revoked_on=None).order_by("-completed_on").first()
    if last is None:
        return "None is on record."
    ends = last.ends_on()
    if ends is None or ends >= timezone.localdate():
        return "Your last one does not open the system."
    return f"Your last one ended on {ends:%b} {ends.day}, {ends.year}."


def _purpose(member: Member, inquiry: Inquiry | None) -> Refusal:
    if inquiry is None:
        return "purpose", "No purpose was stated.", "State the case number or reason first."
    if inquiry.member_id != member.pk or inquiry.agency_id != member.agency_id:
        return "purpose", "This purpose was stated by somebody else.", "State your own."
    if not inquiry.is_fresh:
        return "purpose", "This purpose was stated too long ago.", "State it again: what is it for now?"
    return None
