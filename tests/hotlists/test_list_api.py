"""Files over the API: a standing key, for its one list; the answer says where the file stands."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import AdoptedPolicy, Agency, Member
from hotlists import loading, service_refresh
from hotlists.models import Entry, HotList, ListKey, Refresh
from hotlists.services import list_key_issue, list_key_revoke
from tests.hotlists.conftest import csv
from trail.models import Event
from trail.verbs import Outcome, Verb
from training.gate import Refused

pytestmark = pytest.mark.usefixtures("media")
FILE = csv("1A,CA,Stolen", "bad", "1B,CA,Stolen").getvalue()
Put = Callable[..., Any]


@pytest.fixture(autouse=True)
def fresh_count() -> None:
    """No request of another test counts."""
    cache.clear()


@pytest.fixture
def issued(administrator: Member, general_list: HotList) -> tuple[ListKey, str]:
    """A key of the general list with its secret."""
    pair: tuple[ListKey, str] = list_key_issue(actor=administrator, hot_list=general_list)
    return pair


@pytest.fixture
def put(issued: tuple[ListKey, str]) -> Put:
    """Sends a file with the list's key: `put(content, name=…, time=…)`."""

    def send(content: bytes = FILE, *, pk: int | None = None, secret: str = issued[1], **more: str) -> Any:
        headers = {"Authorization": f"Bearer {secret}"} | more
        path = f"/api/v1/hot-lists/{pk or issued[0].hot_list_id}/file/"
        return Client().put(path, content, content_type="text/csv", headers=headers)

    return send


def standing(secret: str, address: str) -> Any:
    """What the API says of a file."""
    return Client().get(address, headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize("who", ["operator", "supervisor", "custodian", "lapsed_superuser", "outsider"])
def test_who_may_not_issue_or_revoke_keys(
    who: str, general_list: HotList, issued: tuple[ListKey, str], request: pytest.FixtureRequest
) -> None:
    member = request.getfixturevalue(who)
    with pytest.raises(Refused):
        list_key_issue(actor=member, hot_list=general_list)
    with pytest.raises(Refused):
        list_key_revoke(actor=member, key=issued[0])
    assert not ListKey.objects.get().is_revoked


def test_a_specific_list_has_no_key(administrator: Member, specific_list: HotList) -> None:
    with pytest.raises(ValidationError, match="takes no files"):
        list_key_issue(actor=administrator, hot_list=specific_list)


def test_a_key_is_shown_once_and_stored_hashed(issued: tuple[ListKey, str]) -> None:
    key, secret = issued
    assert secret not in str(ListKey.objects.values().get())
    assert key.name == secret[:8]
    assert Event.objects.get(verb=Verb.KEY_ISSUED).object_repr == str(key)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer unknown", "Basic dTpw"])
@pytest.mark.parametrize("method", ["get", "put"])
def test_without_a_known_key_nothing_opens(method: str, header: str, general_list: HotList) -> None:
    end = "file/" if method == "put" else f"refreshes/{uuid.uuid4()}/"
    path = f"/api/v1/hot-lists/{general_list.pk}/{end}"
    answer = getattr(Client(), method)(path, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    both = 'Bearer realm="hot lists", Basic realm="hot lists", charset="UTF-8"'
    assert answer["WWW-Authenticate"] == both
    assert not Refresh.objects.exists()


def test_a_readers_key_opens_no_list(put: Put, reader_key: tuple[Any, str]) -> None:
    assert put(secret=reader_key[1]).status_code == 401


def test_a_lists_key_opens_nothing_of_readers(issued: tuple[ListKey, str]) -> None:
    answer = Client().post(
        "/api/v1/detections/", b"{}", content_type="application/json",
        headers={"Authorization": f"Bearer {issued[1]}"},
    )  # fmt: skip
    assert answer.status_code == 401


def test_a_revoked_key_is_refused_and_recorded(
    put: Put, issued: tuple[ListKey, str], administrator: Member
) -> None:
    list_key_revoke(actor=administrator, key=issued[0])
    answer = put()
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "revoked_key"
    event = Event.objects.get(outcome=Outcome.REFUSED)
    assert (event.actor_kind, event.actor_label) == ("list", issued[0].trail_label)
    assert not Refresh.objects.exists()


def test_a_key_gives_to_its_own_list_alone(put: Put, agency: Agency, administrator: Member) -> None:
    other = HotList.objects.create(
        agency=agency, name="Other", kind="general", source="svs", designated_by=administrator
    )
    assert put(pk=other.pk).status_code == 404
    assert not Refresh.objects.exists()


def test_a_list_out_of_use_takes_nothing(put: Put) -> None:
    HotList.objects.update(is_active=False)
    answer = put()
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "inactive_list")


def test_an_agency_without_a_policy_takes_nothing(put: Put) -> None:
    AdoptedPolicy.objects.update(effective_from=timezone.now() + timedelta(days=1))
    answer = put()
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "no_policy")


