"""Template tags of the look: marks, plates, characters, pips, fields, ages and dates.

Every tag takes plain values and knows no model, so that any page may use it. The words and shapes are
those of docs/look.md.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Form
from django.forms.widgets import ChoiceWidget, Select
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hotlists.plates import positions

register = template.Library()

MARKS = {
    "ok": "mark mark--ok",
    "wait": "mark",
    "open": "mark mark--plain",
    "now": "mark",
    "none": "mark mark--plain",
    "off": "mark mark--plain",
    "same": "mark mark--plain",
    "warn": "mark mark--warn",
    "stop": "mark mark--stop",
    "differs": "mark mark--stop",
}

NOTICES = {
    "done": ("notice notice--done", "ok"),
    "success": ("notice notice--done", "ok"),
    "warn": ("notice notice--warn", "warn"),
    "warning": ("notice notice--warn", "warn"),
    "stop": ("notice notice--stop", "stop"),
    "error": ("notice notice--stop", "stop"),
}
PLAIN_NOTICE = ("notice", "now")

_NAMES = """
AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware,
DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa,
KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota,
MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey,
NM New Mexico, NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon,
PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah,
VT Vermont, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming, PR Puerto Rico,
GU Guam, VI U.S. Virgin Islands, AS American Samoa, MP Northern Mariana Islands, US U.S. Government,
AB Alberta, BC British Columbia, MB Manitoba, NB New Brunswick, NL Newfoundland and Labrador, NS Nova Scotia,
NT Northwest Territories, NU Nunavut, ON Ontario, PE Prince Edward Island, QC Quebec, SK Saskatchewan,
YT Yukon, MX Mexico
"""
STATE_NAMES: dict[str, str] = dict(re.findall(r"([A-Z]{2}) ([^,\n]+)", _NAMES))


@register.filter
def state_name(code: str | None) -> str:
    """The name of a state, territory or province from its code; an unknown code stays as it is."""
    return STATE_NAMES.get(code or "", code or "")


# Marks and notices


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """Draw one shape of the sprite, hidden from screen readers: a word must always stand beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true" viewBox="0 0 16 16"><use href="#i-{}"/></svg>', css, name
    )


@register.simple_tag
def mark(kind: str, words: object) -> SafeString:
    """Show a status as shape, word and color.

    `kind` is one of MARKS; an unknown kind raises KeyError, because a status may not be invented.
    """
    return format_html('<span class="{}">{}{}</span>', MARKS[kind], icon(kind), words)


@register.simple_tag
def notice(kind: str, message: object, heading: str = "") -> SafeString:
    """Show a message about the page; `kind` is done, warn, stop or a level tag of Django's messages."""
    css, shape = NOTICES.get(kind, PLAIN_NOTICE)
    title = format_html("<h2>{}</h2>", heading) if heading else ""
    return format_html('<div class="{}">{}<div>{}<p>{}</p></div></div>', css, icon(shape), title, message)


# Plates


@register.simple_tag
def plate_tag(state: str | None, plate: str, differs: Iterable[int] = ()) -> SafeString:
    """Show a plate for lists and text.

    `state` is a postal code or empty; `differs` are the places, counted from 1, of the characters that
    may be another: they are underlined.
    """
    places = set(differs)
    letters = format_html_join(
        "", "{}", ((_letter(c, doubted=n in places),) for n, c in enumerate(plate, start=1))
    )
    where = format_html('<abbr title="{}">{}</abbr>', state_name(state), state) if state else ""
    return format_html('<span class="plate-tag">{}<span>{}</span></span>', where, letters)


def _letter(character: str, *, doubted: bool) -> SafeString:
    return format_html("<mark>{}</mark>" if doubted else "{}", character)


@register.inclusion_tag("components/plate.html")
def plate_drawing(state: str | None, plate: str) -> dict[str, Any]:
    """Draw a listed plate for comparing, with its characters spelled for screen readers."""
    name = state_name(state)
    return {
        "name": name,
        "plate": plate,
        "label": f"{name or 'Listed'} plate {' '.join(plate)}",
        "squeezed": len(plate) > 7,
    }


