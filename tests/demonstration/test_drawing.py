"""The demonstration's pictures: refusals, one picture per seed, plates that a reader can read."""

import io
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detections.demonstration.drawing import BODIES, CODES, Scene, draw_plate, draw_scene, plausible_plate
from detections.demonstration.plates import DESIGNS
from detections.recognition import get_reader, open_image

MOMENT = datetime(2026, 11, 22, 2, 39, 31, 420000, timezone(timedelta(hours=-8)))
CAST: dict[str, Any] = {
    "plate": "7KRB412",
    "state": "CA",
    "color": "BLU",
    "body": "sedan",
    "night": False,
    "seed": 4,
    "camera": "CAM 12 QUAY ST/5TH NB",
    "captured_at": MOMENT,
}
READ = [
    ("CA", "sedan", "white", False),
    ("NV", "suv", "black", True),
    ("OR", "pickup", "red", False),
    ("AZ", "hatchback", "silver", True),
    ("WA", "sedan", "dark blue", False),
    ("TX", "pickup", "gray", True),
]


def drawn(**changes: Any) -> Scene:
    return draw_scene(**CAST | changes)


@cache
def scene(**changes: Any) -> Scene:
    """A scene that several tests may look at, drawn once."""
    return drawn(**changes)


def pixels(jpeg: bytes) -> np.ndarray[Any, np.dtype[np.int16]]:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")).astype(np.int16)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"plate": "ABCD12345"}, "'ABCD12345' has 9 characters; a plate holds 1 to 8"),
        ({"plate": ""}, "has 0 characters"),
        ({"plate": "7krb412"}, "letters A to Z and the digits 0 to 9 alone"),
        ({"state": "ZZ"}, "no plate design for the state 'ZZ'; choose one of: CA, NV"),
        ({"color": "plaid"}, "no paint for the color 'plaid'; choose one of: beige, black"),
        ({"body": "tank"}, "no drawing of the body 'tank'; choose one of: sedan"),
        ({"captured_at": MOMENT.replace(tzinfo=None)}, "needs its time zone"),
    ],
)
def test_refuses_what_cannot_be_drawn(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        drawn(**change)


def test_a_plate_alone_refuses_too() -> None:
    with pytest.raises(ValueError, match="a plate holds 1 to 8"):
        draw_plate("ABCD12345", "CA")
    with pytest.raises(ValueError, match="no plate design"):
        plausible_plate("ZZ", Random(1))


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert drawn() == scene()
    assert scene(seed=5).jpeg != scene().jpeg


def test_a_code_and_its_word_are_one_color() -> None:
    assert scene(color="blue").jpeg == scene(color="blu").jpeg == scene().jpeg
    assert CODES["white"] == "WHI"


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize("body", sorted(BODIES))
def test_the_picture_is_a_jpeg_of_the_stated_size(body: str, night: bool) -> None:
    one = scene(body=body, night=night)
    with Image.open(io.BytesIO(one.jpeg)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (one.width, one.height))
    assert len(one.jpeg) < 150_000


@pytest.mark.parametrize("seed", range(4))
def test_only_the_box_differs_between_two_plates(seed: int) -> None:
    one, other = scene(seed=seed, plate="11111111"), scene(seed=seed, plate="MMMMMMMM")
    assert one.box == other.box
    x, y, width, height = one.box
    difference = np.abs(pixels(one.jpeg) - pixels(other.jpeg)).max(axis=2)
    inside = difference[y : y + height, x : x + width] > 40
    assert inside.mean() > 0.1
    columns = np.flatnonzero(inside.any(axis=0))
    assert columns.max() - columns.min() > width * 0.75
    difference[y : y + height, x : x + width] = 0
    # A JPEG block that the box's edge crosses changes a little on its far side too.
    assert difference.max() < 40


def test_night_is_darker_and_its_plate_is_lit() -> None:
    day, night = scene(), scene(night=True)
    x, y, width, height = night.box
    dark = pixels(night.jpeg)
    assert dark.mean() < pixels(day.jpeg).mean() / 2
    assert dark[y : y + height, x : x + width].mean() > 3 * dark.mean()


def test_the_stamp_shows_the_camera_and_the_time() -> None:
    plain = pixels(scene().jpeg)
    for change in ({"camera": "CAM 3 HARBOR"}, {"captured_at": datetime(2026, 11, 21, tzinfo=UTC)}):
        difference = np.abs(plain - pixels(scene(**change).jpeg)).max(axis=2)
        assert difference[-36:].max() > 100
        assert difference[:-48].max() == 0


@pytest.mark.parametrize("state", sorted(DESIGNS))
def test_invented_numbers_follow_the_state_and_avoid_letters_like_digits(state: str) -> None:
    pattern = DESIGNS[state].pattern
    numbers = [plausible_plate(state, Random(seed)) for seed in range(200)]
    assert numbers[0] == plausible_plate(state, Random(0))
    for number in numbers:
        assert "".join("0" if sign.isdigit() else "A" for sign in number) == pattern
        assert not set(number) & set("IOQ")


@pytest.mark.parametrize(("state", "body", "color", "night"), READ)
def test_the_reader_reads_the_plate_where_the_box_says(
    state: str, body: str, color: str, night: bool
) -> None:
    plate = plausible_plate(state, Random(f"{state}{body}"))
    one = scene(plate=plate, state=state, body=body, color=color, night=night, seed=len(color))
    image, _ = open_image(one.jpeg)
    read = get_reader("rapidocr").read(image)[0]
    assert read.text.replace("O", "0") == plate.replace("O", "0")
    x, y, width, height = one.box
    middle = read.box[0] + read.box[2] / 2, read.box[1] + read.box[3] / 2
    assert x < middle[0] < x + width
    assert y < middle[1] < y + height
