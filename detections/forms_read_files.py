"""The forms of vendors' files: how one is laid out, and a file to be tried or taken in."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Agency
from detections.adapters.csv_rows import FIELDS, REQUIRED
from detections.models import Camera, ReadMapping
from detections.services_read_files import cameras
from hotlists.models import Mapping
from hotlists.reading.layouts import DELIMITERS

LARGEST_FILE = 64 * 1024 * 1024
MONO = {"class": "mono", "autocomplete": "off", "spellcheck": "false"}
DELIMITER_OF = {name: delimiter for delimiter, name in DELIMITERS.items()}
HINTS = {
    "plate": "As the header names the column; without a header its number, from 1.",
    "camera": "Its name or code here. Without this column, a camera is chosen with each file.",
    "sender_id": "Without it, plate, time and camera tell one read from another.",
    "confidence": "A part of 1, or percent.",
}


def _zones() -> list[tuple[str, str]]:
    """The department's own zone, then those of the United States and Canada, then UTC."""
    american = sorted(
        zone for zone in available_timezones() if zone.startswith(("America/", "Pacific/Honolulu"))
    )
    return [(zone, zone) for zone in dict.fromkeys([settings.TIME_ZONE, "UTC", *american])]


class ReadMappingForm(forms.Form):
    """How a vendor's files are laid out: the file, and for each field its column."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="Of the vendor and its export.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    delimiter = forms.ChoiceField(
        label="Between the values stands a",
        choices=[(name, name.capitalize()) for name in DELIMITER_OF],
        initial="comma",
    )
    has_header = forms.BooleanField(label="A header names the columns", required=False, initial=True)
    skip_lines = forms.IntegerField(
        label="Lines before the header or first read", min_value=0, max_value=1000, initial=0
    )
    encoding = forms.ChoiceField(label="Characters", choices=Mapping.Encoding.choices, required=False)
    date_format = forms.CharField(
        label="Form of its times",
        required=False,
        max_length=80,
        help_text="Such as %d.%m.%Y %H:%M:%S. Empty: ISO 8601, 12/31/2026 15:30:45 or 3:30:45 PM.",
        widget=forms.TextInput(MONO),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=_zones,
        initial=settings.TIME_ZONE,
        help_text="Of times that name none themselves.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in FIELDS.items():
            self.fields[f"column_{name}"] = forms.CharField(
                label=label,
                required=name in REQUIRED,
                max_length=80,
                help_text=HINTS.get(name, ""),
                widget=forms.TextInput({"autocomplete": "off"}),
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        """The fields that say where something stands."""
        return [self[f"column_{name}"] for name in FIELDS]

    def layout(self) -> dict[str, Any]:
        """What `services_read_files.mapping_save` takes as the layout."""
        said = self.cleaned_data
        same = ("has_header", "skip_lines", "encoding", "date_format", "time_zone")
        return {name: said[name] for name in same} | {
            "delimiter": DELIMITER_OF[said["delimiter"]],
            "columns": {
                name: _place(said[f"column_{name}"], said["has_header"])
                for name in FIELDS
                if said[f"column_{name}"]
            },
        }

    def blame(self, wrong: ValidationError) -> None:
        """Put what the service finds wrong beside the fields."""
        for part, messages in wrong.message_dict.items():
            name = part.replace("columns.", "column_")
            self.add_error(name if name in self.fields else None, messages)


def initial_of(mapping: ReadMapping) -> dict[str, Any]:
    """What the form shows of a mapping that is saved."""
    layout = mapping.layout
    return {
        **{name: value for name, value in layout.items() if name != "columns"},
        "name": mapping.name,
        "delimiter": DELIMITERS[layout["delimiter"]],
        **{f"column_{name}": str(place) for name, place in layout["columns"].items()},
    }


def _place(written: str, has_header: bool) -> str | int:
    return int(written) if not has_header and written.isascii() and written.isdecimal() else written


class ReadFileForm(forms.Form):
    """A file, how it is laid out, and the camera of lines that name none."""

    mapping = forms.ModelChoiceField(
        label="Layout",
        queryset=ReadMapping.objects.none(),
        empty_label="Choose how the file is laid out",
    )
    camera = forms.ModelChoiceField(
        label="Camera",
        queryset=Camera.objects.none(),
        required=False,
        empty_label="The file names it on each line",
        help_text="Of the lines that name none.",
    )
    file = forms.FileField(
        label="File",
        help_text="CSV, up to 20,000 lines. The file itself is not stored.",
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        """`agency` is whose cameras and layouts are offered."""
        super().__init__(*args, **kwargs)
        for name in ("mapping", "camera"):
            self.fields[name].label_from_instance = _named  # type: ignore[attr-defined]
        self.fields["mapping"].queryset = ReadMapping.objects.filter(agency=agency)  # type: ignore[attr-defined]
        self.fields["camera"].queryset = cameras(agency)  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile[bytes]:
        """The file, refused where it is larger than is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(f"The file is larger than {LARGEST_FILE // 1024**2} MB: split it.")
        return file

    def clean(self) -> dict[str, Any]:
        """A camera is needed where no column names it."""
        said = super().clean() or {}
        mapping = said.get("mapping")
        if mapping and not said.get("camera") and "camera" not in mapping.layout["columns"]:
            self.add_error("camera", "Choose the camera: this layout has no column that names it.")
        return said


def _named(row: ReadMapping | Camera) -> str:
    return row.name
