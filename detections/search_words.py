"""What a search asks, in words, for every page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from detections.forms_place import UNITS
from detections.models import Camera, Search
from hotlists import vocabulary

_MILE = UNITS["mi"][1]
_A_TENTH = 0.1


@dataclass(frozen=True)
class Asked:
    """One search in words."""

    search: Search

    @property
    def vehicle(self) -> str:
        """The vehicle asked for; empty where nothing of it is asked."""
        asked = self.search
        return vocabulary.vehicle(color=asked.color, make=asked.make, model=asked.model, body=asked.body)

    @property
    def place(self) -> str:
        """The place asked for; empty for anywhere."""
        asked = self.search
        if asked.area:
            return f"in a drawn area of {len(asked.area)} corners"
        if asked.radius_m is None:
            return ""
        miles = asked.radius_m / _MILE
        far = f"{miles:.1f} miles" if miles >= _A_TENTH else f"{asked.radius_m} meters"
        return f"within {far} of {asked.latitude:.4f}, {asked.longitude:.4f}"

    @cached_property
    def chosen(self) -> list[Camera]:
        """The cameras that were chosen; none where all are asked."""
        return list(self.search.cameras.all())

    @property
    def cameras(self) -> str:
        """How many cameras."""
        count = len(self.chosen)
        if not count:
            return "all cameras"
        return self.chosen[0].name if count == 1 else f"{count} cameras"

    @property
    def agencies(self) -> str:
        """Whose detections, where others' are looked through; empty where only one's own."""
        return " and ".join(map(str, self.search.searched)) if self.search.others else ""

    @property
    def plate_gone(self) -> bool:
        """Whether it asked for a plate that is deleted with the detections that it spoke of."""
        return self.search.kind != Search.Kind.NONE and not self.search.pattern