def test_the_excluded_file_does_not_enter_by_its_name(put: Put) -> None:
    answer = put(**{"X-File-Name": "ncic/immigration_violator.csv"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
    assert not Refresh.objects.exists()


@pytest.mark.parametrize("time", ["yesterday", "2026-11-22", "2026-11-22T06:00:00", "2026-13-40T06:00:00Z"])
def test_a_time_without_its_zone_is_refused(put: Put, time: str) -> None:
    answer = put(**{"X-Source-Time": time})
    assert answer.status_code == 400
    assert "X-Source-Time" in answer.json()["error"]["fields"]


def test_a_time_in_the_future_is_refused(put: Put) -> None:
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert put(**{"X-Source-Time": later}).status_code == 400


def test_an_empty_body_is_refused(put: Put, media: Any) -> None:
    assert put(b"").status_code == 400
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_file_over_the_limit(put: Put, media: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_refresh, "LARGEST", 10)
    answer = put()
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert not Refresh.objects.exists()


def test_a_file_without_its_length_is_refused(put: Put) -> None:
    answer = put(**{"Transfer-Encoding": "chunked"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (411, "length_required")


def test_a_key_that_asks_too_often_waits(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    from hotlists.api.authentication import ListThrottle

    monkeypatch.setattr(ListThrottle, "THROTTLE_RATES", {"list": "2/min"})
    assert [put(FILE + str(n).encode()).status_code for n in range(3)] == [202, 202, 429]


def test_a_file_is_taken_read_and_loaded(
    put: Put, issued: tuple[ListKey, str], general_list: HotList
) -> None:
    HotList.objects.update(bad_percent=50)
    made = timezone.now() - timedelta(minutes=20)
    answer = put(**{"X-File-Name": "C:\\out\\svs_1122.csv", "X-Source-Time": made.isoformat()})
    assert answer.status_code == 202, answer.content
    said = answer.json()
    assert said["refresh"]["state"] == "received"
    assert said["receipt"]["file_name"] == "svs_1122.csv"
    assert said["receipt"]["bytes"] == len(FILE)
    loading.run(general_list.pk)
    said = standing(issued[1], said["refresh"]["url"]).json()["refresh"]
    assert (said["state"], said["percent"]) == ("loaded", 100)
    assert said["counts"] == {
        "good": 2, "bad": 1, "left_out": 0, "added": 2, "changed": 0, "removed": 0, "unchanged": 0,
    }  # fmt: skip
    assert [problem["line"] for problem in said["problems"]] == [3]
    assert Entry.objects.in_use().count() == 2
    general_list.refresh_from_db()
    assert general_list.source_at == made
    snapshot = general_list.last_snapshot
    assert snapshot is not None
    assert (snapshot.loaded_by, snapshot.given_by) == (None, issued[0].trail_label)
    assert Event.objects.get(verb=Verb.FILE_RECEIVED).actor_label == issued[0].trail_label


def test_a_file_over_the_lists_limits_waits(
    put: Put, issued: tuple[ListKey, str], general_list: HotList
) -> None:
    address = put().json()["refresh"]["url"]
    loading.run(general_list.pk)
    said = standing(issued[1], address).json()["refresh"]
    assert (said["state"], said["waits_for"]) == ("waiting", ["bad_lines"])
    assert not Entry.objects.exists()


def test_another_lists_file_is_out_of_sight(
    put: Put, issued: tuple[ListKey, str], agency: Agency, administrator: Member
) -> None:
    other = HotList.objects.create(
        agency=agency, name="Other", kind="general", source="svs", designated_by=administrator
    )
    theirs = Refresh.objects.create(hot_list=other, how="api", file_name="x", given_label="x")
    mine = issued[0].hot_list_id
    assert standing(issued[1], f"/api/v1/hot-lists/{other.pk}/refreshes/{theirs.pk}/").status_code == 404
    assert standing(issued[1], f"/api/v1/hot-lists/{mine}/refreshes/{theirs.pk}/").status_code == 404


def test_no_plate_is_told(put: Put, issued: tuple[ListKey, str], general_list: HotList) -> None:
    address = put(csv("8KRB412,CA,Stolen", "9TTT000,XX,Stolen").getvalue()).json()["refresh"]["url"]
    loading.run(general_list.pk)
    said = standing(issued[1], address).content
    assert b"8KRB412" not in said
    assert b"9TTT000" not in said
