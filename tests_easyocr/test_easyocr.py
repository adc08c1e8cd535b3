"""The EasyOCR engine for real: a small network of one's own, taught on drawn plates, read through it.

Run by `make test-easyocr`, which makes a virtual environment with EasyOCR in it.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detections.recognition import PlateReader, ReaderUnavailable, get_reader
from detections.recognition.easy import DETECTOR_FILE, RECOGNISER_FILE, EasyReader, EasySettings
from tests.recognition.drawn import draw_scene
from tests.recognition.no_network import run_filtered
from tests_easyocr import training

PLATES = ("7KRB412", "2BRK147", "1XKB224")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a network of one's own, as EasyOCR wants it."""
    place = tmp_path_factory.mktemp("easyocr")
    training.write(training.train(), place)
    return place


@pytest.fixture(scope="session")
def reader(folder: Path) -> PlateReader:
    return EasyReader(EasySettings(folder, training.NAME))


def test_missing_weights_are_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReaderUnavailable) as refused:
        EasyReader(EasySettings(tmp_path))

    sentence = str(refused.value)
    assert DETECTOR_FILE in sentence
    assert RECOGNISER_FILE in sentence
    assert str(tmp_path) in sentence
    assert "nothing is downloaded by itself" in sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".py", ".yaml", ".pth"])
def test_a_missing_file_of_ones_own_network_is_named(folder: Path, tmp_path: Path, suffix: str) -> None:
    for name in (f"{training.NAME}{kind}" for kind in (".py", ".yaml", ".pth") if kind != suffix):
        (tmp_path / name).write_bytes((folder / name).read_bytes())

    with pytest.raises(ReaderUnavailable, match=rf"lacks {training.NAME}\{suffix} in"):
        EasyReader(EasySettings(tmp_path, training.NAME))


def test_damaged_weights_are_a_sentence_and_no_crash(folder: Path, tmp_path: Path) -> None:
    for suffix in (".py", ".yaml"):
        (tmp_path / f"{training.NAME}{suffix}").write_bytes(
            (folder / f"{training.NAME}{suffix}").read_bytes()
        )
    (tmp_path / f"{training.NAME}.pth").write_bytes(b"no weights")

    with pytest.raises(ReaderUnavailable, match="could not load its files"):
        EasyReader(EasySettings(tmp_path, training.NAME))


def test_easyocrs_own_weights_are_checked_and_never_fetched(tmp_path: Path) -> None:
    for name in (DETECTOR_FILE, RECOGNISER_FILE):
        (tmp_path / name).write_bytes(b"other weights")

    with pytest.raises(ReaderUnavailable, match=r"could not load its files.*downloads disabled"):
        EasyReader(EasySettings(tmp_path))


def test_an_empty_street_has_no_plate(reader: PlateReader) -> None:
    assert reader.read(np.full((480, 640, 3), 96, dtype=np.uint8)) == []


@pytest.mark.parametrize("plate", PLATES)
def test_a_drawn_plate_is_read(reader: PlateReader, plate: str) -> None:
    image, (x, y, width, height) = draw_scene(plate)

    read = reader.read(image)[0]

    assert read.text == plate
    across, down = read.box[0] + read.box[2] / 2, read.box[1] + read.box[3] / 2
    assert x <= across <= x + width
    assert y <= down <= y + height


def test_a_read_keeps_the_protocols_promises(reader: PlateReader) -> None:
    image, _ = draw_scene(PLATES[0])

    for read in reader.read(image):
        assert set(read.text) <= set(training.CHARACTERS)
        assert 0.0 <= read.confidence <= 1.0
        assert [ranked[0][0] for ranked in read.candidates] == list(read.text)
        assert read.box[0] >= 0
        assert read.box[0] + read.box[2] <= image.shape[1]
    assert (reader.name, reader.version) == ("easyocr", f"1.7.2 with {training.NAME}")


def test_the_settings_choose_engine_folder_and_network(folder: Path, settings: Any) -> None:
    settings.ALPR_PLATE_READER = "easyocr"
    settings.ALPR_EASYOCR_FOLDER = str(folder)
    settings.ALPR_EASYOCR_NETWORK = training.NAME

    assert get_reader().name == "easyocr"


def test_reading_opens_no_connection(folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from detections.recognition.easy import EasyReader, EasySettings\n"
        "from tests.recognition.drawn import draw_scene\n"
        "reader = EasyReader(EasySettings(Path(sys.argv[1]), sys.argv[2]))\n"
        f"print(reader.read(draw_scene('{PLATES[0]}')[0])[0].text)"
    )

    child = run_filtered(code, str(folder), training.NAME, env={"HOME": str(tmp_path)})

    assert (child.returncode, child.stdout.strip()) == (0, PLATES[0]), child.stderr
