"""RapidOCR as a plate reader: the networks that lie in its wheel, read offline."""

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import numpy as np

from detections.recognition.crops import Quad, box_of, cut, size_of
from detections.recognition.decoding import Alphabet, Line, decode
from detections.recognition.protocol import Image, PlateRead, ReaderUnavailable

DETECTION_SIDE: Final = 1280
THREADS: Final = 2
BATCH: Final = 8
ROWS: Final = 48
MIN_COLUMNS: Final = 320
MAX_COLUMNS: Final = 640


class RapidReader:
    """RapidOCR's text detector and recogniser. Loads its networks on the first read."""

    name = "rapidocr"

    def __init__(self, *, threads: int = THREADS) -> None:
        self._networks = Networks(threads=min(threads, os.cpu_count() or 1))

    @property
    def version(self) -> str:
        return version("rapidocr")

    def read(self, image: Image) -> list[PlateRead]:
        """Read the plates in one image, best first."""
        quads = self._networks.find(image)
        lines = self._networks.recognise([cut(image, quad) for quad in quads])
        found = [(quad, line) for quad, line in zip(quads, lines, strict=True) if 2 <= len(line.text) <= 8]
        found.sort(key=lambda pair: -pair[1].confidence * size_of(pair[0])[1])
        return [
            PlateRead(line.text, line.confidence, box_of(quad, within=image), line.candidates)
            for quad, line in found
        ]


class Networks:
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

    def recognise(self, pieces: list[Image]) -> list[Line]:
        """Read one line of text in each piece, in batches of like width."""
        lines: dict[int, Line] = {}
        order = sorted(range(len(pieces)), key=lambda index: _columns(pieces[index]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            outcome = self._recogniser.session(_batch([pieces[index] for index in chosen]))
            lines |= {
                index: decode(self._alphabet.fold(row)) for index, row in zip(chosen, outcome, strict=True)
            }
        return [lines[index] for index in range(len(pieces))]


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
    return min(MAX_COLUMNS, max(8, round(ROWS * columns / rows)))


def _batch(pieces: list[Image]) -> np.ndarray[Any, np.dtype[np.float32]]:
    import cv2

    widths = [_columns(piece) for piece in pieces]
    batch = np.zeros((len(pieces), 3, ROWS, max(MIN_COLUMNS, *widths)), dtype=np.float32)
    for row, (piece, width) in enumerate(zip(pieces, widths, strict=True)):
        scaled = cv2.resize(piece, (width, ROWS)).astype(np.float32)
        batch[row, :, :, :width] = scaled.transpose(2, 0, 1) / 127.5 - 1
    return batch
