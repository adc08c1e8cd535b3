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

    `on` is an agency, or a row that has one (`on.agency`); a grant on the agency or on that row itself
    counts. `inquiry` must be the member's own and of today's session where the permission needs a purpose.
    """
    refusal = _account(member) or _role(member, permission, on)
    if refusal is None and permission.needs_training:
        refusal = _training(member)
    if refusal is None and permission.needs_purpose:
        refusal = _purpose(member, inquiry)
    if refusal is not None:
        kind, reason, next_step = refusal
        raise Refused(kind, reason, next_step, member=member, attempted=f"to {permission.sentence}")


def allows(member: Any, permission: Permission, *, on: Any = None, inquiry: Inquiry | None = None) -> bool:
    """Whether `require` would let the member through, leaving the purpose aside where none is given.

    For menus and buttons. `on` defaults to the member's own agency. Nobody signed in is never let through.
    """
    if not isinstance(member, Member):
        return False
    refusal = _account(member) or _role(member, permission, member.agency if on is None else on)
    if refusal is None and permission.needs_training:
        refusal = _training(member)
    if refusal is None and inquiry is not None and permission.needs_purpose:
        refusal = _purpose(member, inquiry)
    return refusal is None


Refusal = tuple[str, str, str] | None


def _account(member: Member) -> Refusal:
    if not member.is_active or member.separated_on is not None:
        return "account", "Your account is closed.", "Ask your ALPR administrator."
    if not member.is_approved:
        return "account", "Your account waits for approval by a second person.", "Ask your ALPR administrator."
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
    """The certificate that opens the system for the member today, the one that ends last; None if none stands.

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
    return f"Your last one ended on {ends:%b} {ends.day}, {ends.year}." if ends else "Your last one does not open it."


def _purpose(member: Member, inquiry: Inquiry | None) -> Refusal:
    if inquiry is None:
        return "purpose", "No purpose was stated.", "State the case number or reason first."
    if inquiry.member_id != member.pk:
        return "purpose", "This purpose was stated by somebody else.", "State your own."
    return None
