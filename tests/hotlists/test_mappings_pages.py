"""The pages of mappings: a sample goes in, is tried, and the mapping saved; nothing of the sample stays."""

from __future__ import annotations

import gzip
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Agency, Member
from hotlists.models import HotList, Mapping
from hotlists.services import mapping_make
from tests.hotlists.conftest import SignIn
from tests.hotlists.test_mappings import PLATE, REASON, described
from trail.models import Event

SAMPLE = "LIC;LIS;WHY;VMA;SERIAL\n8ABC123;CA;Stolen vehicle;TOYT;1\n7XYZ89?;CA;Stolen;HOND;2\n"
NEW = "mapping_new"


@pytest.fixture
def desk(administrator: Member, sign_in: SignIn) -> Client:
    """The administrator's browser."""
    return sign_in(administrator)


@pytest.fixture
def made(agency: Agency, administrator: Member) -> Mapping:
    """A mapping of the department's."""
    return mapping_make(actor=administrator, agency=agency, described=described())


def form(step: str, **other: Any) -> dict[str, Any]:
    """What a person sends who describes a delimited file."""
    return {
        "step": step,
        "name": "County extract",
        "source": "svs",
        "layout": "delimited",
        "has_header": "on",
        "skip_lines": "0",
        "sample": SAMPLE,
    } | other


def columns(*pairs: tuple[str, str]) -> dict[str, str]:
    """The choices of the second step."""
    sent = {"columns": str(len(pairs))}
    for number, (where, field) in enumerate(pairs):
        sent |= {f"c{number}-where": where, f"c{number}-field": field}
    return sent


COLUMNS = ["n:LIC", "n:LIS", "n:WHY", "n:VMA", "n:SERIAL"]
NAMED = columns(*zip(COLUMNS, ("plate", "state", "reason", "make", ""), strict=True))
TWO = columns(("i:0", "plate"), ("i:1", "reason"))


@pytest.mark.parametrize("who", ["operator", "supervisor", "custodian", "lapsed"])
@pytest.mark.parametrize("name", ["mappings", NEW, "mapping", "mapping_retire"])
def test_closed_to_who_does_not_designate_lists(
    who: str, name: str, made: Mapping, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(who))
    address = reverse(name, args=[made.pk] if name in ("mapping", "mapping_retire") else [])
    assert client.post(address, {"step": "save"}).status_code in (403, 405)
    assert client.get(address).status_code in (403, 405)
    assert Mapping.objects.get().is_active


def test_anothers_mapping_is_out_of_sight(made: Mapping, outsider: Member, desk: Client) -> None:
    Mapping.objects.filter(pk=made.pk).update(agency=outsider.agency)
    for name in ("mapping", "mapping_retire"):
        assert desk.post(reverse(name, args=[made.pk]), {"why": "x"}).status_code == 404
    assert made.name not in desk.get(reverse("mappings")).content.decode()


def test_looking_shows_the_columns_with_their_values_and_likely_fields(desk: Client) -> None:
    answer = desk.post(reverse(NEW), form("look"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.findall(r'name="c\d-where" value="([^"]*)"', page) == [
        "n:LIC",
        "n:LIS",
        "n:WHY",
        "n:VMA",
        "n:SERIAL",
    ]
    assert re.findall(r'<option value="(\w*)" selected>', page.split('id="columns"')[1])[:5] == [
        *("plate", "state", "", "make", ""),
    ]
    assert "Stolen vehicle" in page
    assert "The mapping is not ready" not in page
    assert re.search(r'<option value="semicolon" selected>', page)


def test_looking_again_keeps_what_was_chosen(desk: Client) -> None:
    page = desk.post(reverse(NEW), form("look") | NAMED).content.decode()
    assert re.findall(r'<option value="(\w*)" selected>', page.split('id="columns"')[1])[:5] == [
        *("plate", "state", "reason", "make", ""),
    ]


def test_a_sample_without_a_header_has_places(desk: Client) -> None:
    sent = form("look", sample="8ABC123|Stolen\n1B|Lost\n", delimiter="")
    del sent["has_header"]
    page = desk.post(reverse(NEW), sent).content.decode()
    assert re.findall(r'name="c\d-where" value="([^"]*)"', page) == ["i:0", "i:1"]
    assert "Value 2" in page
    assert re.search(r'<option value="bar" selected>', page)


def test_a_try_shows_entries_and_the_reason_of_each_bad_line(desk: Client) -> None:
    answer = desk.post(reverse(NEW), form("try", ncic_codes="on", delimiter="semicolon") | NAMED)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Toyota" in page
    assert "A plate of a general list is whole" in page
    assert not Mapping.objects.exists()


def test_a_try_shows_what_does_not_enter(desk: Client) -> None:
    sample = "LIC;WHY;FILE\n1A;Wanted;Immigration violator\n"
    chosen = columns(("n:LIC", "plate"), ("n:WHY", "reason"), ("n:FILE", "source_file"))
    page = desk.post(reverse(NEW), form("try", sample=sample) | chosen).content.decode()
    assert "Does not enter" in page


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"words": "action = D"}, "Line 1 is not of the form action: D = remove."),
        ({"words": "reason: 1 = Deportation order"}, "Government Code 7284.6"),
        ({"date_format": "%Q"}, "A date is written with"),
        ({"constant_reason": "Stolen"}, "The reason is given twice."),
        ({"skip_lines": "-1"}, "greater than or equal to 0"),
        ({"c2-field": ""}, "Say where the reason is, or give one for every line."),
        ({"c0-field": "state", "c1-field": ""}, "Say where the plate is."),
        ({"c4-field": "owner"}, "“owner” is no field of an entry."),
    ],
)
@pytest.mark.parametrize("step", ["try", "save"])
def test_what_is_wrong_is_said_on_the_page(desk: Client, step: str, other: dict[str, str], said: str) -> None:
    answer = desk.post(reverse(NEW), form(step) | NAMED | other)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Mapping.objects.exists()


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ("", "Paste the first lines of a file"),
        ("a;b\n1;2\n", "Say where the plate is."),
        ("<html><p>502</p>", "web page"),
    ],
)
def test_a_sample_that_cannot_be_tried(desk: Client, sample: str, said: str) -> None:
    answer = desk.post(reverse(NEW), form("try", sample=sample, constant_reason="Stolen") | TWO)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_saving_keeps_the_mapping_and_nothing_of_the_sample(desk: Client, agency: Agency) -> None:
    other = {"words": "action: D = remove\nsource_file: EW = ncic_wanted", "constant_state": ""}
    answer = desk.post(reverse(NEW), form("save", date_format="%Y%m%d", **other) | NAMED)
    made = Mapping.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("mapping", args=[made.pk])
    assert made.agency == agency
    assert made.columns == [
        {"field": field, "column": column}
        for field, column in (("plate", "LIC"), ("state", "LIS"), ("reason", "WHY"), ("make", "VMA"))
    ]
    assert made.words == {"action": {"D": "remove"}, "source_file": {"EW": "ncic_wanted"}}
    assert (made.delimiter, made.date_format) == (";", "%Y%m%d")
    kept = [str(vars(event)) for event in Event.objects.all()]
    assert not any("8ABC123" in each for each in kept)
    assert "8ABC123" not in desk.get(answer["Location"]).content.decode()


def test_a_fixed_length_file(desk: Client) -> None:
    sent = form("try", layout="fixed", sample="CA8ABC123 Stolen    \n")
    places = {"state": (1, 2), "plate": (3, 8), "reason": (11, 10)}
    for field, (start, length) in places.items():
        sent |= {f"p-{field}-start": str(start), f"p-{field}-length": str(length)}
    page = desk.post(reverse(NEW), sent).content.decode()
    assert "----+----1----+----2" in page
    assert "Stolen" in page.split('id="try"')[1]
    assert desk.post(reverse(NEW), sent | {"step": "save"}).status_code == 302
    made = Mapping.objects.get()
    assert sorted((each["field"], each["start"], each["length"]) for each in made.columns) == sorted(
        (field, *place) for field, place in places.items()
    )
    shown = desk.get(reverse("mapping", args=[made.pk])).content.decode()
    assert re.search(r'name="p-reason-start"[^>]*value="11"', shown)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ({"p-plate-start": "1"}, "The plate starts at 1 or later and is at least one character long."),
        ({"p-plate-start": "one", "p-plate-length": "2"}, "starts at 1 or later"),
        (
            {"p-plate-start": "1", "p-plate-length": "8", "p-reason-start": "4", "p-reason-length": "8"},
            "The plate and the reason overlap.",
        ),
    ],
)
def test_places_that_cannot_be(desk: Client, places: dict[str, str], said: str) -> None:
    answer = desk.post(reverse(NEW), form("save", layout="fixed") | places)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_file_is_shown_as_the_sample(desk: Client) -> None:
    file = io.BytesIO("LIC;WHY\n1A;Citroën\n".encode("cp1252"))
    file.name = "svs.txt"
    page = desk.post(reverse(NEW), form("look", sample="", file=file)).content.decode()
    assert "1A;Citroën" in page
    assert "n:WHY" in page


