"""Accounts that nobody uses are suspended, as the policy says (CJIS Security Policy 5.9.5, AC-2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone
from guardian.models import UserObjectPermission

from accounts.models import Agency, Member
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS
from trail import context
from trail.actors import System
from trail.services import act, record
from trail.verbs import Verb

MANAGING = [role.value for role, held in PERMISSIONS.items() if Permission.MANAGE_MEMBERS in held]
# Two, since an account is opened again by one person and approved by another.
MANAGERS_LEFT = 2


def suspend_everywhere() -> None:
    """Suspend the idle accounts of every agency that has adopted a policy; the job of a day."""
    for agency in Agency.objects.all():
        if agency.adopted is not None:
            with context.acting(None, request_id=context.new_request_id()):
                accounts_suspend(actor=System("Idle accounts", agency), agency=agency)


@act
def accounts_suspend(*, actor: System, agency: Agency) -> list[Member]:
    """Close the accounts not used for the policy's `sessions.inactive_days`, and give those.

    An account is used when its member signs in, which the policy asks for at least every 12 hours. One that
    was approved lately counts as used then. Of those who manage members the last two stay, so that somebody
    can open the others again. A suspended account is opened like any that was closed.
    """
    days = agency.policy.sessions.inactive_days
    idle = _unused(agency, timezone.now() - timedelta(days=days))
    managers = set(_opened(agency).filter(roles__overlap=MANAGING).values_list("pk", flat=True))
    suspended = []
    for member in idle:
        if member.pk in managers and len(managers) <= MANAGERS_LEFT:
            continue
        managers.discard(member.pk)
        _suspend(actor, member, f"not used for {days} days")
        suspended.append(member)
    return suspended


def _opened(agency: Agency) -> QuerySet[Member]:
    return agency.members.filter(is_active=True, approved_by__isnull=False)


def _unused(agency: Agency, since: datetime) -> QuerySet[Member]:
    """Open accounts last used before `since`, the longest unused first."""
    used = _opened(agency).annotate(used_at=Greatest("last_login", "joined_at", "approved_at"))
    return used.filter(used_at__lt=since).order_by("used_at", "pk").select_for_update(of=("self",))


def _suspend(actor: System, member: Member, why: str) -> None:
    member.is_active = False
    member.save(update_fields=["is_active"])
    # What was granted to the person by name ends here, as when an account is closed by hand.
    UserObjectPermission.objects.filter(user=member).delete()
    record(actor, Verb.MEMBER_DEACTIVATED, member, detail=why)
