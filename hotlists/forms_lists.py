"""The forms of hot lists. They ask; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Member
from hotlists import restricted, sources
from hotlists.models import HotList, Mapping, Source

PLAIN = {"autocomplete": "off"}


class WhyForm(forms.Form):
    """The reason of a change, which stays with it."""

    why = forms.CharField(
        label="Why",
        max_length=200,
        error_messages={"required": "Say why, in a few words."},
        widget=forms.TextInput(attrs=PLAIN),
    )


class ListForm(forms.Form):
    """A hot list to be designated."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs=PLAIN))
    kind = forms.ChoiceField(
        choices=[
            (HotList.Kind.GENERAL, "General: its entries come from an agency’s file"),
            (HotList.Kind.SPECIFIC, "Specific: members enter hot plates, and others approve them"),
        ],
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(choices=[("", "Choose a source"), *Source.choices])
    refresh_hours = forms.IntegerField(
        label="Hours after which it is old",
        help_text="Only where that is sooner than the policy says.",
        min_value=1,
        max_value=8760,
        required=False,
    )
    is_restricted = forms.BooleanField(
        label="Restricted",
        help_text="Shown only to members to whom it is granted. A restricted source always is.",
        required=False,
    )


class SettingsForm(forms.Form):
    """The settings of a list, but for how fuzzy its matches are."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs=PLAIN))
    priority = forms.TypedChoiceField(
        label="Alerts",
        choices=HotList.Priority.choices,
        coerce=int,
        help_text="How loudly a hit rings. High cannot be muted for good.",
    )
    refresh_hours = forms.IntegerField(label="Hours after which it is old", min_value=1, required=False)
    mapping = forms.ModelChoiceField(
        Mapping.objects.none(),
        label="Layout of its files",
        empty_label="A header names the columns",
        required=False,
    )
    folder_pattern = forms.CharField(
        label="Names of its files in the watched folder",
        help_text="With * for any letters: svs_*.csv. Empty: none is taken from there.",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs=PLAIN | {"class": "mono", "spellcheck": "false"}),
    )
    shrink_percent = forms.IntegerField(
        label="Percent by which the list may shrink",
        help_text="A file that has fewer entries by more than this waits for a person.",
        min_value=0,
        max_value=100,
    )
    bad_percent = forms.IntegerField(
        label="Percent of bad lines that a file may have",
        help_text="A file with a larger share waits for a person.",
        min_value=0,
        max_value=100,
    )
    left_out = forms.MultipleChoiceField(
        label="Files left out", widget=forms.CheckboxSelectMultiple, required=False
    )
    look_back_days = forms.IntegerField(
        label="Days that a new entry is held against past detections", min_value=1, required=False
    )
    is_restricted = forms.BooleanField(
        label="Restricted", help_text="Shown only to members to whom it is granted.", required=False
    )

    OF_FILES = ("refresh_hours", "mapping", "folder_pattern", "shrink_percent", "bad_percent")

    def __init__(self, data: Any = None, *, hot_list: HotList) -> None:
        initial = {name: getattr(hot_list, name) for name in self.base_fields}
        super().__init__(data, initial=initial | {"mapping": hot_list.mapping_id})
        self.hot_list = hot_list
        policy = hot_list.agency.policy.hot_lists
        self.excluded = sources.named_in(policy.excluded_files) & set(sources.NCIC_FILES)
        if hot_list.kind == HotList.Kind.SPECIFIC:
            self._drop(*self.OF_FILES)
        if hot_list.source != Source.NCIC:
            self._drop("left_out")
        if hot_list.source in sources.RESTRICTED:
            self.fields["is_restricted"].disabled = True
            self.fields["is_restricted"].help_text = "Its source always is (CJIS Security Policy 4.2.2)."
        self._prepare_files(hot_list)
        self._prepare_days(policy.look_back_days)

    def _drop(self, *names: str) -> None:
        for name in names:
            del self.fields[name]

    def _prepare_files(self, hot_list: HotList) -> None:
        if "mapping" in self.fields:
            choice = self.fields["mapping"]
            assert isinstance(choice, forms.ModelChoiceField)
            choice.queryset = Mapping.objects.filter(agency=hot_list.agency_id, is_active=True)
            hours = hot_list.fresh_for
            if hours is not None:
                said = f"Now after {hours.total_seconds() // 3600:.0f} hours. Empty: as the policy says."
                self.fields["refresh_hours"].help_text = said
        if "left_out" in self.fields:
            choices = self.fields["left_out"]
            assert isinstance(choices, forms.MultipleChoiceField)
            choices.choices = [
                (file.value, file.label + (", restricted" if file in sources.RESTRICTED else ""))
                for file in sources.NCIC_FILES
                if file not in self.excluded
            ]
            named = ", ".join(sorted(file.label for file in self.excluded))
            choices.help_text = "The immigration violator file never enters." + (
                f" The policy leaves out: {named}." if named else ""
            )

    def _prepare_days(self, days: int | None) -> None:
        if days is None:
            self._drop("look_back_days")
        else:
            self.fields["look_back_days"].help_text = f"At most {days}, as the policy says. Empty: not done."

    def clean_left_out(self) -> list[str]:
        """What is chosen, and what the policy leaves out in any case."""
        return sorted({*self.cleaned_data["left_out"], *(source.value for source in self.excluded)})


class GrantForm(forms.Form):
    """The member to whom a restricted list is to be granted."""

    member = forms.ModelChoiceField(Member.objects.none(), empty_label="Choose a member")

    def __init__(self, *args: Any, hot_list: HotList, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["member"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = restricted.grantable(hot_list, member)


def add_errors(form: forms.Form, wrong: ValidationError) -> None:
    """Put what a service refused beside the fields that it names, and the rest above the form."""
    named = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
    for name, said in named.items():
        for message in said:
            form.add_error(name if name in form.fields else None, message)
