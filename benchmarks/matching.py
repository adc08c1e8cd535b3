"""A batch of detections against hot lists of one, three and ten million entries and 10,000 partial plates.

Each size has its table of entries in a schema of its own, and the search path says which one is met. So all
of them stand at the same time, a batch against one is followed by a batch against the next, and what else the
machine does meets them alike. Nothing is kept of a batch.
"""

from __future__ import annotations

import os
import random
import statistics
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AdoptedPolicy, Agency, Member
from alpr.policy import load_preset
from benchmarks.measuring import Row, seconds
from detections.matching import Seen, match
from detections.models import Camera
from detections.reads import Read
from hotlists.models import Entry, HotList
from hotlists.patterns import anchor_of
from hotlists.plates import fold

SIZES = tuple(
    int(size) for size in os.environ.get("ALPR_BENCH_ENTRIES", "1000000,3000000,10000000").split(",")
)
PARTIAL = 10_000
BATCH = 1_000
BATCHES = 30
WARM_UP = 5
LISTED_IN = 200
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
FEWEST_HITS = BATCHES * BATCH / LISTED_IN / 2
PLATES = 10 * len(LETTERS) ** 3 * 1_000
# Spreads the numbers over the plates without meeting one twice: a prime that divides no number of them.
STEP = 57_885_161
INSERT = f"""
INSERT INTO hotlists_entry (hot_list_id, plate, plate_key, state, reason, make, color, entered_at,
    state_of_entry, anchor, model, body, vin, plate_type, person, entering_agency, case_number, synopsis,
    source_file, record_number, closed_why)
SELECT %(hot_list)s, plate, translate(plate, 'ODQIBSZG', '00018526'), 'CA', 'Stolen vehicle', 'HOND', 'GRY',
    now(), 'in_use', '', '', '', '', '', '', '', '', '', '', '', ''
FROM (
    SELECT concat(
        at / 12167000,
        substr(%(letters)s, (at / 529000 %% 23 + 1)::int, 1),
        substr(%(letters)s, (at / 23000 %% 23 + 1)::int, 1),
        substr(%(letters)s, (at / 1000 %% 23 + 1)::int, 1),
        lpad((at %% 1000)::text, 3, '0')
    ) AS plate
    FROM (
        SELECT number * {STEP} %% {PLATES} AS at
        FROM generate_series(0::bigint, %(size)s - 1) AS number
    )
)
"""
BARE = """
SELECT id, hot_list_id, plate, plate_key FROM hotlists_entry
WHERE plate_key = ANY(%s) AND NOT (plate_key = '') AND state_of_entry = 'in_use'
"""
DICE = random.Random(20261122)


@dataclass(frozen=True)
class Growth:
    """How much more a batch costs against the longest list than against the shortest."""

    name: str
    times: float

    def __str__(self) -> str:
        return f"{self.name}: {self.times:.2f} times the cost"


def run() -> Iterator[Row | Growth]:
    """Match new batches against each size of the list, by turns."""
    camera, hot_list = _camera()
    _partial_plates(hot_list)
    for size in SIZES:
        _fill(hot_list, size)
    ours: dict[int, list[float]] = {size: [] for size in SIZES}
    bare: dict[int, list[float]] = {size: [] for size in SIZES}
    made: list[int] = []
    for turn in range(WARM_UP + BATCHES):
        for size in SIZES:
            reads = _batch(size)
            took = _in(size, partial(_match, camera, reads, made)), _in(size, partial(_look_up, reads))
            if turn >= WARM_UP:
                ours[size].append(took[0])
                bare[size].append(took[1])
    if sum(made) < FEWEST_HITS * len(SIZES):
        raise RuntimeError(f"Only {sum(made)} hits were made.")
    median = {size: statistics.median(ours[size]) for size in SIZES}
    for size in SIZES:
        name = f"Matching {BATCH:,} reads against {size:,} entries and {PARTIAL:,} partial plates"
        against = "one bare SELECT of the same plates by index"
        yield Row(name, against, BATCH, median[size], statistics.median(bare[size]))
    least, most = SIZES[0], SIZES[-1]
    yield Growth(f"A batch against {most:,} entries rather than {least:,}", median[most] / median[least])


