"""The form with which a finding is closed."""

from __future__ import annotations

from django import forms

from detections.models import Finding


class CloseForm(forms.Form):
    """What it was, and how that was seen."""

    result = forms.ChoiceField(
        label="What is it?",
        choices=Finding.Result.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what it was."},
    )
    note = forms.CharField(
        label="How did you see that?",
        max_length=300,
        help_text="A few words that another person could check. No name, and no plate.",
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )
