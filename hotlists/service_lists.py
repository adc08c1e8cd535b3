"""Designating, setting, approving and closing hot lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from hotlists import sources
from hotlists.models import HotList, Mapping, Source
from trail.services import act, record
from trail.verbs import Verb
from training import gate

SETTINGS = (
    "name", "refresh_hours", "left_out", "is_restricted", "priority", "shrink_percent", "bad_percent",
    "look_back_days", "mapping", "folder_pattern",
)  # fmt: skip


@act
def list_designate(
    *, actor: Member, agency: Agency, name: str, kind: str, source: str, refresh_hours: int | None = None,
    is_restricted: bool = False,
) -> HotList:  # fmt: skip
    """Designate a list, general or specific (Vallejo Policy 426.4(f)).

    A specific list takes no entries until another person approves it. A list of a restricted source is
    restricted; one of several NCIC files leaves the restricted ones out unless it is restricted itself.
    `refresh_hours` is used where it is shorter than the policy's interval. Raises ValidationError, by field.
    """
    gate.require(actor, Permission.DESIGNATE_LISTS, on=agency)
    hot_list = HotList(
        agency=agency,
        name=" ".join(name.split()),
        kind=kind,
        source=source,
        designated_by=actor,
        refresh_hours=refresh_hours,
        is_restricted=is_restricted or source in sources.RESTRICTED,
    )
    if source == Source.NCIC:
        policy = agency.policy.hot_lists
        hot_list.left_out = sorted(
            sources.kept_out((), policy.excluded_files, is_restricted=hot_list.is_restricted)
        )
    _check(hot_list)
    hot_list.save()
    record(actor, Verb.LIST_DESIGNATED, hot_list)
    return hot_list


@act
def list_set(*, actor: Member, hot_list: HotList, **settings: Any) -> HotList:
    """Change settings of a list (`SETTINGS`); those not named stay. Recorded with what was before and after.

    Raises ValidationError, by field, for a value that the policy, the list's source or the law does not
    allow, and TypeError for what is no setting.
    """
    if unknown := set(settings) - set(SETTINGS):
        raise TypeError(f"These are no settings of a list: {', '.join(sorted(unknown))}.")
    hot_list = HotList.objects.select_for_update(of=("self",)).select_related("agency").get(pk=hot_list.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=hot_list)
    if not hot_list.is_active:
        raise ValidationError("This list is no longer in use.")
    if "name" in settings:
        settings["name"] = " ".join(settings["name"].split())
    if "left_out" in settings:
        settings["left_out"] = sorted(set(settings["left_out"]))
    before = {name: getattr(hot_list, name) for name in settings}
    for name, value in settings.items():
        setattr(hot_list, name, value)
    _check(hot_list)
    changed = {name: value for name, value in before.items() if value != settings[name]}
    if changed:
        hot_list.save(update_fields=list(changed))
        elements = {
            "before": {name: _plain(value) for name, value in changed.items()},
            "after": {name: _plain(settings[name]) for name in changed},
        }
        detail = "Settings: " + ", ".join(name.replace("_", " ") for name in changed)
        record(actor, Verb.CHANGED, hot_list, elements=elements, detail=detail)
    return hot_list


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Mapping) else value


def _check(hot_list: HotList) -> None:
    """Raise ValidationError, by field, where a setting is not the list's to have."""
    problems: dict[str, list[str]] = {}
    try:
        refuse_excluded(hot_list.agency, hot_list.name)
    except ValidationError as refused:
        problems["name"] = refused.messages
    for name, check in CHECKS.items():
        if why := check(hot_list):
            problems.setdefault(name, []).append(why)
    if problems:
        raise ValidationError(problems)
    hot_list.full_clean()


def _check_interval(hot_list: HotList) -> str:
    if hot_list.refresh_hours is None or hot_list.source not in Source.values:
        return ""
    policy, source = hot_list.agency.policy.hot_lists, Source(hot_list.source).facts
    longest = min(hours for hours in (policy.general_refresh_hours, source.hours) if hours)
    if hot_list.refresh_hours <= longest:
        return ""
    return f"At most {longest} hours: the policy and the source ask for no less."


def _check_left_out(hot_list: HotList) -> str:
    if hot_list.source != Source.NCIC:
        return ""
    excluded = sources.named_in(hot_list.agency.policy.hot_lists.excluded_files) & set(sources.NCIC_FILES)
    missing = sorted(source.label for source in excluded if source not in hot_list.left_out)
    return f"The policy leaves out: {', '.join(missing)}." if missing else ""


def _check_restricted(hot_list: HotList) -> str:
    if hot_list.is_restricted:
        return ""
    if not sources.needs_grants(hot_list.source, hot_list.left_out):
        return "It has had entries of restricted files, and stays restricted." if _held(hot_list) else ""
    if hot_list.source == Source.NCIC:
        return "The list takes in files that are restricted. Leave them out, or keep the list restricted."
    return "Its source is restricted: it is shown only to members to whom it is granted (CJIS 4.2.2)."


