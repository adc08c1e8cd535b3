"""The forms of a hot plate. They ask; the services decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from accounts.models import Agency, Member
from alpr.templatetags.look import day, state_name
from hotlists.models import Entry, HotList, Priority
from hotlists.moves import latest_expiry
from hotlists.plates import STATES
from hotlists.vocabulary import vco, vma, vst
from hotlists.wanted import Wanted, longest_look_back
from trail.models import Offense

NOT_KNOWN = "unknown"
STATE_CHOICES = [
    ("", "Choose a state"),
    (NOT_KNOWN, "Not known"),
    *sorted(((code, state_name(code)) for code in STATES), key=lambda choice: choice[1]),
]
KNOWN_WORDS = {"make": vma.NAMES, "color": vco.NAMES, "body": vst.NAMES}
WHOLE = "The whole plate. The policy does not speak of entering a part of one."
PARTS = "Whole, or in part: ? for one unknown character, * for any number of them, as in 8AB?12*."
BY_VEHICLE = "Leave it empty to enter a description alone: two at least of color, make, model and body."


def _longest(name: str) -> int | None:
    length: int | None = getattr(Entry._meta.get_field(name), "max_length", None)
    return length


def _line(name: str, label: str, hint: str = "", *, missing: str = "") -> forms.CharField:
    """One line of text, needed where there are words for its being missing."""
    known = {"list": f"known-{name}"} if name in KNOWN_WORDS else {}
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(missing),
        error_messages={"required": missing},
        max_length=_longest(name),
        widget=forms.TextInput(attrs={"autocomplete": "off"} | known),
    )


class PlateField(forms.CharField):
    """A plate, whole or in part; empty where the vehicle is described instead, so not called optional."""

    one_of_several = True


class LastDayField(forms.DateField):
    """The last day of a hot plate, with the latest that the policy allows."""

    def __init__(self) -> None:
        super().__init__(
            label="Last day on the list",
            widget=forms.DateInput(attrs={"type": "date"}),
            error_messages={"required": "Say until when it is wanted.", "invalid": "That is no date."},
        )

    def bound_by(self, agency: Agency) -> None:
        """Say the latest day that the agency's policy allows."""
        last = latest_expiry(agency)
        if last is not None:
            self.help_text = f"At most {day(last)} under the policy."
            self.widget.attrs["max"] = last.isoformat()


class HotPlateForm(forms.Form):
    """A vehicle of interest for a specific list."""

    field_order = ("hot_list", "case_number", "offense", "reason", "synopsis", "person")

    hot_list = forms.ModelChoiceField(
        HotList.objects.none(),
        label="Hot list",
        empty_label="Choose a list",
        error_messages={
            "required": "Choose a list.",
            "invalid_choice": "That list takes no hot plates now.",
        },
    )
    plate = PlateField(
        max_length=24,
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "input--plate",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )
    state = forms.ChoiceField(
        label="State of issue",
        choices=STATE_CHOICES,
        error_messages={"required": "Choose the state, or “Not known”."},
    )
    reason = _line(
        "reason",
        "What the vehicle is wanted for",
        "In a few words, as the officer will read it.",
        missing="Say what the vehicle is wanted for.",
    )
    case_number = _line(
        "case_number",
        "Case number",
        "The entry is documented in the report of this case.",
        missing="Give the case number.",
    )
    offense = forms.ChoiceField(
        label="Kind of case",
        choices=[("", "Choose"), *Offense.choices],
        help_text="Needed for a part of a plate, for a description, and to look back.",
        required=False,
    )
    synopsis = forms.CharField(
        label="Short synopsis of the originating call",
        help_text="One or two sentences another officer could check.",
        error_messages={"required": "Say in a sentence what happened, where and when."},
        max_length=_longest("synopsis"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    person = _line(
        "person",
        "Who is sought, if a person is",
        "As an officer would know them. A hit on the vehicle does not say that they are in it.",
    )
    priority = forms.TypedChoiceField(
        label="How loudly it rings",
        choices=[("", "As its list does"), *Priority.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    expires_on = LastDayField()
    color = _line("color", "Color")
    make = _line("make", "Make")
    model = _line("model", "Model")
    body = _line("body", "Body")
    year = forms.IntegerField(min_value=1900, max_value=2100, required=False)
    look_back_days = forms.IntegerField(min_value=0, max_value=3650, required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policy = member.agency.policy.hot_lists
        lists = HotList.objects.visible_to(member).open_for_hot_plates().select_related("agency")
        choice = cast("forms.ModelChoiceField[HotList]", self.fields["hot_list"])
        choice.queryset = lists
        if len(lists) == 1:
            choice.empty_label, choice.initial = None, lists[0].pk
        self.fields["plate"].help_text = " ".join(
            [PARTS if policy.partial_plates else WHOLE, BY_VEHICLE if policy.vehicle_descriptions else ""]
        ).strip()
        cast(LastDayField, self.fields["expires_on"]).bound_by(member.agency)
        self.offer_look_back(lists)

    def offer_look_back(self, lists: Iterable[HotList]) -> None:
        """Ask how far to look back only where a list allows it."""
        allowed = {str(each): days for each in lists if (days := longest_look_back(each))}
        if not allowed:
            del self.fields["look_back_days"]
            return
        one = next(iter(allowed.values())) if len(set(allowed.values())) == 1 else None
        most = str(one) if one else ", ".join(f"{days} on {name}" for name, days in allowed.items())
        field = self.fields["look_back_days"]
        field.label = "Also hold it against the detections of the last … days"
        field.help_text = f"At most {most}; once it is approved, under this case. Empty: it looks ahead only."

    @property
    def known_words(self) -> dict[str, list[str]]:
        """What the vocabulary knows, offered while one types, by field."""
        return {name: sorted(set(words.values()), key=str.casefold) for name, words in KNOWN_WORDS.items()}

    def clean_state(self) -> str:
        """The code, or empty where it is not known."""
        state: str = self.cleaned_data["state"]
        return "" if state == NOT_KNOWN else state

    @property
    def wanted(self) -> Wanted:
        """What was given, for the services."""
        return cast(Wanted, {name: v for name, v in self.cleaned_data.items() if name != "hot_list"})

    def take(self, wrong: ValidationError) -> None:
        """Show what a service refused, beside the field it names."""
        if not hasattr(wrong, "error_dict"):
            self.add_error(None, wrong)
            return
        for name, problems in wrong.error_dict.items():
            known = name in self.fields and name != NON_FIELD_ERRORS
            self.add_error(name if known else None, problems)


class ChangeForm(HotPlateForm):
    """A change of a hot plate in use, which stays on its list."""

    def __init__(self, *args: Any, entry: Entry, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, member=member, initial=_initial(entry), **kwargs)
        del self.fields["hot_list"]
        if longest_look_back(entry.hot_list) is None:
            self.fields.pop("look_back_days", None)


def _initial(entry: Entry) -> dict[str, Any]:
    names = (
        "plate",
        "reason",
        "case_number",
        "synopsis",
        "person",
        "priority",
        *KNOWN_WORDS,
        "model",
        "year",
    )
    as_listed = {name: getattr(entry, name) for name in names}
    offense = entry.inquiry.offense if entry.inquiry else ""
    return as_listed | {
        "state": entry.state or NOT_KNOWN,
        "expires_on": entry.last_day,
        "offense": offense,
    }


class RenewForm(forms.Form):
    """The new last day of a hot plate."""

    expires_on = LastDayField()

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(LastDayField, self.fields["expires_on"])
        field.bound_by(agency)
        field.initial = latest_expiry(agency)
