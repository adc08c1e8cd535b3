"""The results as a file: who may, what a spreadsheet makes of it, and its line on the trail."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Member
from detections import search_export as exporting
from detections.models import Search
from detections.search_export import COLUMNS, Export, search_export
from tests.search.conftest import REASON, Detect, SearchFor
from trail.models import Event
from trail.verbs import Verb
from training.gate import Refused

CASE = "26-11873"


def export(actor: Member, search: Search) -> Export:
    return search_export(actor=actor, search=search, reason=REASON, case_number=CASE)


def rows_of(file: Export) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(file).decode())))


@pytest.mark.parametrize("person", ["second_operator", "supervisor", "lapsed", "auditor"])
def test_only_its_maker_takes_the_results_away(
    person: str, search_for: SearchFor, request: pytest.FixtureRequest
) -> None:
    search = search_for("8KRB412")
    with pytest.raises(Refused):
        export(request.getfixturevalue(person), search)
    assert not Event.objects.filter(verb=Verb.EXPORTED).exists()


@pytest.mark.parametrize(
    ("field", "given"), [("reason", "inv"), ("case_number", "none"), ("reason", ""), ("case_number", "")]
)
def test_it_needs_a_reason_and_a_case_number(
    operator: Member, search_for: SearchFor, field: str, given: str
) -> None:
    said = {"reason": REASON, "case_number": CASE} | {field: given}
    with pytest.raises(ValidationError) as refused:
        search_export(actor=operator, search=search_for("8KRB412"), **said)
    assert field in refused.value.message_dict
    assert not Event.objects.filter(verb=Verb.EXPORTED).exists()


def test_more_than_a_file_may_hold_is_refused(
    operator: Member, search_for: SearchFor, detect: Detect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 2)
    for _ in range(2):
        detect()
    search = search_for("8KRB412")
    assert export(operator, search).rows == 2
    detect(at=search.until.replace(microsecond=0))
    with pytest.raises(ValidationError, match="at most 2 rows"):
        export(operator, search_for("8KRB412"))


def test_the_file_has_every_result_newest_first(
    operator: Member, search_for: SearchFor, detect: Detect
) -> None:
    detect(hours_ago=3)
    detect(
        "BKRB412", hours_ago=2, pictured=True, confidence=0.5, make="Toyota", latitude=38.1, longitude=-122.25
    )
    detect("9BQT661")
    file = export(operator, search_for("8KRB412"))
    rows = rows_of(file)
    assert file.rows == len(rows) == 2
    assert list(rows[0]) == list(COLUMNS)
    first, second = rows
    assert (first["plate"], first["fits"], first["picture"]) == ("BKRB412", "B for 8 in place 1", "yes")
    assert (first["make"], first["confidence"], first["longitude"]) == ("Toyota", "0.5", "-122.25")
    assert (second["plate"], second["fits"], second["picture"]) == ("8KRB412", "exact", "no")
    assert first["captured_at"] > second["captured_at"]
    assert (first["camera"], first["camera_name"]) == ("cam-12", "Quay St at 5th")


@pytest.mark.parametrize(
    "word", ['=HYPERLINK("http://a")', "+1", "-1", "@a", "\tx", "\rx", 'a","=b', "a\n=b"]
)
def test_no_word_becomes_a_formula_or_a_cell_of_its_own(
    word: str, operator: Member, search_for: SearchFor, detect: Detect
) -> None:
    detect(make=word, color=word[:20], direction=word[:20])
    (row,) = rows_of(export(operator, search_for("8KRB412")))
    for name in ("make", "color", "direction"):
        assert not row[name].startswith(exporting.FORMULA)
        assert row[name].lstrip("'").startswith(word[:20].lstrip("'")[:1])
    assert None not in row


def test_the_trail_has_how_many_and_the_hash_before_the_first_byte(
    operator: Member, search_for: SearchFor, detect: Detect
) -> None:
    detect()
    search = search_for("8KRB412")
    file = export(operator, search)
    event = Event.objects.get(verb=Verb.EXPORTED)
    assert (event.actor, event.inquiry, event.detail) == (operator, search.inquiry, REASON)
    assert event.object_pk == str(search.pk)
    facts = event.elements
    assert (facts["plate"], facts["rows"], facts["for_case"]) == ("8KRB412", 1, CASE)
    assert facts["sha256"] == file.sha256 == hashlib.sha256(b"".join(file)).hexdigest()
    assert "8KRB" not in file.name


def test_a_long_file_is_the_same_in_pieces(
    operator: Member, search_for: SearchFor, detect: Detect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hours in range(30):
        detect(hours_ago=hours + 1)
    search = search_for("8KRB412")
    whole = b"".join(export(operator, search))
    monkeypatch.setattr(exporting, "IN_MEMORY", 100)
    monkeypatch.setattr(exporting, "_CHUNK", 256)
    pieces = list(export(operator, search))
    assert b"".join(pieces) == whole
    assert max(map(len, pieces)) == 256


def test_a_file_that_nobody_reads_is_let_go(operator: Member, search_for: SearchFor) -> None:
    file = export(operator, search_for("8KRB412"))
    file.close()
    with pytest.raises(ValueError, match="closed"):
        list(file)
