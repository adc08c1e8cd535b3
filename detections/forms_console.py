"""The forms of the console's settings."""

from __future__ import annotations

from typing import Any

from django import forms

from detections.console_choice import ACTIONS, ENTER


class KeyField(forms.CharField):
    """One single key: a letter, digit or sign as it is typed, or the word Enter."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "size": "6"}
        super().__init__(max_length=len(ENTER), widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """As it stands on a keyboard."""
        return value.title() if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        """As it is kept."""
        return str(super().to_python(value)).lower()


class KeysForm(forms.Form):
    """The single key of each action."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for action in ACTIONS.values():
            wanted = {"required": "Every action keeps a key. Give one letter, digit or sign."}
            self.fields[action.name] = KeyField(label=action.label, error_messages=wanted)


class SoundForm(forms.Form):
    """How loud the alert sound is."""

    volume = forms.IntegerField(min_value=0, max_value=100)


class MuteForm(forms.Form):
    """For how many minutes normal and low priority are silent; without it, until switched on again."""

    minutes = forms.TypedChoiceField(
        choices=[(10, "10 minutes"), (60, "1 hour")], coerce=int, empty_value=None, required=False
    )
