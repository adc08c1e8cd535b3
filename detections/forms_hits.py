"""The forms of a hit's moves. They ask; `detections.services_hits` decides."""

from __future__ import annotations

from typing import Any

from django import forms

from alpr.policy import Policy
from detections import comparison, ladder
from detections.models import Hit, Outcome

ANSWERERS = {
    "dispatcher": "A dispatcher",
    "department_computer": "A department computer",
    "clets": "CLETS",
}
YES_NO = {"yes": True, "no": False}


def _words(label: str, hint: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )


def _choice(label: str, choices: list[tuple[str, str]], unanswered: str) -> forms.ChoiceField:
    errors = {"required": unanswered, "invalid_choice": unanswered}
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=errors)


class MoveForm(forms.Form):
    """One move's form for one hit under one policy. `arguments` are what its service takes."""

    def __init__(self, data: Any = None, *, hit: Hit, policy: Policy) -> None:
        super().__init__(data, prefix=None, auto_id="id_%s")
        self.hit = hit
        self.policy = policy
        self.furnish()

    def furnish(self) -> None:
        """Add what depends on the hit and the policy."""

    @property
    def arguments(self) -> dict[str, Any]:
        """The service's keyword arguments, once the form is valid."""
        return dict(self.cleaned_data)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was given, in words, so that nothing is lost where somebody else was first."""
        given = []
        for bound in self:
            value = str(bound.value() or "")
            words = dict(getattr(bound.field, "choices", ())).get(value, value)
            if value:
                given.append((str(bound.label), str(words)))
        return given


class SeeForm(MoveForm):
    """What the eye saw: nothing is answered in advance."""

    def furnish(self) -> None:
        """One field for each question."""
        self.questions = comparison.questions(self.hit, self.policy)
        for question in self.questions:
            self.fields[question.name] = forms.ChoiceField(
                label=question.label,
                required=False,
                choices=[(option.value, option.words) for option in question.options],
                widget=forms.RadioSelect,
            )
        if any(question.wants_words for question in self.questions):
            synopsis = self.hit.entry.synopsis
            hint = f"The entry says: {synopsis}" if synopsis else "What you did to see who is in it."
            self.fields["words"] = _words("How you looked, or the other basis", hint)

    @property
    def rows(self) -> list[tuple[comparison.Question, forms.BoundField]]:
        """Each question with its field, in the order of looking."""
        return [(question, self[question.name]) for question in self.questions]

    def clean(self) -> dict[str, Any]:
        """Name each question without an answer."""
        given = {question.name: self.cleaned_data.get(question.name, "") for question in self.questions}
        for question in comparison.unanswered(self.questions, given):
            self.add_error(question.name, f"Answer for {question.phrase}.")
        if given.get(comparison.PERSON) not in comparison.PASSING or comparison.DIFFERS in given.values():
            self.errors.pop("words", None)
        return self.cleaned_data

    @property
    def unanswered(self) -> list[tuple[str, str]]:
        """The label and the first answer's place of each question without an answer."""
        return [(q.label.lower(), f"id_{q.name}_0") for q, field in self.rows if field.errors]

    @property
    def arguments(self) -> dict[str, Any]:
        """The answers by question, and the words."""
        given = {question.name: self.cleaned_data[question.name] for question in self.questions}
        return {"answers": {k: v for k, v in given.items() if v}, "words": self.cleaned_data.get("words", "")}


class ValidateForm(MoveForm):
    """The live status, from whom the policy accepts."""

    still_listed = _choice(
        "Is the plate still listed?",
        [("yes", "Still listed"), ("no", "No match")],
        "Say what the answer was.",
    )
    words = _words("The answer, as it was given", "Who said what: “Still stolen, Eastmoor PD, Nov 14.”")

    def furnish(self) -> None:
        """The sources that the policy names."""
        accepted = {source.value for source in self.policy.ladder.status_from}
        choices = [(value, words) for value, words in ANSWERERS.items() if value in accepted]
        self.fields["method"] = _choice("Who answered?", choices, "Say who answered.")
        self.order_fields(["method", "still_listed", "words"])

    @property
    def arguments(self) -> dict[str, Any]:
        """With the answer as true or false."""
        return self.cleaned_data | {"still_listed": YES_NO[self.cleaned_data["still_listed"]]}


class ConfirmForm(MoveForm):
    """What the entering agency said."""

    confirmed = _choice(
        "Does the entering agency confirm it?",
        [("yes", "Confirmed"), ("no", "Not theirs, or cleared")],
        "Say what the agency answered.",
    )
    words = _words("The answer, as it was given", "Who answered, and what.")

    @property
    def arguments(self) -> dict[str, Any]:
        """With the answer as true or false."""
        return self.cleaned_data | {"confirmed": YES_NO[self.cleaned_data["confirmed"]]}


class ExigentForm(MoveForm):
    """The reason, at once."""

    reason = _words(
        "What makes waiting dangerous?", "A few words are enough now: “Shots fired from the car.”"
    )
    reason.widget.attrs["autofocus"] = True


class ReviewForm(MoveForm):
    """Another person's view of the claim."""

    agreed = _choice(
        "Were there exigent circumstances?",
        [("yes", "I agree"), ("no", "I do not agree")],
        "Say what you found.",
    )
    words = _words("Why", "What you based it on.")

    @property
    def arguments(self) -> dict[str, Any]:
        """With the answer as true or false."""
        return self.cleaned_data | {"agreed": YES_NO[self.cleaned_data["agreed"]]}


class CloseForm(MoveForm):
    """How it ended."""

    note = _words("Note", "", required=False)

    def furnish(self) -> None:
        """The results that are possible now, and who reads the note."""
        self.offered = ladder.outcomes(self.hit, self.policy)
        # All of them are taken in, so that the service refuses by name what the ladder does not allow.
        outcome = _choice("How it ended", list(Outcome.choices), "Say how it ended.")
        outcome.widget.choices = [(each.value, each.label) for each in self.offered]
        self.fields["outcome"] = outcome
        self.order_fields(["outcome", "note"])
        entered_by = self.hit.entry.entered_by
        if entered_by is not None and self.policy.ladder.tell_entering_member:
            self.fields[
                "note"
            ].help_text = f"{entered_by}, who entered this plate, reads the result and this note."

    @property
    def has_no_stop(self) -> bool:
        """Whether steps before a stop are missing, so that no stop can be the result."""
        return not any(outcome.is_stop for outcome in self.offered)


FORMS: dict[str, type[MoveForm]] = {
    "see": SeeForm,
    "validate": ValidateForm,
    "confirm": ConfirmForm,
    "exigent": ExigentForm,
    "review_exigent": ReviewForm,
    "close": CloseForm,
}
