"""The place of a search in a form: a circle or an area, as numbers, which drawing on the map types."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from detections import search_places
from detections.forms_purpose import OneOfSeveral
from detections.models import Search

ANYWHERE, CIRCLE, AREA = "", "circle", "area"
UNITS = {"mi": ("miles", 1_609.344), "ft": ("feet", 0.3048), "m": ("meters", 1.0)}
MOST_TEXT = 100_000
_NUMBERS = re.compile(r"[,\s]+")


class PlaceNumber(forms.FloatField):
    """A number that its place asks for: not required by itself, and not optional."""

    one_of_several = True

    def __init__(self, label: str, **kwargs: Any) -> None:
        widget = forms.NumberInput({"step": "any", "inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=False, widget=widget, **kwargs)


class PlaceChoice(forms.ChoiceField):
    """A choice of which the first is taken where none is made."""

    one_of_several = True


class PlaceForm(forms.Form):
    """Where to search: anywhere, within a distance of a point, or within an area."""

    place = PlaceChoice(
        label="Place",
        required=False,
        choices=[
            (ANYWHERE, "Anywhere a camera read"),
            (CIRCLE, "Within a distance of a point"),
            (AREA, "Within a drawn area"),
        ],
        widget=forms.RadioSelect,
    )
    latitude = PlaceNumber("Latitude", min_value=-90, max_value=90)
    longitude = PlaceNumber("Longitude", min_value=-180, max_value=180)
    radius = PlaceNumber("Distance", min_value=0)
    unit = PlaceChoice(
        label="Unit", required=False, choices=[(unit, words) for unit, (words, _) in UNITS.items()]
    )
    area = OneOfSeveral(
        label="Corners",
        required=False,
        max_length=MOST_TEXT,
        help_text="One on a line, in order around the area: 38.1040, -122.2560",
        widget=forms.Textarea({"rows": 4, "class": "mono", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Read the place that was chosen into `circle` or `area`; numbers of a place not chosen are wrong."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen, said = cleaned.get("place", ANYWHERE), cleaned.get("area", "")
        cleaned["circle"] = self._circle() if chosen == CIRCLE else None
        cleaned["area"] = self._area(said) if chosen == AREA else None
        typed = chosen != AREA and said.strip()
        if chosen != CIRCLE:
            typed = typed or any(cleaned.get(name) is not None for name in ("latitude", "longitude"))
        if typed and "place" not in self.errors:
            self.add_error("place", "Choose the place that the numbers below say, or clear them.")
        return cleaned

    def _circle(self) -> tuple[float, float, float] | None:
        latitude, longitude, radius = (self._needed(name) for name in ("latitude", "longitude", "radius"))
        if latitude is None or longitude is None or radius is None:
            return None
        _, meters = UNITS[self.cleaned_data.get("unit") or "mi"]
        circle = (latitude, longitude, radius * meters)
        try:
            search_places.read_circle(circle)
        except search_places.BadPlace as bad:
            self.add_error("radius", str(bad))
        return circle

    def _needed(self, name: str) -> float | None:
        number: float | None = self.cleaned_data.get(name)
        if number is None and name not in self.errors:
            self.add_error(name, "Needed for a distance of a point.")
        return number

    def _area(self, text: str) -> list[list[str]] | None:
        corners = [_NUMBERS.split(line.strip()) for line in re.split(r"[\n;]", text) if line.strip()]
        try:
            search_places.read_area(corners)
        except search_places.BadPlace as bad:
            self.add_error("area", str(bad))
            return None
        return corners


def place_asked(search: Search) -> dict[str, Any]:
    """The place of an earlier search, as the form takes it."""
    if search.area:
        corners = "\n".join(f"{latitude}, {longitude}" for latitude, longitude in search.area)
        return {"place": AREA, "area": corners}
    if search.radius_m is None:
        return {}
    numbers = {"latitude": search.latitude, "longitude": search.longitude, "radius": search.radius_m}
    return {"place": CIRCLE, **numbers, "unit": "m"}
