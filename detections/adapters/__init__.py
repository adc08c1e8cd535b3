"""What the readers of each maker send, in one shape. See `shape` for it and docs/readers.md for the makers.

One module a maker, with `KIND` (its part of the address), `TITLE` (its name for people) and `read`.
"""

from detections.adapters import axis, plate_recognizer, rekor
from detections.adapters.shape import Adapter

ADAPTERS: dict[str, Adapter] = {
    rekor.KIND: rekor,
    plate_recognizer.KIND: plate_recognizer,
    axis.KIND: axis,
}
