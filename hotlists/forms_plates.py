"""The form of a hot plate. It asks; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Member
from alpr.templatetags.look import state_name
from hotlists.models import Entry, HotList
from hotlists.plates import STATES
from hotlists.moves import latest_expiry

NOT_KNOWN = "unknown"
STATE_CHOICES = [
    ("", "Choose a state"),
    (NOT_KNOWN, "Not known"),
    *sorted(((code, state_name(code)) for code in STATES), key=lambda choice: choice[1]),
]


def _longest(name: str) -> int | None:
    length: int | None = getattr(Entry._meta.get_field(name), "max_length", None)
    return length


def _line(name: str, label: str, hint: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=_longest(name),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class HotPlateForm(forms.Form):
    """A vehicle of interest for a specific list."""

    field_order = ("hot_list", "case_number", "reason", "synopsis")

    hot_list = forms.ModelChoiceField(HotList.objects.none(), label="Hot list", empty_label="Choose a list")
    plate = forms.CharField(
        max_length=20,
        help_text="The whole plate. A plate of which a part is known is searched for, not listed.",
        widget=forms.TextInput(
            attrs={
                "class": "input--plate",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )
    state = forms.ChoiceField(label="State of issue", choices=STATE_CHOICES)
    reason = _line("reason", "What the vehicle is wanted for", "In a few words, as the officer will read it.")
    case_number = _line("case_number", "Case number", "The entry is documented in the report of this case.")
    synopsis = forms.CharField(
        label="Short synopsis of the originating call",
        help_text="One or two sentences another officer could check.",
        max_length=_longest("synopsis"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    expires_on = forms.DateField(label="Last day on the list", widget=forms.DateInput(attrs={"type": "date"}))
    color = _line("color", "Color", required=False)
    make = _line("make", "Make", required=False)
    model = _line("model", "Model", required=False)
    body = _line("body", "Body", required=False)
    year = forms.IntegerField(min_value=1900, max_value=2100, required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = HotList.objects.visible_to(member).open_for_hot_plates()
        choice = self.fields["hot_list"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = lists
        if lists.count() == 1:
            choice.empty_label, choice.initial = None, lists.get().pk
        last = latest_expiry(member.agency)
        if last is not None:
            self.fields[
                "expires_on"
            ].help_text = f"At most {last:%b} {last.day}, {last.year} under the policy."
            self.fields["expires_on"].widget.attrs["max"] = last.isoformat()

    def clean_state(self) -> str:
        """The code, or empty where it is not known."""
        state: str = self.cleaned_data["state"]
        return "" if state == NOT_KNOWN else state
