"""RapidOCR as a plate reader: the networks that lie in its wheel, used offline."""

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detections.recognition.crops import Quad
from detections.recognition.decoding import Alphabet, Columns
from detections.recognition.looking import read_plates
from detections.recognition.protocol import Image, PlateRead, ReaderUnavailable

DETECTION_SIDE: Final = 1280
THREADS: Final = 2
BATCH: Final = 8
ROWS: Final = 48
# The recogniser reads best when narrow pieces stand in a field of this width.
MIN_COLUMNS: Final = 320
MAX_COLUMNS: Final = 640


class RapidReader:
    """RapidOCR's text detector and recogniser behind the protocol."""

    name = "rapidocr"

    def __init__(self, *, threads: int = THREADS) -> None:
        """Load the networks; `threads` is the most that one read may use."""
        self._networks = RapidNetworks(threads=min(threads, os.cpu_count() or 1))

    @property
    def version(self) -> str:
        return version("rapidocr")

    def read(self, image: Image) -> list[PlateRead]:
        """Read the plates in one image, best first, at most five; see `looking.read_plates`."""
        return read_plates(self._networks, image)


class RapidNetworks:
    """The detector and the recogniser, one session each, shared by all reads of a process."""

    def __init__(self, *, threads: int) -> None:
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        try:
            engine = _engine(threads)
        except (ImportError, PackageNotFoundError) as error:
            raise ReaderUnavailable("RapidOCR is not installed: pip install rapidocr onnxruntime.") from error
        self._detector: Any = engine._load_det_model()
        self._recogniser: Any = engine._load_rec_model()
        self._alphabet = Alphabet.of(self._recogniser.postprocess_op.character)

    def find(self, image: Image) -> list[Quad]:
        """The lines of text in an image, as corners clockwise from the upper left."""
        boxes = self._detector(image).boxes
        return [] if boxes is None else [np.asarray(box, dtype=np.float32) for box in boxes]

    def recognise(self, pieces: list[Image]) -> list[Columns]:
        """Look at one line of text in each piece, in batches of like width."""
        looks: dict[int, Columns] = {}
        order = sorted(range(len(pieces)), key=lambda index: _columns(pieces[index]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            outcome = self._recogniser.session(_batch([pieces[index] for index in chosen]))
            looks |= {index: self._alphabet.fold(row) for index, row in zip(chosen, outcome, strict=True)}
        return [looks[index] for index in range(len(pieces))]


def _engine(threads: int) -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION_SIDE,
        }
    )


def _columns(piece: Image) -> int:
    rows, columns = piece.shape[:2]
    return int(min(MAX_COLUMNS, max(8, round(ROWS * columns / rows))))


def _batch(pieces: list[Image]) -> NDArray[np.float32]:
    widths = [_columns(piece) for piece in pieces]
    batch = np.zeros((len(pieces), 3, ROWS, max(MIN_COLUMNS, *widths)), dtype=np.float32)
    for row, (piece, width) in enumerate(zip(pieces, widths, strict=True)):
        scaled = cv2.resize(piece, (width, ROWS)).astype(np.float32)
        batch[row, :, :, :width] = scaled.transpose(2, 0, 1) / 127.5 - 1
    return batch
