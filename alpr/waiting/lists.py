"""What waits at hot lists, their files and hot plates. No line names a plate."""

from __future__ import annotations

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.permissions import Permission
from alpr.templatetags.look import age
from alpr.waiting.lines import Asker, Wait, counted
from hotlists import showing
from hotlists.models import Entry, Refresh
from hotlists.overdue import overdue_since


def hot_plates_waiting(asker: Asker) -> list[Wait]:
    """Hot plates that match nothing until a second person approves them, and those of others' turn."""
    rows = Entry.objects.hot_plates().filter(
        hot_list__in=asker.seen_lists, state_of_entry=Entry.State.WAITING
    )
    if Permission.APPROVE_HOT_PLATES not in asker.permitted:
        return _approvals(rows, open_to_asker=True)
    others = Q(entered_by=asker.member)
    if Permission.DESIGNATE_LISTS not in asker.permitted:
        others |= Q(entered_by__supervisor__isnull=False) & ~Q(entered_by__supervisor=asker.member)
    return [
        *_approvals(rows.exclude(others), open_to_asker=True),
        *_approvals(rows.filter(others), open_to_asker=False),
    ]


def _approvals(rows: QuerySet[Entry], *, open_to_asker: bool) -> list[Wait]:
    count = rows.count()
    if not count:
        return []
    first = rows.aggregate(first=Min("entered_at"))["first"]
    note = f"The oldest was entered {age(first)} ago. None is used until a second person approves it."
    what = counted(count, "Approve {} hot plate")
    url, acts = reverse("hot_plates"), Permission.APPROVE_HOT_PLATES
    return [Wait(what, note, url, acts, open_to_asker=open_to_asker)]


def hot_plates_ending(asker: Asker) -> list[Wait]:
    """The member's own hot plates that end without result: to be renewed or let go."""
    own = showing.ending(asker.member)
    if not own:
        return []
    what = counted(len(own), "Renew or let go {} hot plate")
    note = "It ends without result." if len(own) == 1 else "They end without result."
    return [Wait(what, note, reverse("hot_plates"), None, due=own[0].entry.expires_at)]


def lists_waiting(asker: Asker) -> list[Wait]:
    """Specific lists that take no entry until a second person approves them."""
    return [
        Wait(
            f"Approve the list “{hot_list}”",
            f"Designated by {hot_list.designated_by}. It takes no entry until a second person approves it.",
            reverse("hot_list", args=[hot_list.pk]),
            Permission.DESIGNATE_LISTS,
            open_to_asker=hot_list.designated_by_id != asker.member.pk,
        )
        for hot_list in asker.known_lists
        if hot_list.waits
    ]


def lists_overdue(asker: Asker) -> list[Wait]:
    """General lists past their interval: to be loaded, or to be asked for at their source."""
    found = []
    for hot_list in asker.known_lists:
        since = overdue_since(hot_list, asker.policy)
        if since is not None:
            found.append((since, hot_list))
    if not found:
        return []
    found.sort(key=lambda each: each[0])
    due, oldest = found[0]
    if len(found) == 1:
        what, url = f"Load the list “{oldest}”", reverse("hot_list", args=[oldest.pk])
        note = "Its source sent nothing newer. Its entries still match, and each hit says how old it is."
    else:
        what, url = f"Load {len(found)} old lists", reverse("hot_lists") + "?show=old"
        named = ", ".join(str(hot_list) for _, hot_list in found[:3])
        note = f"The oldest: {named}{' and others' if len(found) > 3 else ''}."
    return [Wait(what, note, url, Permission.LOAD_LISTS, due=due)]


def files_waiting(asker: Asker) -> list[Wait]:
    """Files that wait for a person; the old list stays in force until then."""
    rows = Refresh.objects.filter(hot_list__in=_in_use(asker), state=Refresh.State.WAITING)
    count, first = rows.count(), rows.select_related("hot_list").order_by("received_at").first()
    if first is None:
        return []
    what = counted(count, "Decide on {} file of a hot list", "Decide on {} files of hot lists")
    note = f"The oldest came {age(first.received_at)} ago. Until you decide, the list stays as it is."
    url = reverse("hot_list_file", args=[first.hot_list_id, first.pk])
    if count > 1:
        url = reverse("hot_lists") + "?show=waiting"
    return [Wait(what, note, url, Permission.LOAD_LISTS)]


def files_refused(asker: Asker) -> list[Wait]:
    """Lists whose last file could not be loaded."""
    ended = Refresh.objects.filter(hot_list=OuterRef("pk")).order_by("-received_at").values("state")[:1]
    rows = (
        asker.seen_lists.filter(is_active=True)
        .annotate(last_file=Subquery(ended))
        .filter(last_file=Refresh.State.REFUSED)
    )
    return [
        Wait(
            f"See why the last file of “{hot_list}” could not be loaded",
            "Its page says what was wrong with it. The list stays as it was.",
            reverse("hot_list", args=[hot_list.pk]),
            Permission.LOAD_LISTS,
        )
        for hot_list in rows
    ]


def _in_use(asker: Asker) -> list[int]:
    return [hot_list.pk for hot_list in asker.known_lists if hot_list.is_active]
