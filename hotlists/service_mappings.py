"""Mappings: how the files of one source are laid out, described once by who designates lists."""

from __future__ import annotations

from collections.abc import Mapping as Facts
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from hotlists.models import HotList, Mapping
from hotlists.reading import describing
from hotlists.service_lists import refuse_excluded, stated
from trail.services import act, record
from trail.verbs import Verb
from training import gate

DESCRIBED = (
    *("name", "source", "form", "delimiter", "encoding", "has_header", "skip_lines", "columns", "words"),
    *("constants", "date_format", "ncic_codes", "is_incremental"),
)


@act
def mapping_make(*, actor: Member, agency: Agency, described: Facts[str, Any]) -> Mapping:
    """Save a mapping for an agency's files. `described` holds fields of `DESCRIBED`.

    Raises ValidationError, by field, where it reads no plate or reason, or where a column, a word, a constant
    or the form of dates cannot be right.
    """
    gate.require(actor, Permission.DESIGNATE_LISTS, on=agency)
    mapping = Mapping(agency=agency, made_by=actor)
    _describe(mapping, described)
    mapping.save()
    record(actor, Verb.CREATED, mapping)
    return mapping


@act
def mapping_change(*, actor: Member, mapping: Mapping, described: Facts[str, Any]) -> Mapping:
    """Describe a mapping anew: the next file of each list that it reads is read so.

    Raises ValidationError as `mapping_make`, and for one that is out of use.
    """
    mapping = Mapping.objects.select_for_update().get(pk=mapping.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=mapping.agency)
    if not mapping.is_active:
        raise ValidationError("This mapping is out of use.")
    before = {name: getattr(mapping, name) for name in DESCRIBED}
    _describe(mapping, described)
    changed = [name for name in DESCRIBED if getattr(mapping, name) != before[name]]
    if changed:
        mapping.save()
        words = ", ".join(name.replace("_", " ") for name in changed)
        told = {name: {"before": before[name], "after": getattr(mapping, name)} for name in changed}
        record(actor, Verb.CHANGED, mapping, elements=told, detail=f"described anew: {words}")
    return mapping


@act
def mapping_retire(*, actor: Member, mapping: Mapping, why: str) -> Mapping:
    """Take a mapping out of use. Raises ValidationError while a list in use is read with it."""
    mapping = Mapping.objects.select_for_update().get(pk=mapping.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=mapping.agency)
    why = stated(why)
    read = HotList.objects.filter(mapping=mapping, is_active=True).order_by("name").first()
    if read is not None:
        raise ValidationError(f"The files of {read} are read with it. Give that list another mapping first.")
    if mapping.is_active:
        mapping.is_active = False
        mapping.save()
        record(actor, Verb.CHANGED, mapping, detail=f"taken out of use. {why}")
    return mapping


def check(mapping: Mapping) -> None:
    """Raise ValidationError, by field, for a mapping that may not be saved."""
    wrong: dict[str, list[str]] = {}
    for ask in (_check_name, _check_model, _check_described):
        try:
            ask(mapping)
        except ValidationError as found:
            for name, messages in found.message_dict.items():
                wrong.setdefault(name, []).extend(messages)
    if wrong:
        raise ValidationError(wrong)


def _describe(mapping: Mapping, described: Facts[str, Any]) -> None:
    for name in described:
        if name not in DESCRIBED:
            raise ValueError(f"A mapping has no {name}.")
        setattr(mapping, name, described[name])
    mapping.name = " ".join(mapping.name.split())
    if mapping.form == Mapping.Form.FIXED:
        mapping.delimiter, mapping.has_header = "", False
    check(mapping)


def _check_name(mapping: Mapping) -> None:
    try:
        refuse_excluded(mapping.agency, mapping.name)
    except ValidationError as refused:
        raise ValidationError({"name": refused.messages}) from refused


def _check_model(mapping: Mapping) -> None:
    mapping.full_clean(exclude=["columns", "words", "constants", "date_format", "delimiter"])


def _check_described(mapping: Mapping) -> None:
    limit = Mapping._meta.get_field("date_format").max_length or 0
    if len(mapping.date_format) > limit:
        raise ValidationError({"date_format": f"At most {limit} characters."})
    describing.check(mapping, timezone.localdate())
