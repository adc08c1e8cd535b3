"""How a parking hit is ended: with a citation, or without and why."""

from __future__ import annotations

from typing import Any

from django import forms

from detections.models import ParkingHit
from detections.parking.closing import LONGEST_NOTE


class CiteForm(forms.Form):
    """The number of the citation."""

    citation_number = forms.CharField(
        label="Citation number",
        max_length=30,
        error_messages={"required": "Give the number of the citation."},
        widget=forms.TextInput({"class": "mono", "autocomplete": "off", "autocapitalize": "characters"}),
    )


class EndForm(forms.Form):
    """Why there is no citation."""

    reason = forms.ChoiceField(
        label="Why is there no citation?",
        choices=ParkingHit.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say why there was no citation."},
    )
    note = forms.CharField(
        label="Note",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )


FORMS: dict[str, Any] = {"cite": CiteForm, "none": EndForm}
