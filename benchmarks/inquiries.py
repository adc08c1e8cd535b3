"""What is asked of a year of detections: plates that were read, parts of them, places, cameras, depths."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.year import DAYS, MIDDLE, SPREAD, Year
from detections import partitions, plates_seen
from detections import search as query
from detections.models import Search
from trail.models import Inquiry

HOUR = timedelta(hours=1)
RADII = (150, 400, 1_000, 2_500)
ABSENT = 20
_SAMPLE = "SELECT plate FROM {table} TABLESAMPLE SYSTEM (10) ORDER BY random() LIMIT %s"
_RARE = "SELECT plate_key FROM detections_seenplate TABLESAMPLE SYSTEM (2) ORDER BY random() LIMIT %s"


@dataclass(frozen=True)
class Asked:
    """One search and the page of it that is opened: behind `after`, or the first."""

    search: Search
    after: uuid.UUID | None = None


class Asker:
    """Makes so many different searches of each kind in a year, the same ones each time."""

    def __init__(self, year: Year, count: int) -> None:
        self._year, self.count = year, count
        self._dice = random.Random(20261122)
        self._plates = self._sample()
        self._inquiry = Inquiry.objects.create(
            member=year.member, agency=year.agency, offense="robbery", case_number="26-11873",
            reason="Where was the car of the Quay St robbery before 16:40?",
        )  # fmt: skip
        self._until = min(timezone.now(), plates_seen.first_moment(year.last + 1))
        self._since = plates_seen.first_moment(year.last - DAYS + 1)

    def _sample(self) -> list[str]:
        """Plates of reads, so that frequent ones are frequent, and as many of the list of plates."""
        half = self.count * 2 // 3 + 1
        days = self._dice.sample(range(self._year.last - DAYS + 1, self._year.last), 20)
        plates: list[str] = []
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(0.5)")
            for day in days:
                table = partitions.name(plates_seen.first_moment(day).date())
                cursor.execute(_SAMPLE.format(table=table), [half // 20 + 1])
                plates += [plate for (plate,) in cursor.fetchall()]
            cursor.execute(_RARE, [half])
            plates = plates[:half] + [plate for (plate,) in cursor.fetchall()]
        plates = [plate for plate in dict.fromkeys(plates) if len(plate) == 7]
        self._dice.shuffle(plates)
        return plates[: self.count]

    def _search(self, pattern: str = "", **asked: Any) -> Search:
        kind = Search.Kind.NONE
        if pattern:
            kind = Search.Kind.PARTIAL if set("?*") & set(pattern) else Search.Kind.EXACT
        asked = {"since": self._since, "until": self._until} | asked
        return Search(inquiry=self._inquiry, agency=self._year.agency, kind=kind, pattern=pattern, **asked)

    def _hour(self) -> dict[str, datetime]:
        """An hour of the day, on any day but the last."""
        day = plates_seen.first_moment(self._year.last - self._dice.randrange(1, DAYS))
        since = day + timedelta(seconds=self._dice.randrange(4 * 3600, 20 * 3600))
        return {"since": since, "until": since + HOUR}

    def _each(self, spell: Callable[[str], str], **asked: Any) -> list[Asked]:
        return [Asked(self._saved(self._search(spell(plate), **asked))) for plate in self._plates]

    def _saved(self, search: Search) -> Search:
        search.save()
        return search

    def exact(self) -> list[Asked]:
        """Whole plates; one in twenty was never read."""
        absent = iter(f"0ZZ{number:04}" for number in range(self.count))
        return self._each(
            lambda plate: next(absent) if self._dice.randrange(ABSENT) == 0 else plate, confusable=False
        )

    def confusable(self) -> list[Asked]:
        """Whole plates and what readers take for them."""
        return self._each(str)

    def beginning(self) -> list[Asked]:
        """The first three to five characters."""
        return self._each(lambda plate: f"{plate[: self._dice.randint(3, 5)]}*")

    def middle(self) -> list[Asked]:
        """Three characters within."""
        return self._each(lambda plate: f"*{plate[1:4]}*" if self._dice.randrange(2) else f"??{plate[2:5]}*")

    def end(self) -> list[Asked]:
        """The last three or four characters."""
        return self._each(lambda plate: f"*{plate[-self._dice.randint(3, 4) :]}")

    def part_and_camera(self) -> list[Asked]:
        """Three characters within, at three cameras."""
        found = self._each(lambda plate: f"*{plate[1:4]}*")
        for asked in found:
            asked.search.cameras.set(self._dice.sample(self._year.cameras, 3))
        return found

    def part_and_vehicle(self) -> list[Asked]:
        """The last three characters of a vehicle of one color and make."""
        return self._each(lambda plate: f"*{plate[-3:]}", color="RED", make="TESL")

    def place(self) -> list[Asked]:
        """A circle around somewhere, in an hour."""
        made = []
        for _ in range(self.count):
            north, east = (degrees + SPREAD * (2 * self._dice.random() - 1) for degrees in MIDDLE)
            circle = {"latitude": north, "longitude": east, "radius_m": self._dice.choice(RADII)}
            made.append(Asked(self._saved(self._search(**circle, **self._hour()))))
        return made

    def area(self) -> list[Asked]:
        """A drawn area of a few streets, in an hour."""
        made = []
        for _ in range(self.count):
            north, east = (degrees + SPREAD * (2 * self._dice.random() - 1) for degrees in MIDDLE)
            wide = self._dice.uniform(0.003, 0.02)
            corners = [[north, east], [north, east + wide], [north + wide, east + wide], [north + wide, east]]
            made.append(Asked(self._saved(self._search(area=corners, **self._hour()))))
        return made

    def camera(self) -> list[Asked]:
        """One camera in an hour."""
        made = [Asked(self._saved(self._search(**self._hour()))) for _ in range(self.count)]
        for asked in made:
            asked.search.cameras.set([self._dice.choice(self._year.cameras)])
        return made

    def vehicle(self) -> list[Asked]:
        """A vehicle by color and make without a plate, in an hour."""
        asked = {"color": "GREEN", "make": "Subaru"}
        return [Asked(self._saved(self._search(**asked, **self._hour()))) for _ in range(self.count)]

    def deep(self, pages: int) -> list[Asked]:
        """The page behind so many others of a part of a plate that fits thousands."""
        made = []
        for _ in range(self.count // 4):
            search = self._saved(self._search(f"{self._dice.choice('2345679')}*"))
            made.append(Asked(search, self._behind(search, pages)))
        return made

    def _behind(self, search: Search, pages: int) -> uuid.UUID | None:
        rows = query.walk(search, limit=pages * query.PAGE)
        last = None
        for row in rows:
            last = row.pk
        return last
