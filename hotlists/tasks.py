"""What workers do with hot lists. Every job may run twice, and carries ids alone."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from accounts.models import Agency
from hotlists import folder, loading, service_refresh, sweeping
from hotlists.models import Refresh
from hotlists.moves_files import UNDER_WAY
from hotlists.service_changes import hot_plates_expire
from trail import context
from trail.actors import System

SILENT_FOR = timedelta(minutes=2)


class LoadBroke(Exception):
    """The database broke off a load. Its own words stay out of the job's record: they may hold plates."""


def refresh(refresh_id: str) -> None:
    """Read one file, and every other of its list that came before it."""
    found = Refresh.objects.filter(pk=refresh_id).values_list("hot_list_id", flat=True).first()
    if found is None:
        return
    with context.acting(None, request_id=context.new_request_id()):
        try:
            loading.run(found)
        except DatabaseError as error:
            raise LoadBroke(type(error).__name__) from None


def requeue_files() -> int:
    """Queue again the files under way at which nobody works; gives how many lists have such.

    A file is forgotten when its worker was killed, or the queue was lost.
    """
    silent = Refresh.objects.filter(
        state__in=UNDER_WAY, received_at__lt=timezone.now() - SILENT_FOR
    ).order_by("hot_list_id", "received_at")
    oldest = {each.hot_list_id: each for each in reversed(silent)}
    forgotten = [each for each in oldest.values() if _left(each)]
    for each in forgotten:
        service_refresh.enqueue(each)
    return len(forgotten)


def _left(each: Refresh) -> bool:
    with loading.alone(each.hot_list_id) as free:
        return free


def watch_folder() -> int:
    """Take in what lies new in the watched folder; gives how many files."""
    with context.acting(None, request_id=context.new_request_id()):
        return folder.take_in()


def close_expired() -> int:
    """Close the hot plates that nobody renewed; gives how many."""
    with context.acting(None, request_id=context.new_request_id()):
        return sum(
            hot_plates_expire(actor=System("Hot plates past their last day", agency), agency=agency)
            for agency in Agency.objects.all()
        )


def sweep_files() -> None:
    """Let go what nobody decided, and delete documents that are left over."""
    with context.acting(None, request_id=context.new_request_id()):
        sweeping.let_go_undecided()
        sweeping.delete_documents()
