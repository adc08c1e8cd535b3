"""The forms with which a file is given, and with which one that waits is let go. The services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from hotlists.service_refresh import LARGEST


class FileForm(forms.Form):
    """A file for a general list."""

    file = forms.FileField(
        label="File",
        max_length=200,
        help_text=f"At most {LARGEST // 1024**2:,} MB.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.dat,.tsv,text/csv,text/plain"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        """The file, if it is not larger than the limit."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(f"The file is larger than {LARGEST // 1024**2:,} MB.")
        return file


class LetGoForm(forms.Form):
    """Why a file that waits is not loaded."""

    why = forms.CharField(
        label="Why it is not loaded",
        max_length=200,
        error_messages={"required": "Say why, in a few words."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