def _in(size: int, act: Callable[[], None]) -> float:
    """How long one act takes against the list of this size."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = entries_{size}, public")
        try:
            return seconds(act)
        finally:
            cursor.execute("RESET search_path")


def _camera() -> tuple[Camera, HotList]:
    agency = Agency.objects.create(name="Benchmark of matching", short_name="Matching")
    members = [
        Member.objects.create(agency=agency, sign_in_name=f"m-{badge}", badge=badge, roles=["administrator"])
        for badge in ("1", "2")
    ]
    AdoptedPolicy.objects.create(
        agency=agency, version=1, preset="vallejo", rules=load_preset("vallejo").to_dict(),
        proposed_by=members[0], approved_by=members[1], effective_from=timezone.now(),
    )  # fmt: skip
    hot_list = HotList.objects.create(
        agency=agency, name="Stolen", kind=HotList.Kind.GENERAL, source=HotList.Source.SVS,
        designated_by=members[0],
    )  # fmt: skip
    return Camera.objects.create(agency=agency, code="cam-1", name="Benchmark"), hot_list


def _plate(number: int) -> str:
    """The plate of an entry, as `INSERT` makes it."""
    at = number * STEP % PLATES
    letters = (LETTERS[at // unit % len(LETTERS)] for unit in (529_000, 23_000, 1_000))
    return f"{at // 12_167_000}{''.join(letters)}{at % 1_000:03}"


def _partial_plates(hot_list: HotList) -> None:
    """Plates with one or two unknown characters, or without their beginning or end."""
    patterns = [_pattern() for _ in range(PARTIAL)]
    Entry.objects.bulk_create(
        [
            Entry(
                hot_list=hot_list, plate=pattern, anchor=anchor_of(plate=pattern), record_number=str(number),
                reason="Robbery", state_of_entry=Entry.State.IN_USE,
            )
            for number, pattern in enumerate(patterns)
        ],
        batch_size=2_000,
    )  # fmt: skip


def _pattern() -> str:
    plate = list(_plate(DICE.randrange(PLATES)))
    kind = DICE.randrange(4)
    if kind < 2:
        for place in DICE.sample(range(7), kind + 1):
            plate[place] = "?"
        return "".join(plate)
    return f"{''.join(plate[:5])}*" if kind == 2 else f"*{''.join(plate[2:])}"


def _fill(hot_list: HotList, size: int) -> None:
    """A table of so many entries and the partial plates, with the indexes that the entries have."""
    schema = f"entries_{size}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
        cursor.execute(f"SET search_path = {schema}, public")
        cursor.execute(
            f"CREATE UNLOGGED TABLE {schema}.hotlists_entry "
            "(LIKE public.hotlists_entry INCLUDING DEFAULTS INCLUDING IDENTITY)"
        )
        cursor.execute(INSERT, {"hot_list": hot_list.pk, "letters": LETTERS, "size": size})
        cursor.execute("INSERT INTO hotlists_entry OVERRIDING USER VALUE SELECT * FROM public.hotlists_entry")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'hotlists_entry'"
        )
        for (definition,) in cursor.fetchall():
            cursor.execute(definition.replace("public.hotlists_entry", f"{schema}.hotlists_entry"))
        cursor.execute("VACUUM ANALYZE hotlists_entry")
        cursor.execute("RESET search_path")


def _batch(entries: int) -> Mapping[uuid.UUID, Read]:
    """New reads, one in 200 of a listed plate, and none of the others listed whole."""
    now = timezone.now()
    return {
        uuid.uuid4(): Read(
            sender_id="",
            captured_at=now - timedelta(seconds=DICE.randrange(86_400)),
            plate=_plate(
                DICE.randrange(entries)
                if DICE.randrange(LISTED_IN) == 0
                else DICE.randrange(max(SIZES), PLATES)
            ),
            content_sha256="",
            state="CA",
            make="HONDA",
            color="GRAY",
        )
        for _ in range(BATCH)
    }


@transaction.atomic
def _match(camera: Camera, reads: Mapping[uuid.UUID, Seen], made: list[int]) -> None:
    made.append(len(match(camera=camera, reads=reads).made))
    # The entries stand in another table than the one that hits refer to.
    transaction.set_rollback(True)


@transaction.atomic
def _look_up(reads: Mapping[uuid.UUID, Seen]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, [[fold(read.plate) for read in reads.values()]])
        cursor.fetchall()
