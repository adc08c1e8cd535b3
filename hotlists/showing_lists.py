"""What the pages of hot lists show: lists with their age, what is in use and what waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.models import Member
from alpr.policy import Policy
from hotlists import restricted
from hotlists.models import Entry, HotList, Mapping, Refresh, Snapshot


@dataclass(frozen=True)
class ListRow:
    """One list with its age, the number of entries in use and of files that wait for a person.

    A general list has as many entries as its last file left in use; hot plates are counted.
    """

    hot_list: HotList
    is_old: bool
    in_use: int
    files_waiting: int

    @property
    def files_words(self) -> str:
        """The files that wait, as a mark says it."""
        return "1 file waits" if self.files_waiting == 1 else f"{self.files_waiting} files wait"

    @property
    def loaded_at(self) -> datetime | None:
        """When its source made what is in force."""
        return self.hot_list.source_at


def list_rows(member: Member) -> list[ListRow]:
    """The lists that the member may know of, those in use first, by the same few queries for any number."""
    lists = with_counts(restricted.known_to(member)).order_by("-is_active", "kind", "name")
    policy, rows = member.agency.policy, []
    for hot_list in lists:
        hot_list.agency = member.agency
        is_old = hot_list.is_active and past_interval(hot_list, policy)
        rows.append(ListRow(hot_list, is_old, hot_list.in_use, hot_list.files_waiting))
    return rows


def with_counts(lists: QuerySet[HotList]) -> QuerySet[Any]:
    """The lists with `in_use`, the entries that match now, and `files_waiting`, for a person."""
    last = Snapshot.objects.filter(hot_list=OuterRef("pk")).order_by("-loaded_at").values("standing")[:1]
    standing = Entry.objects.hot_plates().in_use().filter(hot_list=OuterRef("pk"))
    counted = standing.order_by().values("hot_list").annotate(number=Count("pk")).values("number")
    return lists.annotate(
        in_use=Case(
            When(kind=HotList.Kind.GENERAL, then=Coalesce(Subquery(last), 0)),
            default=Coalesce(Subquery(counted), 0),
        ),
        files_waiting=Count("refreshes", filter=Q(refreshes__state=Refresh.State.WAITING)),
    )


def past_interval(hot_list: HotList, policy: Policy) -> bool:
    """Whether what a list has in force is older than `policy` and the list itself allow, or is nothing."""
    longest, age = hot_list.fresh_under(policy), hot_list.age
    return longest is not None and (age is None or age > longest)


SHOWN: dict[str, tuple[str, Callable[[ListRow], bool]]] = {
    "": ("In use", lambda row: row.hot_list.is_active),
    "old": ("Old", lambda row: row.is_old),
    "waiting": ("Waiting", lambda row: row.hot_list.waits or row.files_waiting > 0),
    "specific": ("Specific", lambda row: row.hot_list.is_active and row.hot_list.kind == "specific"),
    "restricted": ("Restricted", lambda row: row.hot_list.is_active and row.hot_list.is_restricted),
    "closed": ("Out of use", lambda row: not row.hot_list.is_active),
}


@dataclass(frozen=True)
class Choice:
    """One way to narrow the lists down: its value in the address, its words, and how many there are."""

    value: str
    label: str
    count: int


def choices(rows: list[ListRow]) -> list[Choice]:
    """What the lists can be narrowed down to; those in use are always there."""
    counted = [
        Choice(value, label, sum(holds(row) for row in rows)) for value, (label, holds) in SHOWN.items()
    ]
    return [choice for choice in counted if choice.count or not choice.value]


@dataclass(frozen=True)
class Setting:
    """One setting of a list in words."""

    label: str
    words: str


def settings_of(hot_list: HotList) -> list[Setting]:
    """How a list is set, in words, as its page says it."""
    said = [("Alerts", f"{hot_list.get_priority_display()} priority")]
    if hot_list.kind == HotList.Kind.GENERAL:
        said += [
            ("Layout of files", _layout(hot_list.mapping)),
            ("From the folder", hot_list.folder_pattern or "No files"),
            ("A file waits", f"if it has over {hot_list.shrink_percent}% fewer entries, "
                             f"or over {hot_list.bad_percent}% bad lines"),
        ]  # fmt: skip
    if hot_list.left_out:
        named = [HotList.Source(source).label for source in hot_list.left_out]
        said.append(("Left out", ", ".join(named)))
    days = hot_list.look_back_days
    said.append(("Looking back", f"{days} days" if days else "Not done"))
    return [Setting(label, words) for label, words in said]


def _layout(mapping: Mapping | None) -> str:
    return str(mapping).capitalize() if mapping else "A header names the columns"
