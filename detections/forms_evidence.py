"""The forms of evidence packages: asked for, decided, booked, handed on."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Agency
from detections.forms_holds import sentence


class AskForm(forms.Form):
    """Why a package of what a hold keeps is needed."""

    reason = sentence(
        "What is the package for?", "One sentence another person could check: who asks for it, and for what."
    )


class DecisionForm(forms.Form):
    """Whether a package is built, decided by another person than who asks."""

    note = sentence("Why?", "Needed where you decline.", required=False)


def line(label: str, hint: str = "", *, most: int, required: bool = True, css: str = "") -> forms.CharField:
    """A field for one line."""
    widget = forms.TextInput({"autocomplete": "off"} | ({"class": css} if css else {}))
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=hint, widget=widget
    )  # fmt: skip


class BookForm(forms.Form):
    """Under which number, with whom and on what a package lies in the evidence room."""

    property_number = line("Property number", "As the evidence room gave it.", most=40, css="mono")
    received_by = line("Who takes it?", "The custodian of the evidence room, with name and office.", most=120)
    medium = line("Portable medium", "Such as: USB drive, serial 0412.", most=120, required=False)

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        """`agency` is whose policy says whether evidence lies on portable media."""
        super().__init__(*args, **kwargs)
        if agency.policy.retention.booked_on_portable_media:
            self.fields["medium"].help_text += " The policy books evidence on portable media."
            self.fields["medium"].required = True


class HandOnForm(forms.Form):
    """Who takes a booked package from whom it was with, and why."""

    received_by = line("Who takes it?", "With name and office.", most=120)
    reason = sentence("Why?")
    sha256 = line(
        "SHA-256 of the copy that changes hands",
        "As sha256sum gives it. Empty: the copy that is kept here is hashed now.",
        most=64, required=False, css="mono",
    )  # fmt: skip

    def __init__(self, *args: Any, kept: bool, **kwargs: Any) -> None:
        """`kept` says whether there is still a copy here."""
        super().__init__(*args, **kwargs)
        if not kept:
            self.fields["sha256"].help_text = "As sha256sum gives it. No copy is kept here any more."
            self.fields["sha256"].required = True
