"""Forwarding to a centre: proposed by one person, approved by another, paused, ended. No key is shown."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Agency, Agreement, Member
from accounts.permissions import Permission
from detections.forwarding import line, outbox, secret
from detections.forwarding.moves import MOVES
from detections.models import Forwarding
from trail.actors import Actor
from trail.services import act, record
from trail.verbs import Verb
from training import gate

State = Forwarding.State
MAKE = Permission.MAKE_AGREEMENTS
LONGEST_WHY = 300


def agreements(agency: Agency) -> list[Agreement]:
    """The agency's agreements under which detections can be forwarded, and none is forwarded yet."""
    rows = agency.agreements.filter(lets_forward=True, ended_at=None, approved_by__isnull=False, partner=None)
    taken = Forwarding.objects.filter(agreement__agency=agency).exclude(state=State.ENDED)
    open_ones = rows.exclude(pk__in=taken.values("agreement"))
    return [one for one in open_ones if not is_over(one)]


def is_over(agreement: Agreement) -> bool:
    """Whether it is in force no more; one that has not begun is not over."""
    if agreement.approved_by_id is None or agreement.ended_at is not None or not agreement.lets_forward:
        return True
    return agreement.ends_on is not None and agreement.ends_on < timezone.localdate()


@act
def forwarding_propose(
    *, actor: Member, agreement: Agreement, address: str, with_pictures: bool = True,
    earlier_since: date | None = None, secret_of_centre: str = "",
) -> Forwarding:  # fmt: skip
    """Propose that detections go to `address` as they come; nothing goes until another person approves.

    `earlier_since` asks for what came in before, from that day of capture on. The centre's key goes to a file
    of its own. Raises `Refused` at the gate, ValidationError by field.
    """
    gate.require(actor, MAKE, on=agreement.agency)
    agreement = (
        Agreement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("agency")
        .get(pk=agreement.pk)
    )
    if is_over(agreement) or agreement.partner_id is not None:
        raise ValidationError({"agreement": "This agreement does not let detections be forwarded elsewhere."})
    _check_day(agreement, earlier_since)
    forwarding = Forwarding(
        agency=agreement.agency, agreement=agreement, address=line.check(address),
        with_pictures=with_pictures, earlier_since=earlier_since, proposed_by=actor,
    )  # fmt: skip
    forwarding.full_clean()
    forwarding.save()
    if secret_of_centre:
        _put_key(actor, forwarding, secret_of_centre)
    return forwarding


@act
def forwarding_approve(*, actor: Member, forwarding: Forwarding) -> Forwarding:
    """Approve where detections go, as another person; from now on they are forwarded as they come.

    Raises `Refused` at the gate and for who proposed it, `MoveRefused`, ValidationError without a key or
    with an agreement that is over.
    """
    forwarding = _locked(actor, forwarding)
    move = MOVES.check("approve", forwarding.state)
    if forwarding.proposed_by_id == actor.pk:
        raise gate.Refused(
            "two people", "You proposed this forwarding yourself.", "Another person approves it.",
            actor=actor, attempted="to approve a forwarding of one’s own",
        )  # fmt: skip
    if is_over(forwarding.agreement):
        raise ValidationError("Its agreement is not in force any more. End this forwarding.")
    if not secret.is_there(forwarding):
        raise ValidationError("The centre’s key is not entered yet.")
    if forwarding.earlier_since is not None:
        outbox.settle()
    forwarding.state, forwarding.approved_by, forwarding.approved_at = move.after, actor, timezone.now()
    _save(forwarding, "state", "approved_by", "approved_at")
    record(actor, Verb.AGREEMENT_APPROVED, forwarding, elements={"address": forwarding.address})
    transaction.on_commit(partial(outbox.kick, forwarding.pk))
    return forwarding


@act
def forwarding_pause(*, actor: Member, forwarding: Forwarding) -> Forwarding:
    """Send nothing for now. What comes in waits meanwhile. Raises `Refused`, `MoveRefused`."""
    return _move(actor, forwarding, "pause")


@act
def forwarding_resume(*, actor: Member, forwarding: Forwarding) -> Forwarding:
    """Forward again, what waited first. Raises `Refused`, `MoveRefused`."""
    return _try_now(_move(actor, forwarding, "resume"))


@act
def forwarding_try(*, actor: Member, forwarding: Forwarding) -> Forwarding:
    """Try the centre now instead of later. Raises `Refused`, `MoveRefused`."""
    return _try_now(_move(actor, forwarding, "try"))


