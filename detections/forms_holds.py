"""The forms of holds: what is kept and why, its review, and its release by two people."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from accounts.models import Agency
from alpr.policy import HoldGround
from alpr.templatetags.look import day
from detections.holds import latest_review
from detections.models import Camera, Finding


def sentence(label: str, hint: str = "", *, required: bool = True) -> forms.CharField:
    """A field for one sentence that another person could check."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=300,
        help_text=hint or "One sentence another person could check.",
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )


def moment(label: str, *, required: bool, hint: str = "") -> forms.DateTimeField:
    """A field for a day with its time."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, help_text=hint, widget=widget)


def last_day(label: str) -> forms.DateField:
    """A field for a day that may be left out."""
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def grounds(agency: Agency) -> list[tuple[str, str]]:
    """The grounds that the agency's policy names, in the order of the law's words."""
    named = agency.policy.retention.hold_grounds
    return [(each.value, each.label.capitalize()) for each in HoldGround if each in named]


class HoldForm(forms.Form):
    """Why data is kept past its time, and until when somebody looks at it again."""

    ground = forms.ChoiceField(
        label="On what ground is it kept?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say on which ground of the policy it is kept."},
    )
    case_number = forms.CharField(
        label="Case number",
        max_length=30,
        widget=forms.TextInput({"class": "mono", "autocomplete": "off"}),
    )
    reason = sentence(
        "Why is it kept?",
        "One sentence another person could check: what it is evidence of, or who asks for it.",
    )
    review_by = last_day("Look at it again by")

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        """`agency` is whose policy names the grounds and the days until the review."""
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = grounds(agency)  # type: ignore[attr-defined]
        self.fields["review_by"].help_text = f"Empty: {day(latest_review(agency))}, as the policy asks."
        self.furnish(agency)

    def furnish(self, agency: Agency) -> None:
        """Add what depends on the agency."""


class HoldPlateForm(HoldForm):
    """Every detection of a plate, for always or for a time."""

    plate = forms.CharField(
        label="Plate",
        max_length=20,
        help_text="Characters that readers confuse are held as well: 8 for B, 0 for O.",
        widget=forms.TextInput({"class": "input--plate", "autocomplete": "off", "spellcheck": "false"}),
    )
    since = moment("From", required=False, hint="Empty: all that is there.")
    until = moment("To", required=False, hint="Empty: also what is yet to come.")
    field_order = ("plate", "since", "until", "ground", "case_number", "reason", "review_by")


class HoldFindingForm(HoldForm):
    """The detections of a finding."""

    finding = forms.CharField(
        label="Number of the finding",
        max_length=12,
        help_text="As its page says it: F-00012.",
        widget=forms.TextInput({"class": "mono", "autocomplete": "off"}),
    )
    field_order = ("finding", "ground", "case_number", "reason", "review_by")

    def furnish(self, agency: Agency) -> None:
        """Keep whose findings are meant."""
        self.agency = agency

    def clean_finding(self) -> Finding:
        """The finding of that number."""
        digits = re.fullmatch(r"\s*[Ff]?\s*-?\s*([0-9]{1,9})\s*", self.cleaned_data["finding"])
        found = Finding.objects.filter(agency=self.agency, pk=digits[1]).first() if digits else None
        if found is None:
            raise forms.ValidationError("There is no finding of that number.")
        return found


class HoldCameraForm(HoldForm):
    """What a camera captures in a time."""

    camera = forms.ModelChoiceField(label="Camera", queryset=Camera.objects.none(), empty_label="Choose")
    since = moment("From", required=True)
    until = moment("To", required=False, hint="Empty: also what is yet to come.")
    field_order = ("camera", "since", "until", "ground", "case_number", "reason", "review_by")

    def furnish(self, agency: Agency) -> None:
        """Offer the agency's own cameras, also those out of service."""
        self.fields["camera"].queryset = Camera.objects.filter(agency=agency)  # type: ignore[attr-defined]


class HoldReviewForm(forms.Form):
    """That a hold is still needed."""

    why = sentence("Why is it still needed?")
    review_by = last_day("Look at it again by")

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        """`agency` is whose policy says the days until the next review."""
        super().__init__(*args, **kwargs)
        self.fields["review_by"].help_text = f"Empty: {day(latest_review(agency))}, as the policy asks."


class HoldReleaseForm(forms.Form):
    """Why a hold should end."""

    why = sentence("Why should it end?")


class HoldDecisionForm(forms.Form):
    """Whether a hold ends, decided by another person than who asks."""

    note = sentence("Why?", "Needed where you decline.", required=False)
