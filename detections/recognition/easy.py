"""EasyOCR as a plate reader, for agencies that choose it: `pip install .[easyocr]`."""

from dataclasses import dataclass
from pathlib import Path

from detections.recognition.protocol import Image, PlateRead, ReaderUnavailable


@dataclass(frozen=True, slots=True)
class EasySettings:
    """Where EasyOCR's weights lie, and the name of a network of one's own, if there is one."""

    folder: Path
    network: str = ""


def settings_from_environment() -> EasySettings:
    """The settings `ALPR_EASYOCR_FOLDER` and `ALPR_EASYOCR_NETWORK`."""
    from django.conf import settings

    folder = getattr(settings, "ALPR_EASYOCR_FOLDER", None) or Path.home() / ".EasyOCR"
    return EasySettings(Path(folder), str(getattr(settings, "ALPR_EASYOCR_NETWORK", "")))


class EasyReader:
    """EasyOCR's detector and recogniser behind the protocol."""

    name = "easyocr"

    def __init__(self, settings: EasySettings) -> None:
        raise ReaderUnavailable("EasyOCR is not installed here: pip install '.[easyocr]'.")

    @property
    def version(self) -> str:
        return ""

    def read(self, image: Image) -> list[PlateRead]:
        return []
