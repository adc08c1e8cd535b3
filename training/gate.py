"""The one gate: nothing of the data is seen or changed but through `require`.

It asks in turn: is the account active, approved and not separated; does a role permit it on this parent
(guardian's grants, asked of superusers as well); is the training current under the agency's policy; is a
purpose stated where the policy asks for one.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from accounts.models import Agency, Member, NoPolicy
from accounts.permissions import Permission
from trail.models import Inquiry
from training.models import Certificate

Refusal = tuple[str, str, str] | None


class Refused(PermissionDenied):
    """The gate's one error. It carries its reason, the way on, and what was attempted for the trail.

    `kind` is one of `account`, `role`, `policy`, `training`, `purpose`.
    """

    def __init__(self, kind: str, reason: str, next_step: str, *, member: Member, attempted: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.next_step = next_step
        self.member = member
        self.attempted = attempted


def require(member: Member, permission: Permission, *, on: Any, inquiry: Inquiry | None = None) -> None:
    """Let `member` use `permission` on `on`, or raise `Refused`.

    `on` is an agency, or a row that has one (`on.agency`). `inquiry` must be the member's own where the
    permission needs a purpose.
    """
    admit(member, permission, on=on)
    if permission.needs_purpose:
        _raise(_purpose(member, inquiry), member, permission)


def admit(member: Member, permission: Permission, *, on: Any) -> None:
    """As `require`, but for the purpose: for the page on which a purpose is stated, which shows no data."""
    _raise(_standing(member, permission, on), member, permission)


def allows(member: Any, permission: Permission, *, on: Any = None) -> bool:
    """Whether `admit` would let the member through; for menus and buttons.

    `on` defaults to the member's own agency. Nobody signed in is never let through.
    """
    return isinstance(member, Member) and _standing(member, permission, on or member.agency) is None


def _raise(refusal: Refusal, member: Member, permission: Permission) -> None:
    if refusal is not None:
        kind, reason, next_step = refusal
        raise Refused(kind, reason, next_step, member=member, attempted=f"to {permission.sentence}")


def _standing(member: Member, permission: Permission, on: Any) -> Refusal:
    return (
        _account(member)
        or _role(member, permission, on)
        or (_training(member) if permission.needs_training else None)
    )


def _account(member: Member) -> Refusal:
    if not member.is_active or member.separated_on is not None:
        return "account", "Your account is closed.", "Ask your ALPR administrator."
    if not member.is_approved:
        return (
            "account",
            "Your account waits for approval by a second person.",
            "Ask your ALPR administrator.",
        )
    return None


def _role(member: Member, permission: Permission, on: Any) -> Refusal:
    agency = on if isinstance(on, Agency) else on.agency
    if agencies_granting(member, permission).filter(pk=agency.pk).exists():
        return None
    return "role", f"Your roles do not let you {permission.sentence} here.", "Ask your ALPR administrator."


def agencies_granting(member: Member, permission: Permission) -> Any:
    """The agencies on which the member holds `permission`, as a queryset; no shortcut for superusers."""
    return get_objects_for_user(
        member, f"accounts.{permission.value}", Agency, accept_global_perms=False, with_superuser=False
    )


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
    held = Certificate.objects.filter(member=member).select_related("session__course", "member__agency")
    standing = [certificate for certificate in held if certificate.stands_on(today)]
    return max(standing, key=lambda c: (c.ends_on() is None, c.ends_on() or today), default=None)


def _missing(member: Member) -> str:
    last = Certificate.objects.filter(member=member, revoked_on=None).order_by("-completed_on").first()
    if last is None:
        return "None is on record."
    ends = last.ends_on()
    return (
        f"Your last one ended on {ends:%b} {ends.day}, {ends.year}."
        if ends
        else "Your last one does not open it."
    )


def _purpose(member: Member, inquiry: Inquiry | None) -> Refusal:
    if inquiry is None:
        return "purpose", "No purpose was stated.", "State the case number or reason first."
    if inquiry.member_id != member.pk:
        return "purpose", "This purpose was stated by somebody else.", "State your own."
    return None
