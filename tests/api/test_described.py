"""The description of the interface: valid OpenAPI, whole, true of what is answered, and open to all."""

from __future__ import annotations

import io
import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from alpr import interface
from detections.adapters import ADAPTERS

Schema = dict[str, Any]


@pytest.fixture
def whole() -> Schema:
    """The description as it is served."""
    answer = Client().get("/api/schema/")
    assert answer.status_code == 200
    return dict(json.loads(answer.content))


def addresses() -> set[str]:
    """Every address of the interface as the resolver has it, in OpenAPI's words."""
    found = set()
    for pattern in get_resolver().url_patterns:
        if str(pattern.pattern) == "api/v1/":
            for each in pattern.url_patterns:  # type: ignore[union-attr]
                found.add("/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(each.pattern)))
    return found


def test_it_is_valid_openapi_and_made_without_a_warning(whole: Schema) -> None:
    validate_schema(whole)
    GENERATOR_STATS.reset()
    interface.description.cache_clear()
    interface.description()
    assert not GENERATOR_STATS


def test_every_address_is_described_with_its_errors(whole: Schema) -> None:
    assert set(whole["paths"]) == addresses()
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["security"], where
            assert {"401", "403", "429", "503"} <= set(operation["responses"]), where
            assert all(one["description"] for one in operation["responses"].values()), where
            assert ("requestBody" in operation) is (method != "get"), where


def test_every_reference_leads_somewhere(whole: Schema) -> None:
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(whole)))
    assert names <= set(whole["components"]["schemas"])


def test_every_kind_of_device_is_named(whole: Schema) -> None:
    (kind,) = [
        one for one in whole["paths"]["/api/v1/readers/{kind}/"]["post"]["parameters"] if one["in"] == "path"
    ]
    assert kind["schema"]["enum"] == sorted(ADAPTERS)


@pytest.mark.django_db
def test_the_page_holds_every_call_and_no_script_of_another_host() -> None:
    page = Client().get("/api/").content.decode()
    for path in addresses():
        assert path in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


# What is answered is what is described


def answered(whole: Schema, path: str, method: str, answer: Any) -> None:
    """Hold an answer against the description of its status."""
    responses = whole["paths"][path][method]["responses"]
    assert str(answer.status_code) in responses, answer.content
    (body,) = responses[str(answer.status_code)]["content"].values()
    schema = _with_null({"components": whole["components"]} | body["schema"])
    Draft202012Validator(schema).validate(answer.json())


def _with_null(schema: Any) -> Any:
    """The same in JSON Schema, which has no `nullable`."""
    if isinstance(schema, list):
        return [_with_null(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _with_null(one) for name, one in schema.items()}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


@pytest.mark.parametrize(
    "content", [[], {}, "x", [{"plate": "8KRB412"}], {"detections": []}, {"sender_id": "r", "plate": 5}]
)
def test_refused_batches_are_answered_as_described(whole: Schema, post: Any, content: Any) -> None:
    answered(whole, "/api/v1/detections/", "post", post(content))


def test_reads_pictures_and_questions_are_answered_as_described(
    whole: Schema, post: Any, row: Any, picture: bytes, reader_key: Any
) -> None:
    sent = "/api/v1/detections/"
    first = row()
    for content in (first, first, first | {"plate": "7ABC123"}, [row("r-2"), row("r-3", confidence=7)]):
        answered(whole, sent, "post", post(content))
    answered(whole, sent, "post", Client().post(sent, {}, content_type="application/json"))
    job = post({"image": io.BytesIO(picture)}, "/api/v1/images/", multipart=True)
    answered(whole, "/api/v1/images/", "post", job)
    client, header = Client(), {"Authorization": f"Bearer {reader_key[1]}"}
    asked = client.get(job.json()["job"]["url"], headers=header)
    answered(whole, "/api/v1/images/{job_id}/", "get", asked)
    answered(whole, "/api/v1/images/{job_id}/", "get", client.get("/api/v1/images/0/", headers=header))
    answered(whole, "/api/v1/transfer/", "get", client.get("/api/v1/transfer/", headers=header))
    for content in ({"left": 3, "set_aside": 0}, {"left": -1}, []):
        held = post(content, "/api/v1/transfer/held/")
        answered(whole, "/api/v1/transfer/held/", "post", held)


@pytest.mark.parametrize("kind", [*sorted(ADAPTERS), "none"])
def test_messages_of_makers_are_answered_as_described(whole: Schema, post: Any, kind: str) -> None:
    answer = post({"data_type": "heartbeat"}, f"/api/v1/readers/{kind}/")
    answered(whole, "/api/v1/readers/{kind}/", "post", answer)


BODIES = {
    "nothing": (b"", "application/json"),
    "half of JSON": (b'{"detections": [', "application/json"),
    "no JSON": (b"\xff\xfe\x00", "application/json"),
    "a number": (b"7", "application/json"),
    "deep": (b"[" * 20_000, "application/json"),
    "other values": (b'{"receipts": 3, "left": "x", "list": [], "signature": null}', "application/json"),
    "entities": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml"),
    "no boundary": (b"--x", "multipart/form-data"),
    "mixed": (b"--x\r\n\r\n--x--", "multipart/mixed; boundary=x"),
    "a form": (b"data=1", "application/x-www-form-urlencoded"),
    "no kind": (b"{}", "nonsense"),
}


@pytest.mark.parametrize("body", BODIES)
def test_bad_input_is_answered_as_described_at_every_address(
    whole: Schema, body: str, reader_key: Any
) -> None:
    content, kind = BODIES[body]
    client, headers = Client(), {"Authorization": f"Bearer {reader_key[1]}"}
    for path, methods in whole["paths"].items():
        address = path.format(kind="hikvision", job_id=0, pk=1, refresh=uuid.uuid4())
        for method in methods:
            answer = client.generic(method.upper(), address, content, content_type=kind, headers=headers)
            answered(whole, path, method, answer)
            assert method == "get" or 400 <= answer.status_code < 500, (path, answer.content)
