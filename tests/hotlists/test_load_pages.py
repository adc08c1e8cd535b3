"""Giving a file in the web: read in the background, watched while it is, decided on where it waits."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Agency, Member
from hotlists import forms_files, loading, views_files
from hotlists.models import Entry, HotList, Refresh, Snapshot
from tests.hotlists.conftest import SignIn, csv
from trail.models import Event
from trail.verbs import Verb

pytestmark = pytest.mark.usefixtures("media")


def give(client: Client, hot_list: HotList, file: io.BytesIO, name: str = "svs.csv") -> Any:
    """Send a file."""
    file.name = name
    return client.post(reverse("hot_list_load", args=[hot_list.pk]), {"file": file})


def given(client: Client, hot_list: HotList, *lines: str) -> str:
    """Send these lines; the address of their page, before the worker has read them."""
    answer = give(client, hot_list, csv(*lines))
    assert answer.status_code == 302, answer.content.decode()
    address: str = answer["Location"]
    return address


def checked(client: Client, hot_list: HotList, *lines: str) -> str:
    """Send these lines and let the worker read them; the address of their page."""
    address = given(client, hot_list, *lines)
    loading.run(hot_list.pk)
    return address


@pytest.mark.parametrize("who", ["operator", "supervisor", "custodian", "lapsed"])
def test_closed_to_who_may_not(
    who: str, general_list: HotList, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    answer = give(sign_in(request.getfixturevalue(who)), general_list, csv("1A,CA,Stolen"))
    assert answer.status_code == 403
    assert not Refresh.objects.exists()


@pytest.mark.parametrize("who", ["operator", "supervisor", "lapsed"])
def test_a_file_is_shown_to_and_decided_by_who_may_load(
    who: str, administrator: Member, general_list: HotList, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    address = checked(sign_in(administrator), general_list, "1A,CA,Stolen")
    other = sign_in(request.getfixturevalue(who))
    assert other.get(address).status_code == 403
    assert other.post(f"{address}confirm/").status_code == 403
    assert other.post(f"{address}let-go/", {"why": "No"}).status_code == 403
    assert Refresh.objects.get().state == Refresh.State.WAITING


def test_anothers_list_is_out_of_sight(
    outsider: Member, administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    address = checked(client, general_list, "1A,CA,Stolen")
    general_list.agency = outsider.agency
    general_list.save()
    assert give(client, general_list, csv("1A,CA,Stolen")).status_code == 404
    assert client.get(address).status_code == 404
    assert client.post(f"{address}confirm/").status_code == 404


def test_a_file_is_found_under_its_own_list_alone(
    agency: Agency, administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    checked(client, general_list, "1A,CA,Stolen")
    other = HotList.objects.create(
        agency=agency, name="Other", kind="general", source="svs", designated_by=administrator
    )
    wrong = reverse("hot_list_file", args=[other.pk, Refresh.objects.get().pk])
    assert client.get(wrong).status_code == 404


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0"), "Nothing was loaded"),
        (io.BytesIO(b"PK\x03\x04"), "Nothing was loaded"),
        (io.BytesIO(b"8ABC123;CA\n"), "must name the columns"),
        (csv("bad", "bad"), "No line of the file is an entry"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    administrator: Member, general_list: HotList, sign_in: SignIn, file: io.BytesIO, said: str
) -> None:
    client = sign_in(administrator)
    address = give(client, general_list, file)["Location"]
    loading.run(general_list.pk)
    page = client.get(address).content.decode()
    assert said in page
    assert Refresh.objects.get().state == Refresh.State.REFUSED
    assert "Load it" not in page
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("sent", "said"), [({}, "Choose the file."), ({"file": b""}, "The file is empty.")])
def test_no_file_at_all(
    administrator: Member, general_list: HotList, sign_in: SignIn, sent: Any, said: str
) -> None:
    files = {name: io.BytesIO(content) for name, content in sent.items()}
    answer = sign_in(administrator).post(reverse("hot_list_load", args=[general_list.pk]), files)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_file_over_the_limit(
    administrator: Member, general_list: HotList, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms_files, "LARGEST", 1024**2)
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


def test_the_page_asks_again_until_the_file_is_read(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    address = given(client, general_list, "1A,CA,Stolen")
    page = client.get(address).content.decode()
    assert "Received" in page
    assert f'hx-get="{address}"' in page
    loading.run(general_list.pk)
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Waits for a person" in part
    assert "hx-get" not in part
    assert "<html" not in part


def test_each_bad_line_with_its_number_then_the_rest(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    address = checked(client, general_list, "8KRB412,CA,Stolen", "bad", "9TTT000,XX,Stolen", "1A,NV,Stolen")
    page = client.get(address).content.decode()
    assert "It was given by hand" in page
    assert "2 of 4 lines are bad; the list allows 2%." in page
    assert "Load it: 2 added, 0 changed, 0 removed" in page
    assert '<th scope="row" class="num">3</th><td>It has 1 value' in page
    assert '<th scope="row" class="num">4</th>' in page
    assert "8KRB412" not in page
    assert "8KRB412" not in address
    assert not Entry.objects.exists()
    client.post(f"{address}confirm/")
    loading.run(general_list.pk)
    assert "Loaded" in client.get(address).content.decode()
    assert set(Entry.objects.in_use().values_list("plate", flat=True)) == {"8KRB412", "1A"}
    assert Event.objects.get(verb=Verb.LIST_LOADED).actor == administrator


def test_another_person_may_confirm_what_one_gave(
    administrator: Member, second_administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    address = checked(sign_in(administrator), general_list, "1A,CA,Stolen")
    sign_in(second_administrator).post(f"{address}confirm/")
    loading.run(general_list.pk)
    refresh = Refresh.objects.get()
    assert (refresh.given_by, refresh.decided_by) == (administrator, second_administrator)
    assert refresh.state == Refresh.State.LOADED


def test_a_file_is_let_go_with_why(administrator: Member, general_list: HotList, sign_in: SignIn) -> None:
    client, before = sign_in(administrator), Snapshot.objects.count()
    address = checked(client, general_list, "1A,CA,Stolen")
    answer = client.post(f"{address}let-go/", {"why": ""})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    answer = client.post(f"{address}let-go/", {"why": "Of another county"}, follow=True)
    assert "Of another county" in answer.content.decode()
    assert (Entry.objects.count(), Snapshot.objects.count()) == (0, before)
    assert Refresh.objects.get().state == Refresh.State.LET_GO


def test_sent_twice_it_is_loaded_once(administrator: Member, general_list: HotList, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    address, before = checked(client, general_list, "1A,CA,Stolen"), Snapshot.objects.count()
    client.post(f"{address}confirm/")
    answer = client.post(f"{address}confirm/", follow=True)
    assert "is not possible" in answer.content.decode()
    loading.run(general_list.pk)
    assert Snapshot.objects.count() == before + 1


def test_a_kept_file_that_was_changed_is_not_loaded(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    address = checked(client, general_list, "1A,CA,Stolen")
    with open(Refresh.objects.get().document.path, "wb") as kept:
        kept.write(csv("9Z,CA,Stolen").getvalue())
    client.post(f"{address}confirm/")
    loading.run(general_list.pk)
    assert "is not the one that was received" in client.get(address).content.decode()
    assert not Entry.objects.exists()


def test_bad_lines_are_paged(
    administrator: Member, general_list: HotList, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_files, "PROBLEMS_ON_A_PAGE", 2)
    client = sign_in(administrator)
    address = checked(client, general_list, "1A,CA,Stolen", "bad", "bad", "bad")
    assert '<th scope="row" class="num">5</th>' not in client.get(address).content.decode()
    assert '<th scope="row" class="num">5</th>' in client.get(address, {"page": "2"}).content.decode()


def test_bad_lines_of_a_restricted_list_are_for_those_to_whom_it_is_granted(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    HotList.objects.update(is_restricted=True)
    client = sign_in(administrator)
    page = client.get(checked(client, general_list, "1A,CA,Stolen", "bad")).content.decode()
    assert "It has 1 value" not in page
    assert "The list is restricted." in page


def test_a_file_larger_than_memory_allows_is_read_from_disk(
    administrator: Member, general_list: HotList, sign_in: SignIn, settings: Any
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    client = sign_in(administrator)
    client.post(f"{checked(client, general_list, '1A,CA,Stolen')}confirm/")
    loading.run(general_list.pk)
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
    address = checked(sign_in(administrator), general_list, "1A,CA,Stolen", "1B,CA,Stolen")
    Refresh.objects.update(added=1234)
    page = sign_in(operator).get(reverse("hot_list", args=[general_list.pk])).content.decode()
    assert "svs.csv" in page
    assert f"SHA-256 {Refresh.objects.get().sha256[:16]}…" in page
    assert "Waits for a person" in page
    assert "1,234" in page
    assert str(administrator) in page
    assert address not in page
    assert "Load a file…" not in page
    assert "Take this list out of use" not in page
    assert address in sign_in(administrator).get(reverse("hot_list", args=[general_list.pk])).content.decode()
