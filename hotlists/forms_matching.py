"""The form of how fuzzy a list is."""

from __future__ import annotations

from typing import Any

from django import forms

from hotlists.models import HotList
from hotlists.plates import GROUPS, LONGEST, BadPlate, typed

EXACT, CONFUSED = "exact", "confused"


class Groups(forms.MultipleChoiceField):
    """Needed where confused characters are taken, and so not called optional."""

    one_of_several = True


class HowMany(forms.IntegerField):
    """Needed where confused characters are taken, and so not called optional."""

    one_of_several = True


class MatchingForm(forms.Form):
    """Which characters a list takes for each other, and a plate to see what that accepts."""

    takes = forms.ChoiceField(
        label="What this list takes",
        choices=[
            (EXACT, "The listed plate alone, in no other state"),
            (CONFUSED, "Plates that a reader may have confused with it, as possible hits"),
        ],
        widget=forms.RadioSelect,
    )
    accepts = Groups(
        label="Characters that count as confused",
        choices=[(group, " ".join(group)) for group in GROUPS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    most_differing = HowMany(
        label="How many characters of one plate may differ",
        min_value=1,
        max_value=LONGEST,
        required=False,
        widget=forms.NumberInput(attrs={"min": 1, "max": LONGEST}),
    )
    plate = forms.CharField(
        label="A plate to try it on",
        max_length=20,
        required=False,
        help_text="Any plate, such as 8BOI0QD. It is not kept.",
        widget=forms.TextInput(
            attrs={"class": "input--plate", "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )

    def __init__(self, *args: Any, hot_list: HotList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_exact = not hot_list.accepts or not hot_list.most_differing
        self.initial = {
            "takes": EXACT if is_exact else CONFUSED,
            "accepts": hot_list.accepts,
            "most_differing": hot_list.most_differing or LONGEST,
        }

    def clean_plate(self) -> str:
        """The written form of the plate, or nothing."""
        plate: str = self.cleaned_data["plate"]
        try:
            return typed(plate) if plate.strip() else ""
        except BadPlate as bad:
            raise forms.ValidationError(str(bad)) from bad

    def clean(self) -> dict[str, Any]:
        """Confused characters need a group, and a number."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("takes") == CONFUSED:
            if not given.get("accepts") and "accepts" not in self.errors:
                self.add_error("accepts", "Choose one group at least, or take the listed plate alone.")
            if given.get("most_differing") is None and "most_differing" not in self.errors:
                self.add_error("most_differing", "Say how many: 1 is the strictest.")
        return given

    @property
    def setting(self) -> dict[str, Any]:
        """What was chosen, for the service."""
        if self.cleaned_data["takes"] == EXACT:
            return {"accepts": [], "most_differing": 0}
        return {name: self.cleaned_data[name] for name in ("accepts", "most_differing")}
