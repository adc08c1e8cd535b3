"""What every engine that reads plates gives back, whichever engine it is."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
Candidates = tuple[tuple[tuple[str, float], ...], ...]


class ReaderUnavailable(Exception):
    """The chosen engine cannot run here; the message says what to install or where to put it."""


@dataclass(frozen=True, slots=True)
class PlateRead:
    """One plate as an engine read it.

    `text` holds A-Z and 0-9 alone. `confidence` runs from 0 to 1 and is the engine's own, averaged over
    the characters. `box` is (x, y, width, height) in pixels of the image that was given. `candidates` has
    one entry per character of `text`: the characters it may be with their probabilities, best first.
    """

    text: str
    confidence: float
    box: Box
    candidates: Candidates


class PlateReader(Protocol):
    """An engine that reads plates. `name` and `version` are kept with every read it makes."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def read(self, image: Image) -> list[PlateRead]:
        """Read the plates in one image.

        Takes pixels as height x width x 3 in blue, green, red order. Gives the reads, best first; none
        where no plate was found. Raises `ReaderUnavailable` where the engine cannot run.
        """
        ...
