"""Scofflaw lists: files that replace each other, bad lines, and hits that say whether they are exact."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Member
from detections.models import Hit, ParkingDay, ParkingHit, ScofflawEntry, ScofflawLoad
from detections.parking.closing import hit_end
from detections.parking.scofflaw import list_end, list_load
from hotlists.models import Entry
from hotlists.reading import BadFile
from tests.parking.conftest import Load, Send, read, yesterday
from training.gate import Refused

pytestmark = pytest.mark.django_db
HEAD = "Plate,State,Reason,Amount due,Permit"


def test_who_may_not_load_lists_loads_none(load: Load, operator: Member, outsider: Member) -> None:
    owed = load(HEAD, "8KRB412,CA")
    for member in (operator, outsider):
        with pytest.raises(Refused):
            list_load(actor=member, scofflaw_list=owed, file=io.BytesIO(b"plate\n7ABC123"), file_name="x")
    assert ScofflawEntry.objects.get().plate == "8KRB412"


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n\0\0", b"name,owner\na,b", b"%PDF-1.7", b"PK\x03\x04"]
)
def test_what_is_no_list_loads_nothing(load: Load, administrator: Member, content: bytes) -> None:
    owed = load(HEAD, "8KRB412,CA")
    with pytest.raises((BadFile, ValidationError)):
        list_load(actor=administrator, scofflaw_list=owed, file=io.BytesIO(content), file_name="x")
    assert ScofflawLoad.objects.count() == 1


def test_bad_lines_are_left_out_and_said_by_number_without_a_plate(load: Load) -> None:
    load(
        HEAD, "8KRB412,CA,Five unpaid,$100", "7ABC123,XX", "*,CA", '"6XYZ999,CA', "5AAA111,CA,,lots",
        "4BBB222,CA,,-3", "", "3CCC333,,Unpaid,\"1,234.5\",F-12", "3CCC333,,Unpaid again", ";;;",
    )  # fmt: skip
    made = ScofflawLoad.objects.get()
    assert (made.added, made.refused) == (2, 6)
    assert [line for line, _ in made.problems] == [3, 4, 5, 6, 7, 11]
    assert not any(plate in str(made.problems) for plate in ("7ABC123", "6XYZ999", "5AAA111"))
    found = ScofflawEntry.objects.get(plate="3CCC333")
    assert (found.amount, found.permit, found.state) == (Decimal("1234.50"), "F-12", "")


def test_a_file_replaces_the_one_before_by_comparison(load: Load) -> None:
    load(HEAD, "8KRB412,CA,Five unpaid", "7ABC123,CA", "6XYZ999,NV")
    stays = ScofflawEntry.objects.get(plate="7ABC123").pk
    with pytest.raises(ValidationError, match="cut off"):
        load(HEAD, "7ABC123,CA")
    owed = load(HEAD, "7ABC123,CA", "8KRB412,CA,Six unpaid", "1NEW111,CA")
    made = ScofflawLoad.objects.first()
    assert made is not None
    assert (made.added, made.changed, made.removed, made.unchanged) == (1, 1, 1, 1)
    assert ScofflawEntry.objects.get(plate="7ABC123").pk == stays
    assert (owed.size, owed.is_old) == (3, False)
    assert load(HEAD, "7ABC123,CA", confirmed=True).size == 1


def test_only_parking_reads_meet_it_and_it_says_what_differs(
    load: Load, send: Send, camera: object, entry: Callable[..., Entry]
) -> None:
    load(HEAD, "8KRB412,CA,Five unpaid,412.50")
    send(read(yesterday(9)), camera=camera)
    assert not ParkingHit.objects.exists()
    send(read(yesterday(9), "BKRB412"), read(yesterday(10), "7ABC123"))
    hit = ParkingHit.objects.get()
    assert (hit.kind, hit.match, [place.number for place in hit.differing]) == ("scofflaw", "possible", [1])
    send(read(yesterday(9, 30)), read(yesterday(9, 40)))
    hit.refresh_from_db()
    assert (hit.match, hit.reads, hit.amount, hit.plate) == ("exact", 3, Decimal("412.50"), "8KRB412")
    send(read(yesterday(9), "8KRB412", state="NV", sender_id="nv"))
    assert ParkingHit.objects.count() == 1
    assert not Hit.objects.exists()
    assert ParkingDay.objects.get().scofflaw_hits == 1


def test_once_a_day_and_an_exact_read_after_a_misread_rings_again(
    load: Load, send: Send, administrator: Member
) -> None:
    load(HEAD, "8KRB412,CA")
    send(read(yesterday(9), "BKRB412"))
    hit_end(actor=administrator, hit=ParkingHit.objects.get(), reason="misread")
    send(read(yesterday(10), "BKRB412"))
    assert ParkingHit.objects.count() == 1
    send(read(yesterday(11)), read(yesterday(12)))
    assert [hit.match for hit in ParkingHit.objects.order_by("pk")] == ["possible", "exact"]
    send(read(yesterday(13)))
    assert ParkingHit.objects.count() == 2


def test_an_ended_list_is_met_no_more_and_names_nobody(load: Load, send: Send, administrator: Member) -> None:
    list_end(actor=administrator, scofflaw_list=load(HEAD, "8KRB412,CA"))
    send(read(yesterday(9)))
    assert not ParkingHit.objects.exists()
    assert not ScofflawEntry.objects.exists()
    with pytest.raises(ValidationError, match="ended"):
        load(HEAD, "8KRB412,CA")
