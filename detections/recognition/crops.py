"""Cutting pieces out of a picture so that a recogniser sees one line of text, upright."""

import cv2
import numpy as np
from numpy.typing import NDArray

from detections.recognition.protocol import Box, Image

Quad = NDArray[np.float32]


def quad_of(box: Box) -> Quad:
    """The corners of a box, clockwise from the upper left."""
    x, y, width, height = box
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], dtype=np.float32)


def box_of(quad: Quad, *, within: Image) -> Box:
    """The upright box around a quad, kept inside the picture."""
    rows, columns = within.shape[:2]
    left, top = np.floor(quad.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(quad.max(axis=0)).astype(int).tolist()
    left, top = min(max(left, 0), columns - 1), min(max(top, 0), rows - 1)
    return left, top, max(1, min(right, columns) - left), max(1, min(bottom, rows) - top)


def size_of(quad: Quad) -> tuple[float, float]:
    """Width and height in pixels along the quad's own sides."""
    return float(np.linalg.norm(quad[0] - quad[1])), float(np.linalg.norm(quad[0] - quad[3]))


def share_inside(quad: Quad, around: Quad) -> float:
    """How much of a line's length lies inside another quad, 0 to 1, measured along its middle."""
    start, end = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
    rim = around.reshape(-1, 1, 2).astype(np.float32)
    points = [start + (end - start) * step for step in np.linspace(0.02, 0.98, 9)]
    inside = [cv2.pointPolygonTest(rim, (float(x), float(y)), False) >= 0 for x, y in points]
    return sum(inside) / len(inside)


def stretch(quad: Quad, *, sideways: float, up: float, down: float) -> Quad:
    """Move a quad's sides outwards (inwards where negative), each in parts of the quad's height."""
    _, height = size_of(quad)
    across = (quad[1] - quad[0]) / max(1e-6, float(np.linalg.norm(quad[1] - quad[0]))) * height
    along = quad[3] - quad[0]
    moves = np.array(
        [
            -across * sideways - along * up,
            across * sideways - along * up,
            across * sideways + along * down,
            -across * sideways + along * down,
        ]
    )
    return np.asarray(quad + moves, dtype=np.float32)


def cut(image: Image, quad: Quad, *, scale: float = 1.0) -> Image:
    """The quad's content as an upright picture, `scale` times as large; the picture's rim is repeated."""
    width, height = (max(2, round(side * scale)) for side in size_of(quad))
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), square)
    piece = cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(piece, dtype=np.uint8)
