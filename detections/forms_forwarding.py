"""The forms of forwarding: where detections go, the centre's key, who sends to us, and ends."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Agency, Agreement
from detections.forms_evidence import line
from detections.forms_holds import sentence
from detections.forwarding import secret, services


class SecretField(forms.CharField):
    """A key, which no browser keeps and no page shows again."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "off", "class": "mono"}
        widget = forms.PasswordInput(attributes, render_value=False)
        super().__init__(max_length=secret.LONGEST, widget=widget, **kwargs)


class ProposeForm(forms.Form):
    """Where detections are to go, under which agreement."""

    agreement = forms.ModelChoiceField(
        Agreement.objects.none(), label="Under which agreement?", empty_label=None
    )  # fmt: skip
    address = line("Address of the centre", "Such as https://centre.example.gov.", most=200, css="mono")
    secret = SecretField(
        label="The centre’s key", required=False,
        help_text="As the centre issued it. It is kept in a file apart, and can be entered later.",
    )  # fmt: skip
    with_pictures = forms.BooleanField(label="Pictures go as well", required=False, initial=True)
    earlier_since = forms.DateField(
        label="Also what came in before, captured since", required=False,
        help_text="Empty: only what comes in from now on.", widget=forms.DateInput({"type": "date"}),
    )  # fmt: skip

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [one.pk for one in services.agreements(agency)]
        field = self.fields["agreement"]
        field.queryset = agency.agreements.filter(pk__in=keys)  # type: ignore[attr-defined]
        field.label_from_instance = _headed  # type: ignore[attr-defined]


def _headed(agreement: Agreement) -> str:
    return f"{agreement.title}, with {agreement.partner_name}"


class KeyForm(forms.Form):
    """The key that the centre issued."""

    secret = SecretField(label="The centre’s key", help_text="It takes the place of the one before.")


class WhyForm(forms.Form):
    """Why it ends."""

    why = sentence("Why does it end?")


class SourceForm(forms.Form):
    """An agency that forwards to us."""

    name = line("Agency that sends", most=120)
    prefix = line(  # type: ignore[assignment]
        "Short name", "2 to 8 small letters and digits. It stands before its cameras’ codes: slpd-cam-12.",
        most=8, css="mono",
    )  # fmt: skip
    reference = line("The agreement", "As your files name it.", most=120)
    ends_on = forms.DateField(
        label="Its last day", required=False, help_text="Empty: until it is ended.",
        widget=forms.DateInput({"type": "date"}),
    )  # fmt: skip