def test_a_large_file_gives_its_first_64_kb_of_whole_lines(desk: Client) -> None:
    file = io.BytesIO(b"LIC;WHY\n" + b"8ABC123;Stolen\n" * 10_000)
    file.name = "svs.txt"
    page = desk.post(reverse(NEW), form("look", sample="", file=file)).content.decode()
    sample = re.search(r"<textarea name=\"sample\"[^>]*>(.*?)</textarea>", page, re.S)
    assert sample is not None
    assert len(sample[1]) <= 64 * 1024
    assert sample[1].rstrip().endswith("8ABC123;Stolen")


def test_an_encoding_that_is_none_of_ours_is_told_instead(desk: Client) -> None:
    file = io.BytesIO("LIC;WHY\n1A;Citroën\n".encode())
    file.name = "svs.txt"
    page = desk.post(reverse(NEW), form("look", sample="", file=file, encoding="rot13")).content.decode()
    assert "1A;Citroën" in page


@pytest.mark.parametrize("content", [gzip.compress(b"LIC;WHY", mtime=0), b"\0\1\2", b""])
def test_a_file_that_is_no_text_is_refused_in_words(desk: Client, content: bytes) -> None:
    file = io.BytesIO(content)
    file.name = "svs.txt"
    answer = desk.post(reverse(NEW), form("look", sample="", file=file))
    assert answer.status_code == 422
    assert "The file was not taken" in answer.content.decode()


@pytest.mark.parametrize(
    "odd",
    [
        {"columns": "9" * 40},
        {"columns": "x"},
        {"columns": "1", "c0-where": "i:x", "c0-field": "plate"},
        {"columns": "1", "c0-where": "", "c0-field": "plate"},
        {"skip_lines": "²"},
        {"delimiter": "\0"},
        {"layout": "other"},
        {"sample": '"\0;\r\r\n"'},
        {"p-plate-start": "9" * 30, "p-plate-length": "1", "layout": "fixed"},
    ],
)
@pytest.mark.parametrize("step", ["look", "try", "save", "other"])
def test_odd_input_is_no_error(desk: Client, step: str, odd: dict[str, str]) -> None:
    assert desk.post(reverse(NEW), form(step) | odd).status_code in (200, 422)


def test_a_mapping_is_shown_with_its_lists_and_described_anew(
    desk: Client, made: Mapping, general_list: HotList
) -> None:
    general_list.mapping = made
    general_list.save()
    address = reverse("mapping", args=[made.pk])
    page = desk.get(address).content.decode()
    assert str(general_list) in page
    assert re.findall(r'name="c\d-where" value="([^"]*)"', page) == ["i:0", "i:1"]
    sent = form("save", name="Renamed", sample="", delimiter="semicolon") | columns(
        ("i:0", "plate"), ("i:1", "reason")
    )
    assert desk.post(address, sent).status_code == 302
    made.refresh_from_db()
    assert made.name == "Renamed"
    assert made.columns == [PLATE, REASON]


def test_constants_that_the_page_does_not_show_stay(desk: Client, made: Mapping) -> None:
    Mapping.objects.filter(pk=made.pk).update(constants={"make": "Toyota", "state": "CA"})
    sent = form("save", sample="", delimiter="semicolon", constant_state="NV")
    desk.post(reverse("mapping", args=[made.pk]), sent | TWO)
    made.refresh_from_db()
    assert made.constants == {"make": "Toyota", "state": "NV"}


def test_retiring(desk: Client, made: Mapping, general_list: HotList) -> None:
    address = reverse("mapping_retire", args=[made.pk])
    general_list.mapping = made
    general_list.save()
    refused = desk.post(address, {"why": "A new layout"})
    assert refused.status_code == 422
    assert "Give that list another mapping first" in refused.content.decode()
    general_list.mapping = None
    general_list.save()
    assert desk.post(address, {"why": ""}).status_code == 422
    assert desk.post(address, {"why": "A new layout"}).status_code == 302
    assert "Out of use" in desk.get(reverse("mapping", args=[made.pk])).content.decode()


def test_no_plate_stands_in_an_address_or_a_title(desk: Client) -> None:
    answer = desk.post(reverse(NEW), form("try") | NAMED)
    assert "8ABC123" not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]
    title = re.search("<title>(.*?)</title>", answer.content.decode(), re.S)
    assert title is not None
    assert "8ABC123" not in title[1]
    assert answer["Cache-Control"].startswith("max-age=0")
