"""The search form: the purpose first, then what, where and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Member
from alpr.templatetags.look import day, state_name
from detections import search as query
from detections.forms_purpose import PurposeForm
from detections.models import Camera, Search
from hotlists.plates import STATES


def _moment(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget)


class SearchForm(PurposeForm):
    """A purpose, then a plate or a part of one, a state, cameras and a time."""

    plate = forms.CharField(
        label="Plate",
        max_length=60,
        widget=forms.TextInput({"class": "input--plate", "autocomplete": "off", "spellcheck": "false"}),
    )
    state = forms.ChoiceField(label="State", required=False)
    confusable = forms.BooleanField(
        label="Also characters that readers confuse",
        required=False,
        initial=True,
        help_text="8 for B, 0 for O, Q and D, 1 for I, 5 for S, 2 for Z, 6 for G",
    )
    cameras = forms.ModelMultipleChoiceField(
        label="Only these cameras",
        queryset=Camera.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    since = _moment("From")
    until = _moment("To")

    def __init__(self, *args: Any, member: Member, again: Search | None = None, **kwargs: Any) -> None:
        """`member` is who searches; `again` a search of theirs whose questions are filled in."""
        if again is not None:
            kwargs["initial"] = _asked(again)
        super().__init__(*args, member=member, **kwargs)
        states = sorted(STATES, key=state_name)
        self.fields["state"].choices = [("", "Any state"), *((code, state_name(code)) for code in states)]  # type: ignore[attr-defined]
        cameras = Camera.objects.filter(agency=member.agency_id)
        self.fields["cameras"].queryset = cameras  # type: ignore[attr-defined]
        self.fields["cameras"].label_from_instance = _camera  # type: ignore[attr-defined]
        kept = query.kept_since(member.agency.policy, timezone.now())
        self.fields["since"].help_text = f"Empty: since {day(kept)}, the oldest kept."
        self.fields["until"].help_text = "Empty: now."

    @property
    def asks_cameras(self) -> bool:
        """Whether cameras are chosen, or chosen wrongly, so that the choice stands open."""
        return bool(self["cameras"].value() or self["cameras"].errors)

    def questions(self) -> dict[str, Any]:
        """What a valid form asks, as `services_search.search_make` takes it."""
        names = ("plate", "state", "confusable", "cameras", "since", "until")
        return {name: self.cleaned_data[name] for name in names}


def _camera(camera: Camera) -> str:
    return f"{camera.name}, {camera.direction}" if camera.direction else camera.name


def _asked(search: Search) -> dict[str, Any]:
    return {
        "plate": search.pattern,
        "state": search.state,
        "confusable": search.confusable,
        "cameras": list(search.cameras.all()),
        "since": search.since,
        "until": search.until,
    }
