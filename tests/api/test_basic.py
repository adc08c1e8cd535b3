"""Devices that can set no header send the key as the password of HTTP Basic."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client

from detections.models import ReaderKey
from tests.api.conftest import ADDRESS, JSON
from training.api.keys import secret_in

pytestmark = pytest.mark.django_db


def basic(text: str | bytes) -> str:
    return "Basic " + base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


@pytest.mark.parametrize("header", [
    "Basic", "Basic ", "Basic !!!", "Basic dTpw=x", basic("nobody"), basic("reader:"), basic(b"reader:\xff"),
    basic("reader:not a key"), "Digest username=x", "basic\tx",
])  # fmt: skip
def test_what_holds_no_key_opens_nothing_and_both_ways_are_named(header: str) -> None:
    answer = Client().post(ADDRESS, {}, content_type=JSON, headers={"Authorization": header})
    assert answer.status_code == 401
    assert 'Bearer realm="readers"' in answer["WWW-Authenticate"]
    assert 'Basic realm="readers"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize("name", ["", "reader", "anything: goes"[:8]])
def test_any_name_with_the_key_as_password_signs_in(
    name: str, reader_key: tuple[ReaderKey, str], row: Any
) -> None:
    header = {"Authorization": basic(f"{name}:{reader_key[1]}")}
    assert Client().post(ADDRESS, row(), content_type=JSON, headers=header).status_code == 201


def test_a_revoked_key_is_refused_this_way_too(reader_key: tuple[ReaderKey, str], row: Any) -> None:
    key, secret = reader_key
    key.revoke()
    key.save()
    header = {"Authorization": basic(f"x:{secret}")}
    answer = Client().post(ADDRESS, row(), content_type=JSON, headers=header)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "revoked_key")


def test_a_password_may_hold_colons() -> None:
    assert secret_in(basic("x:a:b")) == "a:b"
    assert secret_in("bearer  abc ") == "abc"
