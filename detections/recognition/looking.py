"""How a picture is read, whichever engine's networks look: first everywhere, then closer, then elsewhere."""

from typing import Final, Protocol

from detections.recognition.choosing import Sight, is_sure, plates_among, ranked, without_stamps
from detections.recognition.crops import Quad, box_of, cut, quad_of, share_inside, size_of, stretch
from detections.recognition.decoding import Columns
from detections.recognition.localize import localize
from detections.recognition.protocol import Image, PlateRead

LEAST_HEIGHT: Final = 6.0
CLOSER: Final = 3
PROPOSED: Final = 6
REPORTED: Final = 5


class Networks(Protocol):
    """An engine's two parts: one finds lines of text, the other looks at one line."""

    def find(self, image: Image) -> list[Quad]:
        """The lines of text in an image, as corners clockwise from the upper left."""
        ...

    def recognise(self, pieces: list[Image]) -> list[Columns]:
        """One look at each piece, which holds one line of text."""
        ...


def read_plates(networks: Networks, image: Image) -> list[PlateRead]:
    """Read the plates in one image, best first, at most five.

    Every line that the engine finds is looked at once, the likeliest a second time; where doubt is left,
    the places that edges propose are looked at as well. The camera's date and signs are left out.
    """
    sights = without_stamps(_first_look(networks, image), rows=len(image))
    sights = _closer_look(networks, image, sights)
    best = next(iter(ranked(sights)), None)
    if best is None or not is_sure(best[1]):
        sights = _look_elsewhere(networks, image, sights)
    return [
        PlateRead(reading.text, reading.confidence, box_of(sight.quad, within=image), reading.candidates)
        for sight, reading in plates_among(sights)[:REPORTED]
    ]


def _first_look(networks: Networks, image: Image) -> list[Sight]:
    quads = [quad for quad in networks.find(image) if size_of(quad)[1] >= LEAST_HEIGHT]
    looks = networks.recognise([cut(image, quad) for quad in quads])
    return [Sight(quad, (look,)) for quad, look in zip(quads, looks, strict=True)]


def _closer_look(networks: Networks, image: Image, sights: list[Sight]) -> list[Sight]:
    """Look again at the likeliest lines, wider and without what stands close above and below."""
    chosen = [sight for sight, _ in ranked(sights)[:CLOSER]]
    pieces = [cut(image, stretch(sight.quad, sideways=0.15, up=-0.1, down=-0.1)) for sight in chosen]
    looks = dict(zip(map(id, chosen), networks.recognise(pieces), strict=True))
    return [sight.with_look(looks[id(sight)]) if id(sight) in looks else sight for sight in sights]


def _look_elsewhere(networks: Networks, image: Image, sights: list[Sight]) -> list[Sight]:
    """Look where edges say that a plate may be.

    A place that holds all of one line is a further look at it, one that holds no line is a line of its own.
    What cuts a line short, or holds several, says nothing and is passed over.
    """
    bands = [
        stretch(quad_of(box), sideways=0.05, up=-0.1, down=-0.05) for box in localize(image, limit=PROPOSED)
    ]
    seen = list(sights)
    for band, look in zip(bands, networks.recognise([cut(image, band) for band in bands]), strict=True):
        shares = [share_inside(sight.quad, band) for sight in sights]
        if max(shares, default=0.0) == 0.0:
            seen.append(Sight(stretch(band, sideways=0, up=-0.15, down=-0.15), (look,)))
        elif sum(share > 0 for share in shares) == 1 and 1.0 in shares:
            place = shares.index(1.0)
            seen[place] = seen[place].with_look(look)
    return without_stamps(seen, rows=len(image))
