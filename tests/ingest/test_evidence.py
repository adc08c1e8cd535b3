"""Evidence images: no row without its file, no file left after a rollback, no way out of the folder."""

from __future__ import annotations

import multiprocessing
import os
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from detections import images
from detections.recognition import BadImage

JPEG = b"\xff\xd8\xff\xe0 the rest"
MOMENT = datetime(2026, 11, 22, 1, 30, tzinfo=timezone(timedelta(hours=9)))


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """The evidence folder of one test."""
    storage = settings.STORAGES["evidence"]
    options = storage["OPTIONS"] | {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"evidence": storage | {"OPTIONS": options}}
    return tmp_path


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg>", b"RIFF....WAVE", b"%PDF"])
def test_what_does_not_begin_as_a_picture_is_not_stored(folder: Path, data: bytes) -> None:
    with pytest.raises(BadImage):
        images.store(data, MOMENT)
    assert not any(folder.iterdir())


@pytest.mark.parametrize(
    "name",
    ["", "../secret.jpg", "/etc/passwd", "2026/11/22/../../x.jpg", "2026/11/22/" + "0" * 32 + ".jpg\n"],
)
def test_a_name_that_is_none_opens_and_removes_nothing(name: str) -> None:
    for act in (images.open, images.remove):
        with pytest.raises(ValueError, match="no name"):
            act(name)


def test_what_is_not_there_cannot_be_opened_and_counts_as_gone() -> None:
    name = "2026/11/22/" + "0" * 32 + ".jpg"
    with pytest.raises(FileNotFoundError):
        images.open(name)
    assert images.remove(name)


@pytest.mark.parametrize(
    ("data", "suffix"), [(JPEG, "jpg"), (b"\x89PNG\r\n\x1a\n..", "png"), (b"RIFF....WEBP..", "webp")]
)
def test_a_picture_is_stored_under_its_day_in_utc_for_the_owner_alone(
    folder: Path, data: bytes, suffix: str
) -> None:
    name = images.store(data, MOMENT)
    assert re.fullmatch(rf"2026/11/21/[0-9a-f]{{32}}\.{suffix}", name)
    with images.open(name) as file:
        assert file.read() == data
    assert (folder / name).stat().st_mode & 0o077 == 0


def test_the_same_picture_twice_has_two_files_so_that_one_can_go() -> None:
    first, second = images.store(JPEG, MOMENT), images.store(JPEG, MOMENT)
    assert first != second
    assert images.remove(first)
    assert images.open(second).read() == JPEG


def test_an_error_takes_back_what_was_stored_within_and_nothing_else(folder: Path) -> None:
    before = images.store(JPEG, MOMENT)
    with pytest.raises(KeyError):
        _store_two_and_fail()
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / before]


def test_a_process_that_dies_after_storing_leaves_a_whole_file_and_no_half_one(folder: Path) -> None:
    process = multiprocessing.get_context("fork").Process(target=_store_and_die)
    process.start()
    process.join()
    assert process.exitcode == 9
    (left,) = [path for path in folder.rglob("*") if path.is_file()]
    assert left.read_bytes() == JPEG


def _store_two_and_fail() -> None:
    with images.taken_back_on_error() as names:
        images.store(JPEG, MOMENT)
        images.store(JPEG, datetime(2026, 1, 1, tzinfo=UTC))
        assert len(names) == 2
        raise KeyError


def _store_and_die() -> None:
    with images.taken_back_on_error():
        images.store(JPEG, MOMENT)
        os._exit(9)
