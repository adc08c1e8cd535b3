"""General lists whose source is older than their interval: found by the clock, and reported once a spell."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency
from alpr.policy import Policy
from hotlists.models import HotList
from trail import context
from trail.actors import System
from trail.services import record
from trail.verbs import Verb

JOB = "Hot lists"


def check() -> int:
    """Note the lists that have become overdue, each once until it is fresh again; gives how many.

    A list that was never loaded counts from when it was designated. One that is no longer overdue, since its
    settings or the policy changed, is cleared; a load clears it by itself.
    """
    with context.acting(None, request_id=context.new_request_id()):
        return sum(_check(agency) for agency in Agency.objects.all() if agency.adopted is not None)


def _check(agency: Agency) -> int:
    policy, found = agency.policy, 0
    for hot_list in HotList.objects.filter(kind=HotList.Kind.GENERAL, agency=agency):
        if (overdue_since(hot_list, policy) is None) != (hot_list.overdue_since is None):
            found += _settle(hot_list.pk, agency, policy)
    return found


def overdue_since(hot_list: HotList, policy: Policy) -> datetime | None:
    """When the list became overdue; None while it is fresh, out of use, or a specific one."""
    longest = hot_list.fresh_under(policy)
    if not hot_list.is_active or longest is None:
        return None
    since = (hot_list.source_at or hot_list.designated_at) + longest
    return since if since <= timezone.now() else None


@transaction.atomic
def _settle(key: int, agency: Agency, policy: Policy) -> bool:
    """Write down how one list stands. One that is being loaded is left to the load, or to the next round."""
    hot_list = HotList.objects.select_for_update(skip_locked=True).filter(pk=key).first()
    if hot_list is None:
        return False
    since, was = overdue_since(hot_list, policy), hot_list.overdue_since
    if (since is None) == (was is None):
        return False
    HotList.objects.filter(pk=key).update(overdue_since=since)
    if since is None:
        return False
    longest = hot_list.fresh_under(policy)
    hours = longest.total_seconds() / 3600 if longest else 0
    record(System(JOB, agency), Verb.LIST_OVERDUE, hot_list, detail=f"its interval is {hours:g} hours")
    return True
