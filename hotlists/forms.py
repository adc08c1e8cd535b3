"""The forms of hot lists and hot plates. They ask; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Member
from alpr.templatetags.look import state_name
from hotlists import csv_files
from hotlists.models import Entry, HotList
from hotlists.plates import STATES
from hotlists.services import latest_expiry

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


class WhyForm(forms.Form):
    """The reason of a change, which stays with it."""

    why = forms.CharField(
        label="Why",
        max_length=200,
        error_messages={"required": "Say why, in a few words."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ListForm(forms.Form):
    """A hot list to be designated."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    kind = forms.ChoiceField(
        choices=[
            (HotList.Kind.GENERAL, "General: its entries come from an agency’s file"),
            (HotList.Kind.SPECIFIC, "Specific: members enter hot plates, and others approve them"),
        ],
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(choices=[("", "Choose a source"), *HotList.Source.choices])
    refresh_hours = forms.IntegerField(
        label="Hours after which it is old",
        help_text="Only where that is sooner than the policy says.",
        min_value=1,
        max_value=8760,
        required=False,
    )


class FileForm(forms.Form):
    """A CSV file for a general list."""

    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        max_length=200,
        help_text=f"At most {csv_files.LARGEST // 1024**2} MB and {csv_files.MOST_LINES:,} lines.",
        error_messages={"required": "Choose the file."},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        """The file, if it is not larger than the limit."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > csv_files.LARGEST:
            raise forms.ValidationError(f"The file is larger than {csv_files.LARGEST // 1024**2} MB.")
        return file
