"""EasyOCR as a plate reader, for agencies that choose it: `pip install ".[easyocr]"`.

Its weights are files that somebody puts into a folder: nothing is ever downloaded. A network of one's own
stands there in EasyOCR's format as NAME.py, NAME.yaml and NAME.pth. Both kinds of file run as code when they
are loaded, so the folder must be writable by administrators alone.
"""

import os
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detections.recognition.crops import Quad, quad_of, stretch
from detections.recognition.decoding import Alphabet, Columns
from detections.recognition.localize import localize
from detections.recognition.looking import PROPOSED, read_plates
from detections.recognition.protocol import Image, PlateRead, ReaderUnavailable

DETECTOR_FILE: Final = "craft_mlt_25k.pth"
RECOGNISER_FILE: Final = "english_g2.pth"
RECOGNISER: Final = "english_g2"
SOURCE: Final = "https://www.jaided.ai/easyocr/modelhub/"
THREADS: Final = 2
BATCH: Final = 8
MAX_COLUMNS: Final = 640

# PyTorch forgets operators whose declaration is no longer held.
_DECLARED: Final[list[Any]] = []


@dataclass(frozen=True, slots=True)
class EasySettings:
    """Where EasyOCR's files lie, and the name of a network of one's own; none means EasyOCR's English one."""

    folder: Path
    network: str = ""

    def missing(self) -> list[str]:
        """The files that must be in the folder and are not."""
        wanted = [DETECTOR_FILE, RECOGNISER_FILE]
        if self.network:
            wanted = [f"{self.network}{suffix}" for suffix in (".py", ".yaml", ".pth")]
        return [name for name in wanted if not (self.folder / name).is_file()]


def easy_settings() -> EasySettings:
    """What the settings `ALPR_EASYOCR_FOLDER` and `ALPR_EASYOCR_NETWORK` say."""
    from django.conf import settings

    folder = getattr(settings, "ALPR_EASYOCR_FOLDER", "") or Path.home() / ".EasyOCR" / "model"
    return EasySettings(Path(folder), str(getattr(settings, "ALPR_EASYOCR_NETWORK", "")))


class EasyReader:
    """EasyOCR behind the protocol. Raises `ReaderUnavailable` where its package or its files are missing."""

    name = "easyocr"

    def __init__(self, settings: EasySettings) -> None:
        """Load the networks; the settings say from where."""
        self._network = settings.network
        self._networks = EasyNetworks(settings)

    @property
    def version(self) -> str:
        own = f" with {self._network}" if self._network else ""
        return version("easyocr") + own

    def read(self, image: Image) -> list[PlateRead]:
        """Read the plates in one image, best first, at most five; see `looking.read_plates`."""
        return read_plates(self._networks, image)


class EasyNetworks:
    """EasyOCR's detector, or edges where its file is missing, and its recogniser."""

    def __init__(self, settings: EasySettings) -> None:
        easyocr, self._torch = _packages()
        if missing := settings.missing():
            raise ReaderUnavailable(
                f"EasyOCR lacks {', '.join(missing)} in {settings.folder}. Put the files there "
                f"(EasyOCR's own are at {SOURCE}) or name another folder in ALPR_EASYOCR_FOLDER; "
                "nothing is downloaded by itself."
            )
        self._torch.set_num_threads(min(THREADS, os.cpu_count() or 1))
        self._detects = (settings.folder / DETECTOR_FILE).is_file()
        self._reader = _reader(easyocr, settings, detects=self._detects)
        self._rows = int(import_module("easyocr.easyocr").imgH)
        self._alphabet = Alphabet.of(self._reader.converter.character)

    def find(self, image: Image) -> list[Quad]:
        """The lines of text in an image; without a detector, the bands of the places edges propose."""
        if not self._detects:
            boxes = [quad_of(box) for box in localize(image, limit=PROPOSED)]
            return [stretch(box, sideways=0.05, up=-0.1, down=-0.05) for box in boxes]
        level, tilted = (found[0] for found in self._reader.detect(image))
        upright = [quad_of((left, top, right - left, bottom - top)) for left, right, top, bottom in level]
        return upright + [np.asarray(corners, dtype=np.float32) for corners in tilted]

    def recognise(self, pieces: list[Image]) -> list[Columns]:
        """Look at one line of text in each piece, in batches of like width."""
        looks: dict[int, Columns] = {}
        order = sorted(range(len(pieces)), key=lambda index: self._columns(pieces[index]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            outcome = self._look([pieces[index] for index in chosen])
            looks |= {index: self._alphabet.fold(row) for index, row in zip(chosen, outcome, strict=True)}
        return [looks[index] for index in range(len(pieces))]

    def _look(self, pieces: list[Image]) -> NDArray[np.float32]:
        torch = self._torch
        columns = max(self._columns(piece) for piece in pieces)
        batch = torch.from_numpy(np.stack([self._prepared(piece, columns) for piece in pieces]))
        # The recogniser's interface asks for a text to predict, which networks of this kind do not use.
        text = torch.zeros((len(pieces), columns // 10 + 1), dtype=torch.long)
        self._reader.recognizer.eval()
        with torch.no_grad():
            outcome = self._reader.recognizer(batch, text)
        return np.asarray(torch.softmax(outcome, dim=2).numpy(), dtype=np.float32)

    def _columns(self, piece: Image) -> int:
        rows, columns = piece.shape[:2]
        return int(min(MAX_COLUMNS, max(self._rows, round(self._rows * columns / rows))))

    def _prepared(self, piece: Image, columns: int) -> NDArray[np.float32]:
        """One channel, scaled to the network's height, its last column repeated up to the batch's width."""
        gray = cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY)
        scaled = cv2.resize(gray, (self._columns(piece), self._rows), interpolation=cv2.INTER_CUBIC)
        filled = np.pad(scaled, ((0, 0), (0, columns - scaled.shape[1])), mode="edge")
        return np.asarray((filled[np.newaxis] / 255 - 0.5) / 0.5, dtype=np.float32)


def _packages() -> tuple[Any, Any]:
    try:
        version("easyocr")
        torch = import_module("torch")
        _declare_operators(torch)
        return import_module("easyocr"), torch
    except (ImportError, PackageNotFoundError) as error:
        raise ReaderUnavailable(
            'EasyOCR is not installed: pip install ".[easyocr]" (it brings PyTorch, several GB).'
        ) from error


def _declare_operators(torch: Any) -> None:
    """Let torchvision be imported beside a PyTorch for the processor alone.

    The registry's torchvision is built for graphics cards; without one its compiled operators do not load
    and it then refuses the import for want of two names. EasyOCR uses its network layouts and no operator.
    """
    try:
        import_module("torchvision")
    except RuntimeError:
        operators = torch.library.Library("torchvision", "FRAGMENT")
        boxes = "Tensor dets, Tensor scores, float iou_threshold"
        for name in ("nms", "qnms"):
            operators.define(f"{name}({boxes}) -> Tensor")
        _DECLARED.append(operators)


def _reader(easyocr: Any, settings: EasySettings, *, detects: bool) -> Any:
    try:
        return easyocr.Reader(
            ["en"],
            gpu=False,
            model_storage_directory=str(settings.folder),
            user_network_directory=str(settings.folder),
            recog_network=settings.network or RECOGNISER,
            detector=detects,
            download_enabled=False,
            verbose=False,
        )
    except Exception as error:  # a network of one's own may fail in any way
        raise ReaderUnavailable(f"EasyOCR could not load its files in {settings.folder}: {error}.") from error