@register.inclusion_tag("components/characters.html")
def characters(
    listed: str, read: str, listed_name: str = "On list", read_name: str = "As read"
) -> dict[str, Any]:
    """Compare two plates place by place in a table; a missing character differs."""
    return {"cells": positions(listed, read), "listed_name": listed_name, "read_name": read_name}


@register.simple_tag
def pips(rungs: int | Sequence[str], total: int = 5) -> SafeString:
    """Draw the ladder in small steps; a word must stand beside it.

    `rungs` is how many are climbed, or one word for each: "on", "shut", or anything else for open.
    """
    steps = ["on" if n < rungs else "" for n in range(total)] if isinstance(rungs, int) else rungs
    drawn = format_html_join(
        "",
        '<rect x="{}" y="0.5" width="7.4" height="9" class="{}"/>',
        ((f"{0.5 + 9.4 * n:.1f}", step if step in ("on", "shut") else "") for n, step in enumerate(steps)),
    )
    return format_html('<svg class="pips" viewBox="0 0 46 10" aria-hidden="true">{}</svg>', drawn)


# Times and figures


@register.filter
def age(value: datetime | timedelta | None) -> str:
    """Say how old something is, or how long it lasted: 12 s, 1 min 47 s, 6 min, 3 h 12 min, 27 h, 2 d.

    A moment in the future is said as 0 s; nothing is said of None.
    """
    if value is None:
        return ""
    lasted = timezone.now() - value if isinstance(value, datetime) else value
    seconds = max(0, int(lasted.total_seconds()))
    minutes, hours = seconds // 60, seconds // 3600
    if minutes < 1:
        return f"{seconds} s"
    if minutes < 5:
        return _two(minutes, "min", seconds % 60, "s")
    if hours < 1:
        return f"{minutes} min"
    if hours < 24:
        return _two(hours, "h", minutes % 60, "min")
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"


def _two(more: int, unit: str, less: int, part: str) -> str:
    return f"{more} {unit} {less} {part}" if less else f"{more} {unit}"


@register.filter
def clock(value: datetime | None) -> str:
    """Show the local time of day: 02:41:18."""
    return f"{_local(value):%H:%M:%S}" if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """Show the local day: Nov 22, 2026."""
    if value is None:
        return ""
    return date_format(_local(value) if isinstance(value, datetime) else value, "M j, Y")


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.filter
def percent(value: float | None) -> str:
    """Show a share of 1 as a percentage; only all is 100% and only nothing is 0%."""
    if value is None:
        return ""
    if 0 < value < 1:
        return f"{min(99, max(1, round(value * 100)))}%"
    return f"{round(value * 100)}%"


# Forms


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, css: str = "", hint: str | None = None, label: str = "") -> dict[str, Any]:
    """Show one field of a form: label, hint, error, control, each tied to the next.

    `css` is added to the control's classes; `hint` and `label` replace the field's own.
    """
    if hint is not None:
        bound.help_text = hint
    bound.label = label or bound.label
    return {"field": bound, "kind": _kind(bound), "control": _control(bound, css)}


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, ChoiceWidget) and not isinstance(widget, Select):
        return "choices"
    return "fieldset" if widget.use_fieldset else "input"


def _control(bound: BoundField, css: str) -> SafeString:
    own = bound.field.widget.attrs.get("class", "")
    base = "" if _kind(bound) in ("check", "hidden") else "input"
    # A placeholder goes away as soon as one types: the label and the hint say it.
    attrs: dict[str, str | bool] = {"placeholder": False}
    if classes := " ".join(filter(None, [base, own, css])):
        attrs["class"] = classes
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Form, heading: str = "This was not recorded") -> dict[str, Any]:
    """Show what is missing in a form, with a link to each field; nothing where nothing is wrong."""
    wrong = [(_target(bound), bound.label, error) for bound in form for error in bound.errors]
    return {"heading": heading, "wrong": wrong, "general": list(form.non_field_errors())}


def _target(bound: BoundField) -> str:
    if _kind(bound) in ("choices", "fieldset"):
        return f"{bound.auto_id}_0"
    return "" if bound.is_hidden else str(bound.auto_id)
