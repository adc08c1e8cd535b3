"""Once a day: files that nobody decided on are let go, and documents that nothing needs are deleted."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from hotlists.ending import end, forget
from hotlists.model_files import PLACE
from hotlists.models import Refresh

WAITS_FOR = timedelta(days=7)
LEFT_FOR = timedelta(days=1)
UNDECIDED = "Nobody decided."


def let_go_undecided() -> int:
    """Let go the files that have waited for a week; gives how many."""
    old = Refresh.objects.filter(
        state=Refresh.State.WAITING, finished_at__lt=timezone.now() - WAITS_FOR
    ).values_list("pk", flat=True)
    return sum(_let_go(key) for key in list(old))


@transaction.atomic
def _let_go(key: uuid.UUID) -> bool:
    locked = Refresh.objects.select_for_update(of=("self",)).select_related("hot_list__agency")
    refresh = locked.filter(pk=key, state=Refresh.State.WAITING).first()
    if refresh is not None:
        end(refresh, "let_go", UNDECIDED)
    return refresh is not None


def delete_documents() -> int:
    """Delete documents of files that have ended, and those that no file has for a day; gives how many."""
    ended = [each for each in Refresh.objects.exclude(document="") if each.has_ended]
    for each in ended:
        forget(each)
    return len(ended) + _delete_strays()


def _delete_strays() -> int:
    """A document without a file is what a process left that was killed while it took the file in."""
    if not default_storage.exists(PLACE):
        return 0
    known = set(Refresh.objects.exclude(document="").values_list("document", flat=True))
    before, strays = timezone.now() - LEFT_FOR, 0
    for name in default_storage.listdir(PLACE)[1]:
        place = f"{PLACE}/{name}"
        if place not in known and default_storage.get_modified_time(place) < before:
            default_storage.delete(place)
            strays += 1
    return strays
