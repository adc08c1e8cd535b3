"""General lists whose source is older than their interval: found by the clock, and reported once a spell."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency
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
    found = 0
    for hot_list in HotList.objects.filter(kind=HotList.Kind.GENERAL, agency=agency):
        hot_list.agency = agency
        if (_overdue_since(hot_list) is None) != (hot_list.overdue_since is None):
            found += _settle(hot_list.pk, agency)
    return found


def _overdue_since(hot_list: HotList) -> datetime | None:
    """When the list became overdue; None while it is fresh or out of use."""
    if not hot_list.is_active or hot_list.fresh_for is None:
        return None
    since = (hot_list.source_at or hot_list.designated_at) + hot_list.fresh_for
    return since if since <= timezone.now() else None


@transaction.atomic
def _settle(key: int, agency: Agency) -> bool:
    """Write down how one list stands. One that is being loaded is left to the load, or to the next round."""
    hot_list = HotList.objects.select_for_update(skip_locked=True).filter(pk=key).first()
    if hot_list is None:
        return False
    hot_list.agency = agency
    since, was = _overdue_since(hot_list), hot_list.overdue_since
    if (since is None) == (was is None):
        return False
    HotList.objects.filter(pk=key).update(overdue_since=since)
    if since is None:
        return False
    hours = hot_list.fresh_for.total_seconds() / 3600 if hot_list.fresh_for else 0
    record(System(JOB, agency), Verb.LIST_OVERDUE, hot_list, detail=f"its interval is {hours:g} hours")
    return True
