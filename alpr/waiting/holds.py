"""What waits at holds and deletion. No line names a plate."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from alpr.templatetags.look import age
from alpr.waiting.lines import Asker, Wait, counted
from detections import held, retention

SOON = timedelta(days=7)
MANY_PICTURES = "Remove {} pictures that could not be deleted"


def holds_to_review(asker: Asker) -> list[Wait]:
    """Holds of which somebody has to say within a week whether they are still needed."""
    rows = held.standing(asker.agency).filter(review_by__lte=timezone.localdate() + SOON)
    count, first = rows.count(), rows.order_by("review_by").first()
    if first is None:
        return []
    what = counted(count, "Review {} hold")
    note = f"The first is for case {first.case_number}. A hold that is not reviewed stands on."
    url = reverse("hold", args=[first.pk]) if count == 1 else reverse("holds")
    return [Wait(what, note, url, Permission.HOLD, due=_end_of(first.review_by))]


def releases_asked(asker: Asker) -> list[Wait]:
    """Holds whose release one person has asked for and another has to decide."""
    rows = held.standing(asker.agency).filter(release_asked_by__isnull=False)
    return [
        Wait(
            f"Decide on the release of hold {hold.pk}",
            f"{hold.release_asked_by} asks for it, for case {hold.case_number}. It stands until then.",
            reverse("hold_decide", args=[hold.pk]),
            Permission.APPROVE_EVIDENCE,
            open_to_asker=hold.release_asked_by_id != asker.member.pk,
        )
        for hold in rows.select_related("release_asked_by").order_by("release_asked_at")[:10]
    ]


def purge_missed(asker: Asker) -> list[Wait]:
    """The daily deletion, where it did not run on time."""
    due = retention.due_at(asker.agency)
    if due is None or due > timezone.now():
        return []
    last = retention.last_purge(asker.agency)
    ran = f"It last ended {age(last.ran_at)} ago." if last else "It has never run."
    note = f"{ran} What is past its time is still there: see that the worker runs."
    return [Wait("See why nothing was deleted", note, reverse("purges"), Permission.OVERSEE, due=due)]


def purge_broken_off(asker: Asker) -> list[Wait]:
    """Deletions that broke off half-way, and pictures that the last one could not remove."""
    found = []
    broken = retention.broken_off(asker.agency).first()
    if broken is not None:
        what = "See why a deletion broke off"
        note = f"It began {age(broken.ran_at)} ago and did not end. The next one goes on where it stopped."
        found.append(Wait(what, note, reverse("purges"), Permission.OVERSEE, due=broken.ran_at))
    last = retention.last_purge(asker.agency)
    if last is not None and last.files_left:
        what = counted(len(last.files_left), "Remove {} picture that could not be deleted", MANY_PICTURES)
        note = "The next deletion tries again. Look at the folder of the pictures and its rights."
        found.append(Wait(what, note, reverse("purges"), Permission.OVERSEE, due=last.ran_at))
    return found


def _end_of(last_day: date) -> datetime:
    return timezone.make_aware(datetime.combine(last_day, time())) + timedelta(days=1)
