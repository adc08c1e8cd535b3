"""Agencies that forward to us: registered under the agreement on file, given a key, ended."""

from __future__ import annotations

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections.models import ForwardKey, ForwardSource
from trail.moves import MoveRefused
from trail.services import act, record
from trail.verbs import Verb
from training import gate

MAKE = Permission.MAKE_AGREEMENTS
PREFIX = re.compile(r"[a-z0-9]{2,8}")
LONGEST_WHY = 300


def is_open(source: ForwardSource) -> bool:
    """Whether anything is taken from it today."""
    return source.ended_at is None and (source.ends_on is None or source.ends_on >= timezone.localdate())


@act
def source_register(
    *, actor: Member, agency: Agency, name: str, prefix: str, reference: str, ends_on: date | None = None
) -> ForwardSource:
    """Register an agency that forwards to us. It sends nothing before it has a key.

    `prefix` (2 to 8 small letters and digits) stands before its cameras' codes here; `reference` names the
    agreement in the files. Raises `Refused` at the gate, ValidationError by field.
    """
    gate.require(actor, MAKE, on=agency)
    if not PREFIX.fullmatch(prefix):
        raise ValidationError({"prefix": "This is 2 to 8 small letters and digits."})
    if ends_on is not None and ends_on < timezone.localdate():
        raise ValidationError({"ends_on": "Its last day has passed already."})
    source = ForwardSource(
        agency=agency, name=" ".join(name.split()), prefix=prefix, reference=" ".join(reference.split()),
        ends_on=ends_on, registered_by=actor,
    )  # fmt: skip
    source.full_clean()
    source.save()
    return source


@act
def source_key_issue(*, actor: Member, source: ForwardSource) -> tuple[ForwardKey, str]:
    """Issue a key for the source, and give it with its secret, which is shown this once.

    Any key before stays until it is revoked, so that the source can change over. Raises `Refused`,
    `MoveRefused` for a source that has ended.
    """
    source = _locked(actor, source)
    if not is_open(source):
        raise MoveRefused("This source has ended; it is given no key.")
    key = ForwardKey(source=source, issued_by=actor)
    given = key.make_secret()
    key.save()
    record(actor, Verb.KEY_ISSUED, key)
    return key, given


@act
def source_key_revoke(*, actor: Member, key: ForwardKey) -> ForwardKey:
    """Revoke a key for good: from the next request on it opens nothing. Again changes nothing."""
    gate.require(actor, MAKE, on=key)
    key = ForwardKey.objects.select_for_update(of=("self",)).select_related("source__agency").get(pk=key.pk)
    if not key.is_revoked:
        key.revoke()
        key.save(update_fields=["revoked_at"])
        record(actor, Verb.KEY_REVOKED, key)
    return key


@act
def source_end(*, actor: Member, source: ForwardSource, why: str) -> ForwardSource:
    """Take nothing more from a source; what came stays until its time is up. Raises `MoveRefused`."""
    source, why = _locked(actor, source), " ".join(why.split())
    if source.ended_at is not None:
        raise MoveRefused("This source has ended already.")
    if not why or len(why) > LONGEST_WHY:
        raise ValidationError({"why": f"Say why, in at most {LONGEST_WHY} characters."})
    for key in source.keys.filter(revoked_at=None):
        source_key_revoke(actor=actor, key=key)
    source.ended_at, source.ended_why = timezone.now(), why
    source.save(update_fields=["ended_at", "ended_why"])
    record(actor, Verb.AGREEMENT_ENDED, source, detail=why)
    return source


def _locked(actor: Member, source: ForwardSource) -> ForwardSource:
    gate.require(actor, MAKE, on=source)
    rows = ForwardSource.objects.select_for_update(no_key=True, of=("self",)).select_related("agency")
    return rows.get(pk=source.pk)
