"""The search form: the purpose first, then what, where and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Agency, Member
from alpr.templatetags.look import day, state_name
from detections import search as query
from detections.forms_place import PlaceForm, place_asked
from detections.forms_purpose import OneOfSeveral, PurposeForm
from detections.models import Camera, Search
from detections.search_agencies import choosable
from detections.search_vehicles import NAMES as VEHICLE
from hotlists.plates import STATES
from hotlists.vocabulary import vco, vma, vst

KNOWN_WORDS = {"make": vma.NAMES, "color": vco.NAMES, "body": vst.NAMES}


def _moment(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget)


def _word(name: str, label: str) -> forms.CharField:
    """A word for the vehicle, with those that the codes know offered."""
    known = {"list": f"known-{name}"} if name in KNOWN_WORDS else {}
    longest: int | None = getattr(Search._meta.get_field(name), "max_length", None)
    widget = forms.TextInput({"autocomplete": "off", "spellcheck": "false"} | known)
    return forms.CharField(label=label, required=False, max_length=longest, widget=widget)


class SearchForm(PlaceForm, PurposeForm):
    """A purpose, then a plate, a part of one or none, a vehicle, a place, cameras and a time.

    `ask` says that the member has read that the search needs a second person.
    """

    plate = OneOfSeveral(
        label="Plate",
        max_length=60,
        required=False,
        widget=forms.TextInput({"class": "input--plate", "autocomplete": "off", "spellcheck": "false"}),
    )
    state = forms.ChoiceField(label="State", required=False)
    confusable = forms.BooleanField(
        label="Also characters that readers confuse",
        required=False,
        initial=True,
        help_text="8 for B, 0 for O, Q and D, 1 for I, 5 for S, 2 for Z, 6 for G",
    )
    color = _word("color", "Color")
    make = _word("make", "Make")
    model = _word("model", "Model")
    body = _word("body", "Body")
    agencies = forms.ModelMultipleChoiceField(
        label="Whose detections",
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Another department’s are open under an agreement, and it sees that you search them.",
    )
    cameras = forms.ModelMultipleChoiceField(
        label="Only these cameras",
        queryset=Camera.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    since = _moment("From")
    until = _moment("To")
    ask = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Member, again: Search | None = None, **kwargs: Any) -> None:
        """`member` is who searches; `again` a search of theirs whose questions are filled in."""
        if again is not None:
            kwargs["initial"] = _asked(again)
        super().__init__(*args, member=member, **kwargs)
        states = sorted(STATES, key=state_name)
        self.fields["state"].choices = [("", "Any state"), *((code, state_name(code)) for code in states)]  # type: ignore[attr-defined]
        self.choosable = choosable(member)
        cameras = Camera.objects.filter(agency__in=self.choosable).select_related("agency")
        self.fields["cameras"].queryset = cameras  # type: ignore[attr-defined]
        self.fields["cameras"].label_from_instance = self._camera  # type: ignore[attr-defined]
        keys = [agency.pk for agency in self.choosable]
        self.fields["agencies"].queryset = Agency.objects.filter(pk__in=keys)  # type: ignore[attr-defined]
        self.fields["agencies"].initial = [member.agency_id]
        kept = query.kept_since(member.agency.policy, timezone.now())
        self.fields["since"].help_text = f"Empty: since {day(kept)}, the oldest kept."
        self.fields["until"].help_text = "Empty: now."

    @property
    def offers_others(self) -> bool:
        """Whether any other agency's detections are open to the member."""
        return len(self.choosable) > 1

    @property
    def asks_cameras(self) -> bool:
        """Whether cameras are chosen, or chosen wrongly, so that the choice stands open."""
        return bool(self["cameras"].value() or self["cameras"].errors)

    @property
    def asks_vehicle(self) -> bool:
        """Whether anything of the vehicle is asked, so that its fields stand open."""
        return any(self[name].value() or self[name].errors for name in VEHICLE)

    @property
    def known_words(self) -> dict[str, list[str]]:
        """Words to choose from for make, color and body."""
        return {name: sorted(set(words.values()), key=str.casefold) for name, words in KNOWN_WORDS.items()}

    def questions(self) -> dict[str, Any]:
        """What the form asks, as `services_search.search_make` takes it; of what is wrong, nothing."""
        names = (
            "plate",
            "state",
            "confusable",
            *VEHICLE,
            "circle",
            "area",
            "agencies",
            "cameras",
            "since",
            "until",
        )
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def _camera(self, camera: Camera) -> str:
        named = f"{camera.name}, {camera.direction}" if camera.direction else camera.name
        return named if camera.agency_id == self.member.agency_id else f"{camera.agency}: {named}"


def _asked(search: Search) -> dict[str, Any]:
    return {
        "plate": search.pattern,
        "state": search.state,
        "confusable": search.confusable,
        "agencies": search.searched,
        "cameras": list(search.cameras.all()),
        "since": search.since,
        "until": search.until,
        **{name: getattr(search, name) for name in VEHICLE},
        **place_asked(search),
    }
