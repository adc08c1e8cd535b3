"""What waits at hits. No line names a plate."""

from __future__ import annotations

from django.db.models import Min, Q
from django.urls import reverse

from accounts.permissions import Permission
from alpr.templatetags.look import age
from alpr.waiting.lines import Asker, Wait, counted
from detections import dispatch, ladder, results
from detections.left_open import due_at, left_open
from detections.models import Hit
from hotlists.models import HotList
from hotlists.restricted import holders
from training import gate


def status_asked(asker: Asker) -> list[Wait]:
    """Hits whose live status an officer has asked dispatch for."""
    rows = dispatch.asked(asker.member)
    count, first = rows.count(), rows.first()
    if first is None:
        return []
    what = counted(count, "Answer for {} hit")
    note = f"An officer has waited {age(first.asked_at)} for the live status."
    return [Wait(what, note, reverse("dispatch_queue"), Permission.CONFIRM_HITS, presses=True)]


def exigent_reviews(asker: Asker) -> list[Wait]:
    """Claims of exigent circumstances that another person has to review (Vallejo Policy 426.4(f)(1))."""
    hours = asker.policy.ladder.exigent_review_hours
    rows = asker.seen_hits.filter(exigent_at__isnull=False, exigent_reviewed_at=None)
    return [
        Wait(
            "Review exigent circumstances",
            f"Hit {hit.number}, claimed {age(hit.exigent_at)} ago. A review is due within {hours} hours.",
            reverse("hit", args=[hit.pk]),
            Permission.REVIEW_EXIGENT,
            due=ladder.review_due(hit, asker.policy),
            open_to_asker=asker.member.pk not in (hit.exigent_by_id, hit.stopped_by_id),
        )
        for hit in rows.order_by("exigent_at")[:10]
    ]


def hits_left_open(asker: Asker) -> list[Wait]:
    """Hits open past the policy's limit, which go to a supervisor."""
    rows = left_open(asker.agency).filter(pk__in=asker.seen_hits.values("pk"))
    count, first = rows.count(), rows.first()
    if first is None:
        return []
    minutes = asker.policy.ladder.open_minutes
    what = counted(count, "See to {} hit left open", "See to {} hits left open")
    note = f"Open for more than {minutes} minutes. Each is closed with its result."
    due = due_at(first, asker.policy)
    return [Wait(what, note, reverse("console"), Permission.REVIEW_EXIGENT, due=due)]


def lists_without_reviewer(asker: Asker) -> list[Wait]:
    """Restricted lists with hits that wait for a supervisor, while nobody who reviews hits sees the list."""
    waits = Q(pk__in=left_open(asker.agency).values("pk")) | Q(
        exigent_at__isnull=False, exigent_reviewed_at=None
    )
    hits = Hit.objects.filter(waits, agency=asker.agency, entry__hot_list__is_restricted=True)
    lists = HotList.objects.filter(pk__in=hits.values("entry__hot_list"))
    return [
        Wait(
            f"Grant the list “{hot_list}” to a supervisor",
            "Hits of it wait for a supervisor, and no supervisor sees this list.",
            reverse("hot_list", args=[hot_list.pk]),
            Permission.DESIGNATE_LISTS,
            presses=True,
        )
        for hot_list in lists
        if not _is_reviewed(hot_list)
    ]


def _is_reviewed(hot_list: HotList) -> bool:
    return any(gate.allows(each, Permission.REVIEW_EXIGENT, on=hot_list) for each in holders(hot_list))


def hits_open(asker: Asker) -> list[Wait]:
    """Hits that nobody has closed; those that an answer has shut are only to be closed."""
    rows = asker.seen_hits.exclude(status=Hit.Status.CLOSED)
    count = rows.count()
    if not count:
        return []
    first = rows.aggregate(first=Min("made_at"))["first"]
    note = f"The oldest came {age(first)} ago. A hit is closed with its result."
    return [Wait(counted(count, "Work on {} open hit"), note, reverse("console"), Permission.CLOSE_HITS)]


def results_unread(asker: Asker) -> list[Wait]:
    """Results of hits on the member's own hot plates that the member has not seen (426.4(f)(3))."""
    count = results.hits_unread(asker.member).count()
    if not count:
        return []
    what = counted(count, "Read {} result of your hot plates", "Read {} results of your hot plates")
    note = "What came of the hits on what you entered."
    return [Wait(what, note, reverse("console"), None)]
