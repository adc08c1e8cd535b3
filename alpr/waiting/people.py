"""What waits at accounts, training and the policy."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from axes.models import AccessAttempt
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from accounts import lock
from accounts.models import Agency
from accounts.permissions import Permission
from alpr.templatetags.look import day
from alpr.waiting.lines import SOON, Asker, Wait, counted
from training import gate
from training.models import Certificate


def accounts_waiting(asker: Asker) -> list[Wait]:
    """Accounts that open nothing until a second person approves them."""
    count = asker.agency.members.filter(approved_by=None, is_active=True).count()
    url = reverse("admin:accounts_member_changelist") + "?stands=waiting"
    note = "None opens anything until a second person approves it."
    return [Wait(counted(count, "Approve {} account"), note, url, Permission.MANAGE_MEMBERS)] if count else []


def names_locked(asker: Asker) -> list[Wait]:
    """Sign-in names locked after too many failures, until an administrator releases them (CJIS AC-7)."""
    names = locked_names(asker.agency)
    url = reverse("admin:accounts_member_changelist") + "?stands=locked"
    note = f"Locked after {_failures_allowed(asker.agency)} failures. Ask the member before you release it."
    acts = Permission.MANAGE_MEMBERS
    return [Wait(counted(len(names), "Release {} locked sign-in name"), note, url, acts)] if names else []


def locked_names(agency: Agency) -> set[str]:
    """The agency's sign-in names that are locked now."""
    counted = AccessAttempt.objects.values("username").annotate(failures=Sum("failures_since_start"))
    locked = counted.filter(failures__gte=_failures_allowed(agency)).values_list("username", flat=True)
    return set(agency.members.filter(sign_in_name__in=list(locked)).values_list("sign_in_name", flat=True))


def _failures_allowed(agency: Agency) -> int:
    return agency.policy.sessions.lock_after_failures if agency.adopted else lock.FAILURES


def certificates_lapsing(asker: Asker) -> list[Wait]:
    """Open accounts whose training ends within 30 days, and those that have none standing."""
    today = timezone.localdate()
    ends = training_ends(asker.agency)
    soon = [end for end in ends.values() if end and today <= end <= today + SOON]
    gone = [end for end in ends.values() if end is None]
    url = reverse("admin:training_certificate_changelist")
    found = []
    if soon:
        what = f"Renew the training of {counted(len(soon), '{} member')}"
        note = "They lose access after their last day."
        due = end_of(min(soon))
        found.append(Wait(what, note, url + "?ends=soon", Permission.MANAGE_TRAINING, due=due))
    if gone:
        what = f"Train {counted(len(gone), '{} member')} without a current certificate"
        note = "Nothing of the data is open to them."
        found.append(Wait(what, note, url + "?ends=over", Permission.MANAGE_TRAINING))
    return found


def training_ends(agency: Agency) -> dict[int, date | None]:
    """For each open account by id: the last day of training, `date.max` for no end, None for none."""
    open_accounts = agency.members.filter(is_active=True).exclude(approved_by=None)
    ends: dict[int, date | None] = dict.fromkeys(open_accounts.values_list("pk", flat=True))
    if agency.adopted is None:
        return ends
    today, policy = timezone.localdate(), agency.policy
    held = Certificate.objects.filter(member__in=list(ends), revoked_on=None)
    for certificate in held.select_related("session__course"):
        if certificate.stands_on(today, policy):
            end = certificate.ends_on(policy) or date.max
            ends[certificate.member_id] = max(end, ends[certificate.member_id] or end)
    return ends


def policies_proposed(asker: Asker) -> list[Wait]:
    """Versions of the policy that rule nothing until a second person approves them."""
    agency = asker.agency
    adopted = agency.adopted
    rows = agency.policies.filter(approved_by=None, version__gt=adopted.version if adopted else 0)
    return [
        Wait(
            f"Approve policy version {proposed.version}",
            f"Proposed by {proposed.proposed_by}, effective from {day(proposed.effective_from)}.",
            reverse("admin:accounts_adoptedpolicy_change", args=[proposed.pk]),
            Permission.APPROVE_POLICY,
            due=proposed.effective_from if proposed.effective_from > timezone.now() else None,
            open_to_asker=proposed.proposed_by_id != asker.member.pk,
        )
        for proposed in rows.select_related("proposed_by")
    ]


def own_training_ends(asker: Asker) -> list[Wait]:
    """The member's own training, where it ends within 30 days."""
    if asker.agency.adopted is None:
        return []
    certificate = gate.current_certificate(asker.member)
    end = certificate.ends_on() if certificate else None
    if end is None or end > timezone.localdate() + SOON:
        return []
    note = "Ask your training manager for a session: after the last day nothing of the data is open to you."
    return [Wait("Renew your training", note, reverse("my_record"), None, due=end_of(end))]


def end_of(last_day: date) -> datetime:
    """When a last day is over."""
    return timezone.make_aware(datetime(last_day.year, last_day.month, last_day.day)) + timedelta(days=1)