def _held(hot_list: HotList) -> bool:
    """Whether a restricted list has, or had, entries of files that are restricted whatever the list is."""
    return (
        HotList.objects.filter(pk=hot_list.pk, is_restricted=True).exists()
        and hot_list.entries.filter(source_file__in=sources.RESTRICTED).exists()
    )


def _check_look_back(hot_list: HotList) -> str:
    days = hot_list.agency.policy.hot_lists.look_back_days
    if hot_list.look_back_days is None or (days and 0 < hot_list.look_back_days <= days):
        return ""
    if days is None:
        return "The policy does not let new entries be held against past detections."
    return f"From 1 to {days} days, as the policy allows."


def _check_mapping(hot_list: HotList) -> str:
    mapping = hot_list.mapping
    if mapping is None:
        return ""
    if hot_list.kind == HotList.Kind.SPECIFIC:
        return "A specific list takes no files."
    if mapping.agency_id != hot_list.agency_id or not mapping.is_active:
        return "Choose a mapping of this agency that is in use."
    return ""


def _check_pattern(hot_list: HotList) -> str:
    pattern = hot_list.folder_pattern
    if not pattern:
        return ""
    if hot_list.kind == HotList.Kind.SPECIFIC:
        return "A specific list takes no files."
    if re.search(r"[/\\\s]", pattern) or pattern.startswith(".") or not re.search(r"[A-Za-z0-9]", pattern):
        return "The name of a file, with * for any letters: svs_*.csv."
    if sources.is_immigration(pattern):
        return "The immigration violator file never enters (Government Code 7284.6)."
    others = HotList.objects.filter(agency=hot_list.agency_id, is_active=True).exclude(pk=hot_list.pk)
    taken = others.filter(folder_pattern__iexact=pattern).first()
    return "Another list takes these files already." if taken else ""


def _check_source(hot_list: HotList) -> str:
    excluded = sources.named_in(hot_list.agency.policy.hot_lists.excluded_files)
    return "The policy leaves this file out of the hot lists." if hot_list.source in excluded else ""


CHECKS: dict[str, Callable[[HotList], str]] = {
    "source": _check_source,
    "refresh_hours": _check_interval,
    "left_out": _check_left_out,
    "is_restricted": _check_restricted,
    "look_back_days": _check_look_back,
    "mapping": _check_mapping,
    "folder_pattern": _check_pattern,
}


@act
def list_approve(*, actor: Member, hot_list: HotList) -> HotList:
    """Approve a specific list before its first entry (Vallejo Policy 426.4(f)(5)).

    By another person than who designated it, a database constraint: raises `gate.Refused` for the same.
    """
    hot_list = HotList.objects.select_for_update().get(pk=hot_list.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=hot_list)
    if hot_list.kind != HotList.Kind.SPECIFIC or not hot_list.is_active:
        raise ValidationError("Only a specific list that is in use is approved.")
    if hot_list.approved_by_id is not None:
        return hot_list
    if hot_list.designated_by_id == actor.pk:
        raise two_people(actor, "You designated this list yourself.", "to approve a list of one’s own")
    hot_list.approved_by, hot_list.approved_at = actor, timezone.now()
    hot_list.full_clean()
    hot_list.save()
    record(actor, Verb.LIST_APPROVED, hot_list)
    return hot_list


@act
def list_deactivate(*, actor: Member, hot_list: HotList, why: str) -> HotList:
    """Take a list out of use: its entries match nothing from now on. They stay, as its history does."""
    hot_list = HotList.objects.select_for_update().get(pk=hot_list.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=hot_list)
    why = stated(why)
    if hot_list.is_active:
        hot_list.is_active = False
        hot_list.save()
        record(actor, Verb.CHANGED, hot_list, detail=f"taken out of use. {why}")
    return hot_list


def refuse_excluded(agency: Agency, text: str) -> None:
    """Raise ValidationError where a list's or a file's name is of a file that the policy leaves out.

    The immigration violator file never enters, whatever the policy says (Government Code 7284.6).
    """
    plain = sources.words(text)
    for excluded in agency.policy.hot_lists.excluded_files:
        if sources.words(excluded) in plain:
            raise ValidationError(f"The policy leaves this file out of the hot lists: {excluded}.")
    if sources.is_immigration(text):
        raise ValidationError(
            "Use for immigration enforcement is not permitted (Government Code 7284.6, the Values Act)."
        )


def stated(why: str) -> str:
    """A reason for a change, tidied. Raises ValidationError, on `why`, where it is missing or too long."""
    tidy = " ".join(why.split())
    if not tidy:
        raise ValidationError({"why": "Say why, in a few words."})
    if len(tidy) > 200:
        raise ValidationError({"why": f"At most 200 characters; this has {len(tidy)}."})
    return tidy


def two_people(actor: Member, reason: str, attempted: str) -> gate.Refused:
    """The refusal of an act that two people are needed for."""
    return gate.Refused(
        "two people",
        f"{reason} Another person has to approve it.",
        "Ask a supervisor or your ALPR administrator to look at it.",
        actor=actor,
        attempted=attempted,
    )
