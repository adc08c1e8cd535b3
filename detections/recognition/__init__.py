"""Reading plates in pictures: one protocol, engines behind it, chosen by `ALPR_PLATE_READER`.

A library of its own: nothing here touches the database or the trail.
"""

import os
from functools import cache

# onnxruntime opens a connection and writes a device id unless this stands before its first import.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from detections.recognition.images import BadImage, open_image
from detections.recognition.protocol import PlateRead, PlateReader, ReaderUnavailable

__all__ = ["BadImage", "PlateRead", "PlateReader", "ReaderUnavailable", "get_reader", "open_image"]

ENGINES = ("rapidocr", "easyocr")
DEFAULT_ENGINE = "rapidocr"


def get_reader(name: str | None = None) -> PlateReader:
    """The engine called `name`, or the one that the setting `ALPR_PLATE_READER` names.

    One per process, made on first use. Raises `ReaderUnavailable` for a name that is no engine and where
    the engine's package or files are missing.
    """
    return _made(name or _name_from_settings())


def _name_from_settings() -> str:
    from django.conf import settings

    return (
        str(getattr(settings, "ALPR_PLATE_READER", DEFAULT_ENGINE)) if settings.configured else DEFAULT_ENGINE
    )


@cache
def _made(name: str) -> PlateReader:
    if name == "rapidocr":
        from detections.recognition.rapid import RapidReader

        return RapidReader()
    if name == "easyocr":
        from detections.recognition.easy import EasyReader, easy_settings

        return EasyReader(easy_settings())
    raise ReaderUnavailable(f"There is no plate reader called {name!r}; choose one of: {', '.join(ENGINES)}.")
