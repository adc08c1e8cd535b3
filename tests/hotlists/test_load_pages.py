"""Loading a file in the web: a report first, then all good lines or nothing; the server keeps the file."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from hotlists import csv_files
from hotlists.models import Entry, HotList, Snapshot, Upload
from tests.hotlists.conftest import SignIn, csv
from trail.models import Event
from trail.verbs import Verb

pytestmark = pytest.mark.usefixtures("media")


def give(client: Client, hot_list: HotList, file: io.BytesIO, name: str = "svs.csv") -> Any:
    """Send a file to be checked."""
    file.name = name
    return client.post(reverse("hot_list_load", args=[hot_list.pk]), {"file": file})


def checked(client: Client, hot_list: HotList, *lines: str) -> str:
    """Send these lines; the address of their report."""
    answer = give(client, hot_list, csv(*lines))
    assert answer.status_code == 302, answer.content.decode()
    address: str = answer["Location"]
    return address


@pytest.mark.parametrize("who", ["operator", "supervisor", "custodian", "lapsed"])
def test_closed_to_who_may_not(
    who: str, general_list: HotList, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    answer = give(sign_in(request.getfixturevalue(who)), general_list, csv("1A,CA,Stolen"))
    assert answer.status_code == 403
    assert not Upload.objects.exists()


def test_anothers_list_is_out_of_sight(
    outsider: Member, administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    general_list.agency = outsider.agency
    general_list.save()
    assert give(sign_in(administrator), general_list, csv("1A,CA,Stolen")).status_code == 404


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (io.BytesIO(), "The file is empty."),
        (io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0"), "no text file"),
        (io.BytesIO(b"PK\x03\x04"), "workbook"),
        (io.BytesIO(b"8ABC123;CA\n"), "must name the columns"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    administrator: Member, general_list: HotList, sign_in: SignIn, file: io.BytesIO, said: str
) -> None:
    answer = give(sign_in(administrator), general_list, file)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Upload.objects.exists()


def test_no_file_at_all(administrator: Member, general_list: HotList, sign_in: SignIn) -> None:
    answer = sign_in(administrator).post(reverse("hot_list_load", args=[general_list.pk]))
    assert answer.status_code == 422
    assert "Choose the file." in answer.content.decode()


def test_a_file_over_the_limit(
    administrator: Member, general_list: HotList, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files, "LARGEST", 1024**2)
    answer = give(sign_in(administrator), general_list, io.BytesIO(b"plate,reason\n" + b"x" * 1024**2))
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()


def test_a_specific_list_takes_no_file(
    administrator: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    page = client.get(reverse("hot_list_load", args=[specific_list.pk])).content.decode()
    assert "This list takes no files." in page
    assert give(client, specific_list, csv("1A,CA,Stolen")).status_code == 422


def test_the_excluded_file_is_refused_by_name(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    answer = give(sign_in(administrator), general_list, csv("1A,CA,Stolen"), "immigration_violator.csv")
    assert answer.status_code == 422
    assert "immigration violator" in answer.content.decode()


def test_each_bad_line_with_its_number_then_the_rest(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    address = checked(client, general_list, "8KRB412,CA,Stolen", "bad", "9TTT000,XX,Stolen", "1A,NV,Stolen")
    page = client.get(address).content.decode()
    assert "2 entries can be loaded" in page
    assert "2 lines are bad" in page
    assert "Load the other 2 entries" in page
    assert '<th scope="row" class="num">3</th><td>It has 1 value;' in page
    assert '<th scope="row" class="num">4</th><td>“XX” is no state' in page
    assert "8KRB412" not in page
    assert "8KRB412" not in address
    assert not Entry.objects.exists()
    answer = client.post(address, {"choice": "load"}, follow=True)
    assert "Loaded: 2 added, 0 removed, 0 unchanged." in answer.content.decode()
    assert set(Entry.objects.in_use().values_list("plate", flat=True)) == {"8KRB412", "1A"}
    assert Event.objects.get(verb=Verb.LIST_LOADED).actor == administrator


def test_load_nothing(administrator: Member, general_list: HotList, sign_in: SignIn) -> None:
    client, before = sign_in(administrator), Snapshot.objects.count()
    address = checked(client, general_list, "1A,CA,Stolen")
    assert "Load all 1 entry" in client.get(address).content.decode()
    answer = client.post(address, {"choice": "nothing"}, follow=True)
    assert "Nothing was loaded." in answer.content.decode()
    assert (Entry.objects.count(), Snapshot.objects.count(), Upload.objects.count()) == (0, before, 0)


def test_a_choice_that_is_none_loads_nothing(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    client.post(checked(client, general_list, "1A,CA,Stolen"))
    assert not Entry.objects.exists()


def test_without_a_good_line_there_is_nothing_to_load(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    address = checked(client, general_list, "bad")
    page = client.get(address).content.decode()
    assert "No line of this file is an entry." in page
    assert 'value="load"' not in page
    answer = client.post(address, {"choice": "load"}, follow=True)
    assert "nothing was loaded" in answer.content.decode()


def test_a_report_is_its_members_alone(
    administrator: Member, second_administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    address = checked(sign_in(administrator), general_list, "1A,CA,Stolen")
    other = sign_in(second_administrator)
    for answer in (other.get(address, follow=True), other.post(address, {"choice": "load"}, follow=True)):
        assert "no longer kept here" in answer.content.decode()
    assert not Entry.objects.exists()


def test_sent_twice_it_is_loaded_once(administrator: Member, general_list: HotList, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    address, before = checked(client, general_list, "1A,CA,Stolen"), Snapshot.objects.count()
    for _ in range(2):
        client.post(address, {"choice": "load"})
    assert Snapshot.objects.count() == before + 1


def test_a_kept_file_that_was_changed_is_not_loaded(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    address = checked(client, general_list, "1A,CA,Stolen")
    with open(Upload.objects.get().document.path, "wb") as kept:
        kept.write(csv("9Z,CA,Stolen").getvalue())
    answer = client.post(address, {"choice": "load"}, follow=True)
    assert "not the one that was checked" in answer.content.decode()
    assert (Entry.objects.count(), Upload.objects.count()) == (0, 0)


def test_latin_1_and_the_same_file_are_said(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client, content = sign_in(administrator), "plate,reason\n1A,Véhicule volé\n".encode("latin-1")
    for said in ("Read as Latin-1", "This is the file that was loaded last"):
        answer = give(client, general_list, io.BytesIO(content))
        assert said in client.get(answer["Location"]).content.decode()
        client.post(answer["Location"], {"choice": "load"})


def test_a_file_that_may_be_cut_off_is_marked(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client, said = sign_in(administrator), "less than half of the entries in use"
    lines = [f"7ABC12{number},CA,Stolen" for number in range(5)]
    address = checked(client, general_list, *lines)
    assert said not in client.get(address).content.decode()
    client.post(address, {"choice": "load"})
    assert said not in client.get(checked(client, general_list, *lines[:3])).content.decode()
    assert said in client.get(checked(client, general_list, *lines[:2])).content.decode()


def test_bad_lines_are_paged(
    administrator: Member, general_list: HotList, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotlists.views_lists.PROBLEMS_ON_A_PAGE", 2)
    client = sign_in(administrator)
    address = checked(client, general_list, "bad", "bad", "bad")
    assert '<th scope="row" class="num">4</th>' not in client.get(address).content.decode()
    assert '<th scope="row" class="num">4</th>' in client.get(address, {"page": "2"}).content.decode()


def test_a_file_larger_than_memory_allows_is_read_from_disk(
    administrator: Member, general_list: HotList, sign_in: SignIn, settings: Any
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    client = sign_in(administrator)
    client.post(checked(client, general_list, "1A,CA,Stolen"), {"choice": "load"})
    assert Entry.objects.in_use().get().plate == "1A"


def test_a_list_is_designated_approved_and_closed_by_two(
    administrator: Member, second_administrator: Member, sign_in: SignIn
) -> None:
    first, second = sign_in(administrator), sign_in(second_administrator)
    new, typed = reverse("hot_list_new"), {"name": "BOLO", "kind": "specific", "source": "local"}
    assert first.post(new, typed | {"name": "Immigration violator"}).status_code == 422
    assert first.post(new, typed | {"source": "immigration"}).status_code == 422
    address = first.post(new, typed)["Location"]
    assert "already exists" in first.post(new, typed).content.decode()
    made = HotList.objects.get(name="BOLO")
    approve = reverse("hot_list_approve", args=[made.pk])
    assert "Approve this list" not in first.get(address).content.decode()
    assert first.post(approve).status_code == 403
    assert "Approve the list BOLO" in second.get(reverse("hot_plates")).content.decode()
    assert "Approve this list" in second.get(address).content.decode()
    assert "takes hot plates" in second.post(approve, follow=True).content.decode()
    close = reverse("hot_list_close", args=[made.pk])
    assert first.post(close, {"why": ""}).status_code == 422
    assert "out of use" in first.post(close, {"why": "Case closed"}, follow=True).content.decode()
    made.refresh_from_db()
    assert not made.is_active


def test_the_history_of_a_list_names_file_hash_counts_and_who(
    administrator: Member, operator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    page = sign_in(operator).get(reverse("hot_list", args=[general_list.pk])).content.decode()
    assert "svs_20261121.csv" in page
    assert "SHA-256 9f3a77c19f3a77c1…" in page
    assert str(administrator) in page
    assert "Load a file…" not in page
    assert "Take this list out of use" not in page
