"""Adopting a policy: proposed by one person, approved by another, never edited after."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from accounts.access import demand
from accounts.models import AdoptedPolicy, Agency, Member
from accounts.permissions import Permission
from alpr.policy import Policy
from trail.services import act, record
from trail.verbs import Verb


def policy_in_force(agency: Agency) -> Policy:
    """The rules in force at `agency` now. Raises `accounts.models.NoPolicy` before the first adoption."""
    return agency.policy


@act
def policy_propose(
    *, actor: Member, agency: Agency, policy: Policy, preset: str, effective_from: datetime | None = None
) -> AdoptedPolicy:
    """Propose a version of the agency's policy. It rules nothing until another person approves it."""
    demand(actor, Permission.PROPOSE_POLICY, on=agency)
    latest = agency.policies.aggregate(Max("version"))["version__max"] or 0
    proposed = AdoptedPolicy.objects.create(
        agency=agency,
        version=latest + 1,
        preset=preset,
        rules=policy.to_dict(),
        proposed_by=actor,
        effective_from=effective_from or timezone.now(),
    )
    record(actor, Verb.POLICY_PROPOSED, proposed)
    return proposed


@act
def policy_approve(*, actor: Member, proposed: AdoptedPolicy) -> AdoptedPolicy:
    """Approve a proposed version, by another person than its proposer (a database constraint)."""
    demand(actor, Permission.APPROVE_POLICY, on=proposed.agency)
    proposed = AdoptedPolicy.objects.select_for_update().get(pk=proposed.pk)
    if proposed.approved_by_id is None:
        proposed.approved_by, proposed.approved_at = actor, timezone.now()
        proposed.full_clean()
        proposed.save()
        proposed.agency.adopted_anew()
        record(actor, Verb.POLICY_ADOPTED, proposed)
    return proposed
