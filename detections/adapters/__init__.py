"""What the readers of each maker send, in one shape. See `shape` for it and docs/readers.md for the makers.

One module a maker, with `KIND` (its part of the address), `TITLE` (its name for people) and `read`.
"""

from detections.adapters import (
    axis,
    blue_iris,
    flock,
    frigate,
    genetec,
    hikvision,
    plate_recognizer,
    rekor,
    verkada,
)
from detections.adapters.shape import Adapter

ADAPTERS: dict[str, Adapter] = {
    rekor.KIND: rekor,
    plate_recognizer.KIND: plate_recognizer,
    axis.KIND: axis,
    hikvision.KIND: hikvision,
    genetec.KIND: genetec,
    frigate.KIND: frigate,
    blue_iris.KIND: blue_iris,
    flock.KIND: flock,
    verkada.KIND: verkada,
}
