"""Where a plate may be, by edges and morphology: a row of strokes, wider than high, in one patch.

The engine's own text detector misses plates that are dim, small or soft. This finds where to look again;
it proposes, and reading decides.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detections.recognition.protocol import Box, Image

WORK_SIDE: Final = 960
ASPECT: Final = (1.3, 6.5)
PLATE_ASPECT: Final = 2.2
# A plate's width in parts of the picture's longer side.
WIDTH: Final = (0.03, 0.6)


def localize(image: Image, *, limit: int = 5) -> list[Box]:
    """Boxes (x, y, width, height in pixels of `image`) that may hold a plate, best first, at most `limit`."""
    scale = min(1.0, WORK_SIDE / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    strokes = _strokes(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8))
    found: list[tuple[float, Box]] = []
    for closing in ((9, 3), (17, 5), (31, 7)):
        found += _patches(strokes, closing)
    found.sort(key=lambda pair: -pair[0])
    kept: list[Box] = []
    for _, box in found:
        if len(kept) < limit and all(overlap(box, other) < 0.4 for other in kept):
            kept.append(box)
    return [_enlarged(box, 1 / scale) for box in kept]


def overlap(one: Box, other: Box) -> float:
    """The area two boxes share over the area they cover together, 0 to 1."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0, wide) * max(0, high)
    return shared / max(1, one[2] * one[3] + other[2] * other[3] - shared)


def _strokes(gray: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much upright stroke stands at each pixel, against what is usual around it."""
    smooth = cv2.GaussianBlur(gray, (3, 3), 0)
    across = np.abs(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3))
    usual = cv2.blur(across, (151, 151)) + 12.0
    return np.asarray(across / usual, dtype=np.float32)


def _patches(strokes: NDArray[np.float32], closing: tuple[int, int]) -> list[tuple[float, Box]]:
    dense = (cv2.blur(strokes, (closing[0], closing[1])) > 1.6).astype(np.uint8)
    closed = cv2.morphologyEx(dense, cv2.MORPH_CLOSE, np.ones(closing[::-1], np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((5, 9), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    side = max(strokes.shape)
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        fits = ASPECT[0] <= width / height <= ASPECT[1] and WIDTH[0] <= width / side <= WIDTH[1]
        if fits and height >= 8:
            filled = cv2.contourArea(outline) / (width * height)
            density = float(strokes[y : y + height, x : x + width].mean())
            like = 1 / (1 + abs(np.log(width / height / PLATE_ASPECT)))
            found.append((density * filled * like, (x, y, width, height)))
    return found


def _enlarged(box: Box, factor: float) -> Box:
    x, y, width, height = (round(side * factor) for side in box)
    return x, y, width, height
