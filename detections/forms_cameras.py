"""Forms on the pages of cameras."""

from __future__ import annotations

from typing import Any

from django import forms

from detections.models import Camera, ReaderKey


class ChannelForm(forms.Form):
    """A device's own name for one of several cameras that it sends for under one key."""

    key = forms.ModelChoiceField(ReaderKey.objects.none(), empty_label=None)
    device_name = forms.CharField(
        label="The device’s name",
        max_length=100,
        help_text="Exactly as the device writes it in its messages.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    camera = forms.ModelChoiceField(Camera.objects.none(), label="Is camera", empty_label="Choose a camera")

    def __init__(self, *args: Any, camera: Camera, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = Camera.objects.filter(agency=camera.agency_id).exclude(kind=Camera.Kind.PHOTOGRAPH)
        self.fields["key"].queryset = camera.keys.filter(revoked_at=None)  # type: ignore[attr-defined]
        self.fields["camera"].queryset = readers  # type: ignore[attr-defined]