@act
def forwarding_key(*, actor: Member, forwarding: Forwarding, secret_of_centre: str) -> Forwarding:
    """Enter the key that the centre issued, in place of one before. Raises `Refused`, ValidationError."""
    forwarding = _locked(actor, forwarding)
    MOVES.check("key", forwarding.state)
    _put_key(actor, forwarding, secret_of_centre)
    return _try_now(forwarding)


@act
def forwarding_again(*, actor: Member, forwarding: Forwarding) -> int:
    """Queue again what the centre refused, once its reasons are seen to; gives how many detections."""
    forwarding = _locked(actor, forwarding)
    MOVES.check("again", forwarding.state)
    rows = forwarding.refusals.select_for_update().order_by("detection_id")
    refused = list(rows.values_list("camera_id", "detection_id"))
    outbox.again(forwarding, refused, timezone.now())
    forwarding.refusals.all().delete()
    record(actor, Verb.CHANGED, forwarding, detail=f"Refused detections to be sent again: {len(refused)}.")
    _try_now(forwarding)
    return len(refused)


@act
def forwarding_end(*, actor: Member, forwarding: Forwarding, why: str) -> Forwarding:
    """End a forwarding for good; what waits is not sent. Raises `Refused`, `MoveRefused`, ValidationError."""
    forwarding = _locked(actor, forwarding)
    MOVES.check("end", forwarding.state)
    why = " ".join(why.split())
    if not why or len(why) > LONGEST_WHY:
        raise ValidationError({"why": f"Say why, in at most {LONGEST_WHY} characters."})
    return end(actor=actor, forwarding=forwarding, why=why)


@act
def end(*, actor: Actor, forwarding: Forwarding, why: str) -> Forwarding:
    """End a forwarding: its key is deleted, and what waited is let go and counted. Safe to repeat."""
    forwarding = _row(forwarding)
    if forwarding.state == State.ENDED:
        return forwarding
    unsent = forwarding.queued.aggregate(count=Sum("count"))["count"] or 0
    forwarding.queued.all().delete()
    forwarding.state, forwarding.ended_at = State.ENDED, timezone.now()
    forwarding.ended_why, forwarding.unsent = why[:LONGEST_WHY], unsent
    _save(forwarding, "state", "ended_at", "ended_why", "unsent")
    record(actor, Verb.AGREEMENT_ENDED, forwarding, detail=why, elements={"not sent": unsent})
    transaction.on_commit(partial(secret.forget, forwarding))
    return forwarding


def _check_day(agreement: Agreement, since: date | None) -> None:
    if since is None:
        return
    today, days = timezone.localdate(), agreement.agency.policy.retention.detections_days
    if since > today:
        raise ValidationError({"earlier_since": "This day is still to come."})
    if since < today - timedelta(days=days):
        raise ValidationError({"earlier_since": f"Detections are kept {days} days: choose a later day."})


def _put_key(actor: Member, forwarding: Forwarding, given: str) -> None:
    if secret.by_environment(forwarding):
        raise ValidationError({"secret": "The environment of the server holds the key: change it there."})
    given = secret.checked(given)
    secret.keep(forwarding, given)
    record(actor, Verb.CHANGED, forwarding, detail="The centre’s key was entered.")


def _move(actor: Member, forwarding: Forwarding, name: str) -> Forwarding:
    forwarding = _locked(actor, forwarding)
    forwarding.state = MOVES.check(name, forwarding.state).after
    _save(forwarding, "state")
    return forwarding


def _try_now(forwarding: Forwarding) -> Forwarding:
    """Let a run begin at once, whatever failed before; the failure stands until one succeeds."""
    Forwarding.objects.filter(pk=forwarding.pk).update(next_try_at=None, kicked_at=None)
    transaction.on_commit(partial(outbox.kick, forwarding.pk))
    return forwarding


def _save(forwarding: Forwarding, *fields: str) -> None:
    """Save what was decided, and nothing that the worker counts meanwhile."""
    forwarding.save(update_fields=list(fields))


def _locked(actor: Member, forwarding: Forwarding) -> Forwarding:
    gate.require(actor, MAKE, on=forwarding)
    return _row(forwarding)


def _row(forwarding: Forwarding) -> Forwarding:
    """The row as it now is, held until the act ends; batches that come in do not wait for it."""
    rows = Forwarding.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("agency", "agreement").get(pk=forwarding.pk)
