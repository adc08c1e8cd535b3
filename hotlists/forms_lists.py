"""The forms of hot lists. They ask; the services decide."""

from __future__ import annotations

from django import forms

from hotlists.models import HotList


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
