"""The forms of a hit's moves. They ask; `detections.services_hits` decides."""

from __future__ import annotations

from typing import Any

from django import forms

from alpr.policy import Policy, StatusSource
from detections import comparison, ladder
from detections.live_status import ANSWERERS, Answer, Asked
from detections.models import Hit, Outcome

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
            said = self.hit.entry.person or self.hit.entry.synopsis
            hint = f"The entry says: {said}" if said else "What you did to see who is in it."
            self.fields["words"] = _words("What ties the driver to the person, or the other basis", hint)

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


class AskForm(MoveForm):
    """Nothing to fill in: the hit says what is asked."""


class StopForm(MoveForm):
    """Nothing to fill in: who records it is signed in, and the clock is ours."""


class ValidateForm(MoveForm):
    """The live status, from whom the policy accepts."""

    asked = forms.ChoiceField(
        label="Which records were asked?",
        choices=Asked.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text="Not needed where CLETS answered.",
    )
    answer = _choice("What was the answer?", list(Answer.choices), "Say what the answer was.")
    words = _words("The answer, as it was given", "Who said what: “Still stolen, Eastmoor PD, Nov 14.”")

    def furnish(self) -> None:
        """The sources that the policy names."""
        accepted = {source.value for source in self.policy.ladder.status_from}
        choices = [(value, words) for value, words in ANSWERERS.items() if value in accepted]
        self.fields["method"] = _choice("Who answered?", choices, "Say who answered.")
        if self.hit.validated_at:
            # All of them are taken in, so that the service says who was first with "current".
            later = [(value, words) for value, words in Answer.choices if value != Answer.CURRENT]
            self.fields["answer"].widget.choices = later
        self.order_fields(["method", "asked", "answer", "words"])


class DispatchForm(MoveForm):
    """A dispatcher's answer in the queue: who answers is known."""

    asked = _choice("Asked", list(Asked.choices), "Say which records were asked.")
    answer = _choice("Answer", list(Answer.choices), "Say what the answer was.")
    words = _words("As it was given", "")

    def furnish(self) -> None:
        """Places of its own on a page with many of these forms, and a line for the words."""
        self.auto_id = f"hit-{self.hit.pk}-%s"
        self.fields["words"].widget = forms.TextInput(attrs={"autocomplete": "off"})

    @property
    def arguments(self) -> dict[str, Any]:
        """With the dispatcher as who answered."""
        return self.cleaned_data | {"method": StatusSource.DISPATCHER.value}


class ImpracticableForm(MoveForm):
    """Why the live status cannot be asked."""

    reason = _words(
        "Why can the live status not be asked?",
        "What keeps you from CLETS and from dispatch: “No radio in the canyon.”",
    )
    reason.widget.attrs["autofocus"] = True


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
    """How it ended: what the answers say first, and chosen by a person."""

    case_number = forms.CharField(
        label="Case or incident number",
        help_text="Of the result. A stop always has one.",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    note = _words("Note", "", required=False)

    def furnish(self) -> None:
        """The results that are possible now, and who reads the note."""
        possible = ladder.outcomes(self.hit, self.policy)
        self.suggested = [each for each in ladder.suggested(self.hit) if each in possible]
        self.offered = [*self.suggested, *(each for each in possible if each not in self.suggested)]
        self.fields["case_number"].initial = self.hit.entry.case_number
        # All of them are taken in, so that the service refuses by name what the ladder does not allow.
        outcome = _choice("How it ended", list(Outcome.choices), "Say how it ended.")
        outcome.widget.choices = [(each.value, each.label) for each in self.offered]
        self.fields["outcome"] = outcome
        self.order_fields(["outcome", "case_number", "note"])
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
    "ask": AskForm,
    "validate": ValidateForm,
    "impracticable": ImpracticableForm,
    "confirm": ConfirmForm,
    "exigent": ExigentForm,
    "review_exigent": ReviewForm,
    "stop": StopForm,
    "close": CloseForm,
}
