"""The centre's address: only its sources, only their own cameras, every row accounted for, nothing twice."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AdoptedPolicy, Agency, Member
from detections import images
from detections.forwarding import cameras, sources
from detections.models import Camera, Detection, ForwardedCamera, ForwardKey, ForwardSource, ReaderKey
from tests.hits.conftest import stored_picture
from trail.models import Event
from trail.verbs import Verb

URL, STANDING = "/api/v1/forwarded/", "/api/v1/forwarded/standing/"
CAMERA = {"name": "Quay St", "kind": "fixed", "direction": "", "latitude": 38.1, "longitude": -122.2}


def row(name: str = "r1", **facts: Any) -> dict[str, Any]:
    """A row as a source sends it."""
    moment = timezone.now() - timedelta(minutes=3)
    given = {"sender_id": name, "camera": "c1", "captured_at": moment.isoformat(), "plate": "7ABC123"}
    return given | facts


def post(key: str, content: Any, files: dict[str, bytes] | None = None) -> Any:
    """Send a batch, with pictures as a form."""
    auth = {"Authorization": f"Bearer {key}"}
    if files is None:
        body = json.dumps(content)
        return Client().post(URL, data=body, content_type="application/json", headers=auth)
    parts = {name: SimpleUploadedFile(name, data) for name, data in files.items()}
    return Client().post(URL, data={"data": json.dumps(content), **parts}, headers=auth)


def batch(*rows: Any, **beside: Any) -> dict[str, Any]:
    """A batch of rows of camera c1."""
    return {"cameras": {"c1": CAMERA}, "detections": list(rows)} | beside


def test_only_a_standing_key_of_an_open_source_is_let_in(
    centre_key: str, source: ForwardSource, centre_chief: Member, reader_key: tuple[ReaderKey, str]
) -> None:
    """Refusals are on the trail; a key opens no other address."""
    assert post("wrong", batch(row())).status_code == 401
    assert post(reader_key[1], batch(row())).status_code == 401
    auth = {"Authorization": f"Bearer {centre_key}"}
    other = Client().post("/api/v1/detections/", "[]", content_type="application/json", headers=auth)
    assert other.status_code == 401
    ForwardSource.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    ended = post(centre_key, batch(row()))
    assert (ended.status_code, ended.json()["error"]["code"]) == (403, "agreement_ended")
    ForwardSource.objects.update(ends_on=None)
    key = ForwardKey.objects.get()
    sources.source_key_revoke(actor=centre_chief, key=key)
    assert post(centre_key, batch(row())).json()["error"]["code"] == "revoked_key"
    assert Client().get(STANDING, headers=auth).status_code == 403
    assert Event.objects.filter(verb=Verb.ATTEMPTED, agency=source.agency, outcome="refused").count() == 3
    assert not Detection.objects.exists()
    assert not Camera.objects.filter(agency=source.agency).exists()


def test_the_same_batch_changes_nothing_and_every_row_is_accounted_for(
    centre_key: str, source: ForwardSource
) -> None:
    """Good, bad, of no camera, of one it says nothing of, too old, again under the same id."""
    long_ago = (timezone.now() - timedelta(days=4000)).isoformat()
    rows = [
        row("a", engine="e 1"), row("b", plate="!!"), row("c", camera=None), row("d", camera="c2"), "x",
        row("e", captured_at=long_ago), row("f", camera="c\0"),
    ]  # fmt: skip
    rows += [rows[0] | {"plate": "8ZZZ999"}, rows[0]]
    first = post(centre_key, batch(*rows))
    assert first.status_code == 201
    told = first.json()
    counts = [told["receipt"][name] for name in ("accepted", "duplicates", "refused")]
    assert counts == [1, 1, 7]
    assert [one["index"] for one in told["refused"]] == [1, 2, 3, 4, 5, 6, 7]
    again = post(centre_key, batch(*rows))
    assert again.status_code == 200
    assert again.json()["receipt"]["accepted"] == 0
    assert again.json()["receipt"]["sha256"] == told["receipt"]["sha256"]
    stored = Detection.objects.get()
    assert (stored.sender_id, stored.engine, stored.agency_id) == ("a", "e 1", source.agency_id)
    now = ForwardSource.objects.get()
    assert (now.accepted, now.duplicates, now.refused) == (1, 3, 14)
    standing = Client().get(STANDING, headers={"Authorization": f"Bearer {centre_key}"})
    assert standing.json()["received"] == 1
    assert "7ABC123" not in standing.content.decode() + json.dumps(told)


def test_a_source_reaches_no_camera_but_its_own(
    centre_key: str, source: ForwardSource, centre_chief: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither ours nor another source's, whatever it calls them; and not more than there may be."""
    ours = Camera.objects.create(agency=source.agency, code="ald-taken", name="Ours")
    told = {"taken": CAMERA, "c1": CAMERA}
    answer = post(centre_key, {"cameras": told, "detections": [row("a", camera="taken"), row("b")]})
    assert [one["sender_id"] for one in answer.json()["refused"]] == ["a"]
    assert not Detection.objects.filter(camera=ours).exists()
    other = sources.source_register(
        actor=centre_chief, agency=source.agency, name="Other", prefix="oth", reference="MOU 2"
    )
    secret = sources.source_key_issue(actor=centre_chief, source=other)[1]
    assert post(secret, batch(row("b"))).status_code == 201
    assert set(Detection.objects.values_list("camera__code", flat=True)) == {"ald-c1", "oth-c1"}
    monkeypatch.setattr(cameras, "MOST_CAMERAS", 1)
    more = post(centre_key, {"cameras": {"c9": CAMERA}, "detections": [row("c", camera="c9")]})
    assert "No more than" in more.json()["refused"][0]["reasons"]["camera"]
    bad = CAMERA | {"latitude": "north"}
    assert post(secret, {"cameras": {"c3": bad}, "detections": [row("d", camera="c3")]}).status_code == 200
    moved = CAMERA | {"name": "Quay St at 9th"}
    assert post(centre_key, {"cameras": {"c1": moved}, "detections": [row("e")]}).status_code == 201
    assert ForwardedCamera.objects.get(source=source).camera.name == "Quay St at 9th"
    assert Event.objects.filter(verb=Verb.ATTEMPTED, object_repr__contains="camera c9").exists()


