"""What the pages of hot lists show: lists with their age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from accounts.models import Member
from hotlists.models import Entry, HotList, Snapshot


@dataclass(frozen=True)
class ListRow:
    """One list with its age and the number of entries in use."""

    hot_list: HotList
    loaded_at: datetime | None
    is_old: bool
    in_use: int


def list_rows(member: Member) -> list[ListRow]:
    """The lists that the member may see, those in use first."""
    lists = HotList.objects.visible_to(member)
    loads = Snapshot.objects.filter(hot_list__in=lists).values_list("hot_list").annotate(Max("loaded_at"))
    loaded: dict[int, datetime] = dict(loads.order_by())
    counted = Entry.objects.visible_to(member).in_use().values_list("hot_list").annotate(Count("pk"))
    in_use: dict[int, int] = dict(counted.order_by())
    rows = []
    for hot_list in lists.order_by("-is_active", "kind", "name"):
        hot_list.agency = member.agency
        loaded_at = loaded.get(hot_list.pk)
        old = hot_list.is_active and hot_list.is_old(loaded_at)
        rows.append(ListRow(hot_list, loaded_at, old, in_use.get(hot_list.pk, 0)))
    return rows
