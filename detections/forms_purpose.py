"""The purpose, stated first: nothing that shows data runs without it (Civil Code 1798.90.52)."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Member
from accounts.services import purpose_problems, purpose_state
from trail.models import Inquiry, Offense


class OneOfSeveral(forms.CharField):
    """A text that the policy asks for unless another is given: not required by itself, and not optional."""

    one_of_several = True


class PurposeForm(forms.Form):
    """Case or incident number, offense, and what one expects to learn; which of them the policy needs."""

    case_number = OneOfSeveral(
        label="Case or incident number",
        max_length=30,
        required=False,
        widget=forms.TextInput({"class": "mono"}),
    )
    offense = forms.ChoiceField(label="Offense", choices=[("", "Choose"), *Offense.choices])
    reason = OneOfSeveral(
        label="What do you expect to learn?",
        max_length=1000,
        required=False,
        help_text="One sentence another officer could check. “Investigation” alone is refused.",
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        """`member` is whose policy decides what is needed."""
        self.member = member
        super().__init__(*args, **kwargs)
        for name in ("case_number", "reason"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Refuse a purpose that says too little, field by field."""
        cleaned: dict[str, Any] = super().clean() or {}
        problems = purpose_problems(
            self.member.agency,
            case_number=cleaned.get("case_number", ""),
            reason=cleaned.get("reason", ""),
        )
        for field, problem in problems.items():
            self.add_error(field, problem)
        return cleaned

    def state_purpose(self) -> Inquiry:
        """Record the purpose of a valid form and return it."""
        stated = self.cleaned_data
        return purpose_state(
            actor=self.member,
            offense=stated["offense"],
            case_number=stated["case_number"],
            reason=stated["reason"],
        )
