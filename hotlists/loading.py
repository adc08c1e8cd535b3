"""What the worker does with the files of a list: one after another, in the order in which they came.

A file is staged outside of any transaction, so that its progress shows, and applied in one. A worker that is
killed leaves the list as it was and the file under way: it is read again from its start.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from typing import cast

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import NoPolicy
from hotlists import comparing, staging
from hotlists.comparing import Counts
from hotlists.ending import end, put_in_force, worker
from hotlists.models import HotList, Mapping, Refresh
from hotlists.moves_files import UNDER_WAY
from hotlists.reading import BadFile, Problem, Reading, open_file
from hotlists.staging import Staged
from trail import context

MOST_ATTEMPTS = 5
LOCK = 7_284_001
S = Refresh.State
MISSING = "The file that was kept is missing or is not the one that was received. Give it again."


def run(hot_list_id: int) -> None:
    """Take every file of the list that is under way to its next stop; nothing where another worker does.

    Raises what the database raises: the file then stays under way, and is given up after five attempts.
    """
    while refresh := _oldest(hot_list_id):
        with alone(hot_list_id) as free:
            if not free:
                return
            refresh.refresh_from_db()
            if refresh.is_under_way:
                with context.acting(worker(refresh)):
                    step(refresh)


def _oldest(hot_list_id: int) -> Refresh | None:
    under_way = Refresh.objects.filter(hot_list=hot_list_id, state__in=UNDER_WAY).order_by("received_at")
    return under_way.select_related("hot_list__agency", "hot_list__mapping", "given_by", "decided_by").first()


@contextmanager
def alone(hot_list_id: int) -> Iterator[bool]:
    """Whether this session is the only one that works at the list's files, for the time of the block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, hot_list_id])
        (free,) = cursor.fetchone()
    try:
        yield free
    finally:
        if free:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, hot_list_id])


def step(refresh: Refresh) -> None:
    """Read one file that is under way, and load it, hold it back or refuse it."""
    if refresh.attempts >= MOST_ATTEMPTS:
        end(refresh, "refuse", f"The worker stopped {MOST_ATTEMPTS} times on this file. Nothing was loaded.")
        return
    _begin(refresh)
    try:
        _refuse_closed(refresh.hot_list)
        read_as = fingerprint(refresh.hot_list)
        if _is_overtaken(refresh):
            end(refresh, "supersede")
        elif refresh.state != S.CONFIRMED and is_in_force(refresh, read_as):
            end(refresh, "pass")
        else:
            _read(refresh, read_as)
    except (BadFile, NoPolicy) as bad:
        end(refresh, "refuse", str(bad))
    except FileNotFoundError:
        end(refresh, "refuse", MISSING)


def _begin(refresh: Refresh) -> None:
    """Count the attempt before it is made, so that a file which kills its worker is given up."""
    refresh.state = S.CONFIRMED if refresh.state == S.CONFIRMED else S.CHECKING
    refresh.attempts, refresh.bytes_read = refresh.attempts + 1, 0
    refresh.started_at = timezone.now()
    refresh.save(update_fields=["state", "attempts", "bytes_read", "started_at"])


def _refuse_closed(hot_list: HotList) -> None:
    if not hot_list.takes_files:
        raise BadFile("This list takes no files any more.")


def _is_overtaken(refresh: Refresh) -> bool:
    """Whether a file that came later was loaded already, in place of the whole list."""
    later = refresh.hot_list.refreshes.filter(state=S.LOADED, received_at__gt=refresh.received_at)
    return later.filter(is_incremental=False).exists()


def is_in_force(refresh: Refresh, read_as: str) -> bool:
    """Whether just this file, read in this way, is in force already.

    A file of changes is so as long as no whole list came after it. Where other changes did, and its source
    made this one after what is in force, it says the same anew: a car that is stolen again.
    """
    same = refresh.hot_list.snapshots.filter(sha256=refresh.sha256, read_as=read_as).first()
    if same is None:
        return False
    later = refresh.hot_list.snapshots.filter(loaded_at__gt=same.loaded_at)
    in_force = refresh.hot_list.source_at
    is_anew = bool(refresh.source_at and in_force and refresh.source_at > in_force)
    if same.is_incremental and not is_anew:
        later = later.filter(is_incremental=False)
    return not later.exists()


