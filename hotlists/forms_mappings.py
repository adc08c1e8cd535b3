"""The forms of mappings: how a file is laid out, which column is which field, and what its words mean."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from alpr.templatetags.look import state_name
from hotlists.models import Mapping, Priority, Source
from hotlists.plates import STATES
from hotlists.reading import FIELDS
from hotlists.reading.describing import WORDED, name_of_field
from hotlists.reading.layouts import DELIMITERS

PLAIN = {"autocomplete": "off"}
MONO = PLAIN | {"class": "mono", "spellcheck": "false"}
DELIMITER_OF = {name: delimiter for delimiter, name in DELIMITERS.items()}
SHOWN_CONSTANTS = ("reason", "state", "source_file", "entering_agency", "priority")
FIELD_CHOICES = [("", "Passes"), *((name, name_of_field(name).capitalize()) for name in FIELDS)]
FIELD_CHOICES = [(name, "VIN" if name == "vin" else words) for name, words in FIELD_CHOICES]
STATE_CHOICES = sorted(((code, state_name(code)) for code in STATES), key=lambda choice: choice[1])
PRIORITY_CHOICES = [("high", "High"), ("medium", "Normal"), ("low", "Low")]
NOT_THE_SAME = ("", "Not the same on every line")


def _line(label: str, hint: str = "", *, required: bool = False, **other: Any) -> forms.CharField:
    attrs = other.pop("attrs", PLAIN)
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, help_text=hint, required=required, widget=widget, **other)


class MappingForm(forms.Form):
    """What is said of a mapping but for its columns."""

    name = _line("Name", "Of the source, as the list’s settings show it.", required=True, max_length=120)
    source = forms.ChoiceField(choices=[("", "Choose a source"), *Source.choices])
    layout = forms.ChoiceField(
        label="How values are told apart",
        choices=[
            (Mapping.Form.DELIMITED, "Delimited: a sign stands between them"),
            (Mapping.Form.FIXED, "Fixed length: each stands at its own place of the line"),
        ],
        widget=forms.RadioSelect,
        initial=Mapping.Form.DELIMITED,
    )
    delimiter = forms.ChoiceField(
        choices=[("", "Tell from the sample"), *((name, name.capitalize()) for name in DELIMITER_OF)],
        required=False,
        help_text="Of a delimited file.",
    )
    has_header = forms.BooleanField(
        label="A header names the columns", required=False, initial=True, help_text="Of a delimited file."
    )
    skip_lines = forms.IntegerField(
        label="Lines before the header or first entry", min_value=0, max_value=1000, initial=0
    )
    encoding = forms.ChoiceField(label="Characters", choices=Mapping.Encoding.choices, required=False)
    sample = forms.CharField(
        label="First lines of a file",
        help_text="A page or two is enough. It is used on this page alone and not stored.",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs=MONO | {"rows": 8, "wrap": "off"}),
    )
    file = forms.FileField(
        label="Or the file itself",
        help_text="Its first 64 KB are shown above. It is not stored.",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput,
    )
    constant_reason = _line("Reason", "Where no column gives one: what every entry is listed for.")
    constant_state = forms.ChoiceField(
        label="State of issue", choices=[NOT_THE_SAME, *STATE_CHOICES], required=False
    )
    constant_source_file = forms.ChoiceField(
        label="Source file", choices=[NOT_THE_SAME, *Source.choices], required=False
    )
    constant_entering_agency = _line("Entering agency")
    constant_priority = forms.ChoiceField(
        label="Priority", choices=[NOT_THE_SAME, *PRIORITY_CHOICES], required=False
    )
    words = forms.CharField(
        label="What its words mean",
        help_text="One on a line, as: action: D = remove",
        required=False,
        widget=forms.Textarea(attrs=MONO | {"rows": 4}),
    )
    date_format = _line(
        "Form of its dates", "Such as %Y%m%d. Empty: 2026-12-31, 12/31/2026 or 20261231.", attrs=MONO
    )
    ncic_codes = forms.BooleanField(
        label="Makes, styles and colors are NCIC codes",
        required=False,
        help_text="TOYT is shown as Toyota, 4D as sedan, 4 doors, SIL as silver.",
    )
    is_incremental = forms.BooleanField(
        label="A file holds changes, not the whole list",
        required=False,
        help_text="What a file does not name stays. A column of actions says what is removed.",
    )

    def clean_words(self) -> dict[str, dict[str, str]]:
        """The words by field. Raises ValidationError for a line that cannot be read, with its number."""
        return words_of(self.cleaned_data["words"])

    def clean_constant_reason(self) -> str:
        """The reason with single spaces."""
        return " ".join(self.cleaned_data["constant_reason"].split())

    def described(self) -> dict[str, Any]:
        """What `service_mappings` takes, but for the columns."""
        said = self.cleaned_data
        same = ("name", "source", "encoding", "has_header", "skip_lines", "words", "date_format")
        constants = {name: said[f"constant_{name}"] for name in SHOWN_CONSTANTS}
        return {name: said[name] for name in (*same, "ncic_codes", "is_incremental")} | {
            "form": said["layout"],
            "delimiter": DELIMITER_OF.get(said["delimiter"], ""),
            "constants": {name: value for name, value in constants.items() if value},
        }


def initial_of(mapping: Mapping) -> dict[str, Any]:
    """What the form shows of a mapping that is saved."""
    same = ("name", "source", "encoding", "skip_lines", "date_format", "ncic_codes", "is_incremental")
    return {name: getattr(mapping, name) for name in same} | {
        "layout": mapping.form,
        "has_header": mapping.has_header,
        "delimiter": DELIMITERS.get(mapping.delimiter, ""),
        "words": text_of_words(mapping.words),
        **{f"constant_{name}": _shown(name, mapping.constants.get(name, "")) for name in SHOWN_CONSTANTS},
    }


def _shown(name: str, value: str) -> str:
    numbers = {str(Priority.HIGH): "high", str(Priority.NORMAL): "medium", str(Priority.LOW): "low"}
    return numbers.get(value, value.replace("normal", "medium")) if name == "priority" else value


def words_of(text: str) -> dict[str, dict[str, str]]:
    """Words by field, from lines such as `action: D = remove`. Raises ValidationError, with the line."""
    found: dict[str, dict[str, str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        field, _, rest = line.partition(":")
        written, sign, meant = rest.rpartition("=")
        name = field.strip().casefold().replace(" ", "_")
        if name not in WORDED or not sign or not written.strip():
            raise ValidationError(f"Line {number} is not of the form action: D = remove.")
        found.setdefault(name, {})[written.strip()] = meant.strip()
    return found


def text_of_words(words: dict[str, dict[str, str]]) -> str:
    """The same lines, from words by field."""
    return "\n".join(
        f"{field}: {written} = {meant}" for field, each in words.items() for written, meant in each.items()
    )


class ColumnForm(forms.Form):
    """Which field a column is. `where` is `n:` and the column's name, or `i:` and its place from 0."""

    where = forms.CharField(widget=forms.HiddenInput, max_length=400, strip=False)
    field = forms.ChoiceField(choices=FIELD_CHOICES, required=False, widget=forms.Select)


class PlaceForm(forms.Form):
    """Where a field of a fixed-length file starts, from 1, and how long it is."""

    start = forms.IntegerField(required=False, widget=forms.NumberInput(attrs=PLAIN | {"min": 1}))
    length = forms.IntegerField(required=False, widget=forms.NumberInput(attrs=PLAIN | {"min": 1}))
