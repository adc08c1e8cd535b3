"""Forms of administration that end in a service: one for adding a record, one for each button of a page."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.admin import helpers
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget, AdminTextInputWidget

from accounts.models import Member
from accounts.permissions import Permission


class ActForm(forms.Form):
    """One act on a record (or the adding of one), as a page asks for it.

    `name` stands in the address, `label` on the button, `explains` above the fields. `perform` calls the
    service and returns the sentence that says what was done; it may raise ValidationError. Where it leaves
    something in `shown_once` (a secret), that is shown on the very next page and never again.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    title: ClassVar[str] = ""
    explains: ClassVar[str] = ""
    permission: ClassVar[Permission]

    def __init__(self, *args: Any, member: Member, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.row = member, row
        self.shown_once = ""
        self.prepare()

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Whether the button is there for this member on this record."""
        return True

    def prepare(self) -> None:
        """Fill choices that depend on the member or the record."""

    def perform(self) -> str:
        """Do it, through a service. After adding, `row` is the new record."""
        raise NotImplementedError


class Words(forms.CharField):
    """Some sentences."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=AdminTextareaWidget(attrs={"rows": 3}), **kwargs)


class Line(forms.CharField):
    """One line of text, in the width of administration's forms."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=AdminTextInputWidget(), **kwargs)


class Day(forms.DateField):
    """A day, with administration's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=AdminDateWidget(), **kwargs)


def fieldsets_of(form: forms.Form, model_admin: Any) -> helpers.AdminForm:
    """The form as administration draws its own."""
    return helpers.AdminForm(form, [(None, {"fields": list(form.fields)})], {}, model_admin=model_admin)  # type: ignore[arg-type]
