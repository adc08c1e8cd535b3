"""How a file of a list ends: put in force, held back, refused or passed over, with the trail of each."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from hotlists import comparing
from hotlists.comparing import Counts
from hotlists.models import HotList, Refresh, Snapshot
from hotlists.moves_files import REFRESH_MOVES, UNDER_WAY
from trail.actors import Actor, System
from trail.services import record
from trail.verbs import Outcome, Verb

MANY = 50_000
VERBS = {
    "wait": Verb.FILE_HELD_BACK,
    "pass": Verb.FILE_UNCHANGED,
    "refuse": Verb.FILE_REFUSED,
    "let_go": Verb.FILE_LET_GO,
    "supersede": Verb.FILE_LET_GO,
}
NEWER = "A newer file was loaded."


def worker(refresh: Refresh) -> System:
    """Who acts in the worker, for the trail."""
    return System("Refresh of hot lists", refresh.hot_list.agency)


@transaction.atomic
def end(refresh: Refresh, name: str, why: str = "", *, actor: Actor | None = None) -> None:
    """Make the move `name` of the table, which ends the way of a file or holds it back, and record it.

    `actor` is the worker unless a person moves it. Raises `MoveRefused`.
    """
    moved(refresh, name)
    refresh.why = (why or (NEWER if name == "supersede" else ""))[:500]
    refresh.save()
    if name == "pass":
        _found_again(refresh)
    outcome = Outcome.FAILED if name == "refuse" else Outcome.DONE
    elements = {"sha256": refresh.sha256, **({"waits_for": refresh.waits_for} if name == "wait" else {})}
    record(
        actor or worker(refresh), VERBS[name], refresh, elements=elements, detail=refresh.why, outcome=outcome
    )


def moved(refresh: Refresh, name: str) -> None:
    """Set the state after the move `name`, unsaved; where that ends its way, its document goes on commit."""
    refresh.state = REFRESH_MOVES.check(name, refresh.state).after
    if refresh.state not in UNDER_WAY:
        refresh.finished_at = timezone.now()
    if refresh.has_ended:
        transaction.on_commit(lambda: forget(refresh))


def forget(refresh: Refresh) -> None:
    """Delete the document of a file that has ended."""
    if refresh.document:
        refresh.document.delete(save=False)
        Refresh.objects.filter(pk=refresh.pk).update(document="")


def put_in_force(refresh: Refresh, counts: Counts, read_as: str) -> None:
    """Apply the file to its list as compared; within the transaction that compared it."""
    now, by = timezone.now(), refresh.decided_by or refresh.given_by
    snapshot = Snapshot.objects.create(
        hot_list=refresh.hot_list, file_name=refresh.file_name, sha256=refresh.sha256, loaded_by=by,
        given_by=refresh.given_label, source_at=refresh.source_at, is_incremental=refresh.is_incremental,
        refused=refresh.bad, left_out=refresh.left_out, standing=counts.standing, read_as=read_as,
        **counts.named(),
    )  # fmt: skip
    comparing.apply(snapshot, counts, now)
    _date(refresh.hot_list, refresh.made_at)
    refresh.snapshot = snapshot
    moved(refresh, "load")
    refresh.save()
    elements = {"sha256": refresh.sha256, "refused": refresh.bad, **counts.named()}
    record(by or worker(refresh), Verb.LIST_LOADED, snapshot, elements=elements)
    _supersede_older(refresh)
    if counts.added + counts.changed + counts.removed > MANY:
        transaction.on_commit(_measure)


def _supersede_older(refresh: Refresh) -> None:
    """Pass over files that wait and came earlier; one of changes only where this one is whole."""
    older = refresh.hot_list.refreshes.filter(
        state=Refresh.State.WAITING, received_at__lt=refresh.received_at
    ).select_related("hot_list__agency")
    if refresh.is_incremental:
        older = older.filter(is_incremental=False)
    for each in older.select_for_update(of=("self",)):
        end(each, "supersede")


def _found_again(refresh: Refresh) -> None:
    """The file in force came again: the list is as old as its source says, where it says so."""
    hot_list = HotList.objects.select_for_update(no_key=True).get(pk=refresh.hot_list_id)
    if refresh.source_at and (hot_list.source_at is None or refresh.made_at > hot_list.source_at):
        _date(hot_list, refresh.made_at)


def _date(hot_list: HotList, source_at: datetime) -> None:
    hot_list.source_at = source_at
    if not hot_list.is_old():
        hot_list.overdue_since = None
    hot_list.save(update_fields=["source_at", "overdue_since"])


def _measure() -> None:
    """Let the planner know of the new size at once; until it does, matching may take a slow way."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE hotlists_entry")