def fingerprint(hot_list: HotList) -> str:
    """Hash of everything but the file that decides what its lines, and the entries beside them, become."""
    mapping = hot_list.mapping
    described = mapping and {
        name: getattr(mapping, name)
        for name in (field.name for field in Mapping._meta.concrete_fields)
        if name not in ("agency", "made_by", "made_at", "is_active", "name")
    }
    rules = hot_list.agency.policy.hot_lists
    own = [hot_list.left_out, hot_list.is_restricted]
    text = json.dumps([described, *own, rules.excluded_files, rules.general_overwrites], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(refresh: Refresh, read_as: str) -> None:
    hot_list, staged = refresh.hot_list, Staged()
    with refresh.document.open("rb") as document, staging.tables():
        file = cast(BufferedReader, document.file)
        _refuse_another(refresh, file)
        reading = open_file(file, mapping=hot_list.mapping, hot_list=hot_list, today=timezone.localdate())
        refresh.layout, refresh.is_incremental = reading.layout[:200], reading.is_incremental
        try:
            staging.stage(reading, staged, lambda: _note(refresh, reading, staged))
        finally:
            refresh.problems = [list(problem) for problem in staged.problems]
        if not staged.good and staged.bad:
            raise BadFile("No line of the file is an entry, so nothing was loaded.")
        _decide(refresh, staged, cut_off=reading.looks_cut_off, read_as=read_as)


def _refuse_another(refresh: Refresh, file: BufferedReader) -> None:
    if hashlib.file_digest(file, "sha256").hexdigest() != refresh.sha256:
        raise BadFile(MISSING)
    file.seek(0)


def _note(refresh: Refresh, reading: Reading, staged: Staged) -> None:
    refresh.bytes_read = reading.bytes_read
    refresh.good, refresh.bad, refresh.left_out = staged.good, staged.bad, staged.left_out
    refresh.save(update_fields=["layout", "is_incremental", "bytes_read", "good", "bad", "left_out"])


@transaction.atomic
def _decide(refresh: Refresh, staged: Staged, *, cut_off: bool, read_as: str) -> None:
    """Under a lock on the list: compare, and put in force or hold back. Counts stand in either case.

    Nothing is decided where the list was set otherwise while the file was read: it is read again.
    """
    hot_list = HotList.objects.select_for_update(no_key=True, of=("self",)).select_related("agency")
    refresh.hot_list = hot_list.get(pk=refresh.hot_list_id)
    _refuse_closed(refresh.hot_list)
    if fingerprint(refresh.hot_list) != read_as:
        return
    counts = _compared(refresh, staged)
    reasons = _reasons(refresh, counts, cut_off)
    if set(reasons) <= set(refresh.waits_for) and refresh.state == S.CONFIRMED:
        put_in_force(refresh, counts, read_as)
    elif reasons:
        refresh.waits_for = reasons
        end(refresh, "wait")
    else:
        put_in_force(refresh, counts, read_as)


def _compared(refresh: Refresh, staged: Staged) -> Counts:
    overwrites = refresh.hot_list.agency.policy.hot_lists.general_overwrites
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
    counts = comparing.compare(refresh.hot_list, staged, closing=overwrites and not refresh.is_incremental)
    for line in counts.unknown:
        staged.add_problem(Problem(line, "It removes what the list does not have."))
    refresh.bad, refresh.good = staged.bad, staged.good - len(counts.unknown)
    refresh.problems = sorted(list(problem) for problem in staged.problems)
    for name in ("added", "changed", "removed", "unchanged"):
        setattr(refresh, name, getattr(counts, name))
    return counts


def _reasons(refresh: Refresh, counts: Counts, cut_off: bool) -> list[str]:
    """Why a person has to look at the file first, in `Refresh.Wait`'s order."""
    hot_list, lines = refresh.hot_list, refresh.good + refresh.bad
    lost = counts.before - counts.standing
    in_force = hot_list.source_at
    held = {
        Refresh.Wait.BY_HAND: refresh.how == Refresh.How.UPLOAD,
        Refresh.Wait.SHRINKS: lost * 100 > hot_list.shrink_percent * counts.before,
        Refresh.Wait.BAD_LINES: refresh.bad * 100 > hot_list.bad_percent * lines,
        Refresh.Wait.CUT_OFF: cut_off,
        Refresh.Wait.OLDER: bool(in_force and refresh.made_at < in_force),
    }
    return [reason.value for reason, holds in held.items() if holds]
