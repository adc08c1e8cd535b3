"""What a batch costs, counted in statements: one more for each batch is found here, and not by a clock."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from detections import partitions
from detections.asked import Asked
from detections.ingest import Read, Receipt, receive
from detections.lookups import one_parameter
from detections.models import Detection, ReaderKey
from hotlists.models import Entry
from trail import context

Key = tuple[ReaderKey, str]

MOST_STATEMENTS = 20
MOST_OF_ONE_REQUEST = 25
MOST_WITH_HITS = 29


def reads(count: int, *, name: str, days_ago: int = 0, plate: str = "") -> list[Read]:
    """So many reads, of plates on no list unless `plate` is given."""
    at = timezone.now().replace(microsecond=0) - timedelta(days=days_ago, minutes=20)
    return [
        Read(
            sender_id=f"{name}-{number}", captured_at=at + timedelta(seconds=number % 600),
            plate=plate or f"7ZZ{number:04}", content_sha256=f"{number:064}", state="CA",
        )
        for number in range(count)
    ]  # fmt: skip


def take(key: Key, batch: list[Read], name: str) -> tuple[Receipt, int]:
    """The receipt of a batch, as a request takes it in, and how many statements it took."""
    with context.acting(key[0], request_id=name), CaptureQueriesContext(connection) as asked:
        receipt = receive(
            actor=key[0], camera=key[0].camera, reads=batch, refused=[], batch_sha256=f"{name:0>64}"
        )
    return receipt, len(asked)


def test_a_batch_takes_as_many_statements_as_one_read(reader_key: Key) -> None:
    take(reader_key, reads(1, name="first"), "first")
    _, of_one = take(reader_key, reads(1, name="one"), "one")
    receipt, of_many = take(reader_key, reads(400, name="many"), "many")
    assert len(receipt.fresh) == 400
    assert of_many == of_one <= MOST_STATEMENTS


def test_hits_take_as_many_statements_whether_few_or_many(reader_key: Key, entry) -> None:
    for number in range(20):
        entry(f"8KR{number:04}", "CA")
    take(reader_key, reads(1, name="first"), "first")
    few = [one for number in (0, 1) for one in reads(1, name=f"f{number}", plate=f"8KR{number:04}")]
    many = [one for number in range(2, 20) for one in reads(1, name=f"m{number}", plate=f"8KR{number:04}")]
    of_few, of_many = take(reader_key, few, "few"), take(reader_key, many, "many")
    assert (len(of_few[0].hit_ids), len(of_many[0].hit_ids)) == (2, 18)
    assert of_many[1] == of_few[1] <= MOST_WITH_HITS


def test_the_same_batch_again_stores_nothing_and_takes_less(reader_key: Key) -> None:
    batch = reads(50, name="again")
    _, first = take(reader_key, batch, "again")
    receipt, second = take(reader_key, batch, "again")
    assert not receipt.fresh
    assert second < first


@pytest.mark.parametrize("stands", [True, False], ids=["partition present", "partition missing"])
def test_a_month_late_in_one_transfer_is_stored_and_counted_whole(reader_key: Key, stands: bool) -> None:
    """Batches of the days of a month ago: each day’s partition is made once."""
    days = range(25, 35)
    if stands:
        partitions.ensure(timezone.now() - timedelta(days=ago) for ago in days)
    stored, costs = 0, []
    for ago in days:
        for part in range(2):
            name = f"late-{ago}-{part}"
            receipt, cost = take(reader_key, reads(250, name=name, days_ago=ago), name)
            stored += len(receipt.fresh)
            costs.append(cost)
    assert stored == Detection.objects.count() == 5_000
    names = {partitions.name((timezone.now() - timedelta(days=ago)).date()) for ago in range(26, 34)}
    assert names <= partitions.standing()
    assert max(costs[1::2]) <= MOST_STATEMENTS + 1, "the second batch of a day makes no partition"


def test_a_single_read_over_http_takes_few_statements(client, reader_key: Key) -> None:
    def post(name: str) -> int:
        row = {"sender_id": name, "captured_at": timezone.now().isoformat(), "plate": "7ZZ0001"}
        headers = {"Authorization": f"Bearer {reader_key[1]}"}
        with CaptureQueriesContext(connection) as asked:
            answer = client.post("/api/v1/detections/", row, "application/json", headers=headers)
        assert answer.status_code == 201
        return len(asked)

    post("first")
    assert post("second") <= MOST_OF_ONE_REQUEST


def test_a_question_is_asked_as_the_queryset_says(entry) -> None:
    known, other = entry("8KRB412", "CA"), entry("7ABC123", "CA")

    def of_plates(plates: list[str], after: int):
        return Entry.objects.filter(plate_key__one_of=plates, pk__gt=after).order_by("pk").values_list("pk")

    asked = Asked(of_plates, plates=["no plate"], after=-1)
    for plates in (["8KR8412"], ["8KR8412", "7A8C123"], []):
        assert asked(plates=plates, after=0) == list(of_plates(plates, 0))
    assert asked(plates=["8KR8412", "7A8C123"], after=known.pk) == [(other.pk,)]


def test_a_question_with_a_value_that_is_not_asked_for_is_refused() -> None:
    asked = Asked(lambda ids: Detection.objects.values_list("id"), ids=[UUID(int=1)])
    with pytest.raises(ValueError, match="does not ask for ids"):
        asked(ids=[])
    assert one_parameter([UUID(int=1)]) == '["00000000-0000-0000-0000-000000000001"]'