def test_pictures_come_whole_or_not_at_all(centre_key: str, source: ForwardSource, evidence: Path) -> None:
    """A picture that was changed on the way has the batch sent again; one that is none is refused."""
    with images.open(stored_picture()[0]) as file:
        picture = file.read()
    before = len(list(evidence.rglob("*.jpg")))
    sha256 = hashlib.sha256(picture).hexdigest()
    wrong = post(centre_key, batch(row("a", picture_sha256="0" * 64)), {"a": picture})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (503, "damaged")
    assert not Detection.objects.exists()
    lie = b"\xff\xd8\xff no picture"
    rows = [
        row("a", picture_sha256=sha256, box=[1, 2, 3, 4]),
        row("b", picture_sha256=hashlib.sha256(lie).hexdigest()), row("c", box=[1, 2, 3, 4]),
    ]  # fmt: skip
    told = post(centre_key, batch(*rows), {"a": picture, "b": lie}).json()
    assert told["receipt"]["accepted"] == 2
    assert "image" in told["refused"][0]["reasons"]
    with_picture = Detection.objects.get(sender_id="a")
    assert with_picture.box == [1, 2, 3, 4]
    assert Detection.objects.get(sender_id="c").box is None
    assert len(list(evidence.rglob("*.jpg"))) == before + 1
    adopted = source.agency.adopted
    assert adopted is not None
    none = adopted.policy.with_values({"retention.images_on_server": False})
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=none.to_dict())
    assert post(centre_key, batch(row("d", picture_sha256=sha256)), {"d": picture}).status_code == 201
    assert Detection.objects.get(sender_id="d").image == ""
    assert len(list(evidence.rglob("*.jpg"))) == before + 1


def test_bodies_that_are_none_or_too_much_are_refused(centre_key: str) -> None:
    """With a sentence each, and nothing stored."""
    for content in ([], {"detections": []}, "x", None, {"detections": [row()] * 1001}):
        assert post(centre_key, content).status_code in (400, 413)
    auth = {"Authorization": f"Bearer {centre_key}"}
    for body in (b"\xff\xfe", b"[" * 5000, b'{"detections": [NaN]}'):
        answer = Client().post(URL, body, content_type="application/json", headers=auth)
        assert answer.status_code == 400
    assert Client().get(URL, headers=auth).status_code == 405
    assert not Detection.objects.exists()


leaf = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
)
anything = st.recursive(
    leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
)
NAMES = [
    "sender_id", "camera", "captured_at", "plate", "state", "confidence", "candidates", "vehicle", "box",
    "latitude", "engine", "picture_sha256",
]  # fmt: skip
changed_values = st.dictionaries(st.sampled_from(NAMES), anything, max_size=4)
rows_of_all_kinds = st.lists(
    st.one_of(
        anything,
        st.builds(lambda name: row(name or "n"), st.text(max_size=8)),
        st.builds(lambda other: row("h") | other, changed_values),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_all_kinds, facts=anything, waiting=anything)
def test_whatever_comes_no_row_is_lost_from_the_receipt(
    centre_key: str, centre: Agency, rows: list[Any], facts: Any, waiting: Any
) -> None:
    """Every batch is answered, and its counts are those of what was sent."""
    before = Detection.objects.count()
    answer = post(centre_key, {"cameras": {"c1": facts or CAMERA}, "detections": rows, "waiting": waiting})
    assert answer.status_code in (200, 201), answer.content
    receipt = answer.json()["receipt"]
    assert receipt["accepted"] + receipt["duplicates"] + receipt["refused"] == len(rows)
    assert len(answer.json()["refused"]) == receipt["refused"]
    assert Detection.objects.count() == before + receipt["accepted"]
