"""Nothing speaks of a plate longer than the data it speaks of; trail and lists have times of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import Agency, Member
from detections.models import Hit, HitRead, Hold, Search
from detections.plates_seen import list_days
from detections.retention import purge
from detections.tasks import purge as purge_all
from hotlists.plates import fold
from tests.retention.conftest import Place
from tests.retention.world import Days, keep_for
from tests.search.conftest import Detect, SearchFor, SignIn

PLATE = "8KRB412"
# The law asks the trail for the plates that were searched for; a listed plate is the list's own data.
ALLOWED = {"trail_event", "hotlists_entry"}


def speaking_of(plate: str) -> set[str]:
    """The tables of which a row holds this plate or its key, in whatever column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [row[0] for row in cursor.fetchall()]
        found = set()
        for table in tables:
            wanted = [f"%{plate}%", f"%{fold(plate)}%"]
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text LIKE ANY(%s))', [wanted])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_once_its_time_is_up_no_table_names_the_plate(
    agency: Agency,
    detect: Detect,
    entry: Any,
    hold: Place,
    release: Callable[[Hold], Hold],
    inquiry: Any,
    search_for: SearchFor,
    operator: Member,
    sign_in: SignIn,
    evidence: Path,
) -> None:
    entry(PLATE)
    detect(hours_ago=5 * 24 + 0.1, pictured=True)
    one = detect(hours_ago=5 * 24, pictured=True)
    assert (Hit.objects.count(), HitRead.objects.count()) == (1, 1)
    list_days(agency)
    search = search_for(PLATE)
    sign_in(operator).get(f"/searches/{search.pk}/")
    release(hold(kind=Hold.Kind.PLATE, plate=PLATE))
    release(hold(one))
    named = speaking_of(PLATE)
    assert {"detections_search", "detections_hold", "detections_hit", "detections_hitread"} <= named
    long_ago = timezone.now() - timedelta(days=5)
    Search.objects.update(made_at=long_ago)
    Hold.objects.update(released_at=long_ago)
    keep_for(agency, Days(2, 2))
    run = purge(agency)
    assert (run.rows_gone, run.hits_gone, run.plates_forgotten) == (2, 1, 2)
    assert speaking_of(PLATE) == ALLOWED
    search.refresh_from_db()
    assert (search.pattern, search.found) == ("", 2)


def test_a_search_keeps_its_plate_as_long_as_what_it_spoke_of(
    agency: Agency, detect: Detect, search_for: SearchFor, hold: Place, release: Callable[[Hold], Hold]
) -> None:
    detect()
    young, old, kept = (search_for(PLATE) for _ in range(3))
    placed = hold(kind=Hold.Kind.SEARCH, search=kept)
    Search.objects.exclude(pk=young.pk).update(made_at=timezone.now() - timedelta(days=366))
    assert purge(agency).plates_forgotten == 1
    patterns = dict(Search.objects.values_list("pk", "pattern"))
    assert patterns == {young.pk: PLATE, old.pk: "", kept.pk: PLATE}
    release(placed)
    assert purge(agency).plates_forgotten == 1
    assert purge(agency).plates_forgotten == 0


def test_the_queue_names_no_plate(agency: Agency, detect: Detect) -> None:
    detect(hours_ago=24 * 400)
    purge_all()
    assert OrmQ.objects.exists()
    assert not any(PLATE in f"{queued.task}" for queued in OrmQ.objects.all())


def test_the_log_names_no_plate(
    agency: Agency, detect: Detect, hold: Place, caplog: pytest.LogCaptureFixture
) -> None:
    detect(hours_ago=24 * 400)
    hold(kind=Hold.Kind.PLATE, plate=PLATE)
    purge(agency)
    assert PLATE not in caplog.text
