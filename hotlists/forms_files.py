"""The form with which a file is given. It asks; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from hotlists import csv_files


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
