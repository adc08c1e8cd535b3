"""Which engine reads: the setting's, one per process, and a clear sentence where it cannot."""

from pathlib import Path
from typing import Any

import pytest

from detections.recognition import ENGINES, ReaderUnavailable, get_reader


def test_a_name_that_is_no_engine_is_refused_with_those_there_are() -> None:
    with pytest.raises(ReaderUnavailable, match=r"no plate reader called 'tesseract'.*rapidocr, easyocr"):
        get_reader("tesseract")


def test_easyocr_without_package_or_weights_says_what_to_do(settings: Any, tmp_path: Path) -> None:
    settings.ALPR_EASYOCR_FOLDER = str(tmp_path)

    with pytest.raises(ReaderUnavailable, match=r"\[easyocr\]|craft_mlt_25k\.pth"):
        get_reader("easyocr")


def test_the_setting_chooses(settings: Any) -> None:
    settings.ALPR_PLATE_READER = "no such engine"

    with pytest.raises(ReaderUnavailable, match="no such engine"):
        get_reader()


def test_rapidocr_is_the_default_and_made_once(settings: Any) -> None:
    del settings.ALPR_PLATE_READER

    assert get_reader().name == "rapidocr" == ENGINES[0]
    assert get_reader() is get_reader("rapidocr")
