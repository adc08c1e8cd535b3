"""The forms of a shift: the equipment check at its start, and why its data has not come in at its end."""

from __future__ import annotations

from typing import Any

from django import forms

from detections.forms_purpose import OneOfSeveral
from detections.shifts import LONGEST_WHY, Check, Item

PASSED, FAILED = "passed", "failed"
LOOK_AT = {
    Item.READER: "Its program runs and shows no fault.",
    Item.CAMERAS: "Lenses clean, mounts tight, a plate in the middle of the picture.",
    Item.CLOCK: "The vehicle’s computer shows the time of this page.",
    Item.POSITION: "The reader shows where the car is.",
    Item.LISTS: "The reader has the lists of today.",
    Item.NETWORK: "The vehicle’s computer reaches this system.",
}
NAMED = {
    Item.READER: "reader",
    Item.CAMERAS: "cameras",
    Item.CLOCK: "clock",
    Item.POSITION: "position",
    Item.LISTS: "hot lists",
    Item.NETWORK: "network",
}


class EquipmentCheckForm(forms.Form):
    """Each item passed or not, with a note of what was found."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in Item:
            self.fields[item.value] = forms.ChoiceField(
                label=item.label,
                help_text=LOOK_AT[item],
                choices=[(PASSED, "Passed"), (FAILED, "Did not pass")],
                widget=forms.RadioSelect,
                error_messages={"required": "Say whether this passed."},
            )
            self.fields[f"{item.value}_note"] = forms.CharField(
                label=f"Note on the {NAMED[item]}",
                max_length=200,
                required=False,
                widget=forms.TextInput({"autocomplete": "off"}),
            )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each item with its note."""
        return [(self[item.value], self[f"{item.value}_note"]) for item in Item]

    def clean(self) -> dict[str, Any]:
        """Ask for a note where an item did not pass."""
        said: dict[str, Any] = super().clean() or {}
        for item in Item:
            if said.get(item.value) == FAILED and not said.get(f"{item.value}_note"):
                self.add_error(f"{item.value}_note", "Say what was found.")
        return said

    def checks(self) -> dict[str, Check]:
        """What a valid form says, as `shifts.shift_begin` takes it."""
        said = self.cleaned_data
        return {
            item.value: Check(passed=said[item.value] == PASSED, note=said[f"{item.value}_note"])
            for item in Item
        }


class ShiftEndForm(forms.Form):
    """Why the data of the shift has not come in."""

    why = OneOfSeveral(
        label="Why has it not come in?",
        max_length=LONGEST_WHY,
        required=False,
        help_text="One sentence another person could check. The administrator sees it.",
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )
