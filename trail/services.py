"""Writing the trail: `record` for acts, `act` for services that change rows."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from trail import context
from trail.actors import Actor
from trail.models import Event, Inquiry
from trail.verbs import Outcome, Verb

P = ParamSpec("P")
R = TypeVar("R")


def record(
    actor: Actor | None,
    verb: Verb,
    target: models.Model | str | None = None,
    *,
    inquiry: Inquiry | None = None,
    purpose: str = "",
    elements: dict[str, Any] | None = None,
    detail: str = "",
    outcome: Outcome = Outcome.DONE,
    agency: Any = None,
) -> Event:
    """Record one act with the statute's contents (Civil Code 1798.90.52) and return the event.

    `elements` holds the plate or other data elements used; `target` is the row acted on, or a label for
    what has no row. `purpose` is used where there is no `inquiry` (verifying a hit, a member's own duty).
    `actor` None means that nobody was signed in; the event then belongs to the agency of the row acted on.
    `agency` lays the event on the trail of another than the actor's, whose data were accessed, with its
    policy version; `detail` then says for whom the actor acted.
    """
    event = Event(
        action=Event.Action.ACCESS,
        verb=verb,
        outcome=outcome,
        inquiry=inquiry,
        purpose=inquiry.purpose if inquiry else purpose,
        elements=elements or {},
        detail=detail,
    )
    if isinstance(target, models.Model):
        event.content_type = ContentType.objects.get_for_model(target)
        event.object_pk = str(target.pk)
        event.object_id = target.pk if isinstance(target.pk, int) else None
    event.object_repr = str(target) if target is not None else ""
    if actor is not None:
        event.credit(actor)
    elif isinstance(target, models.Model):
        event.lay_with(getattr(target, "agency", None))
    if agency is not None:
        event.lay_with(agency)
        event.policy_version = agency.policy_label
    event.save()
    return event


def act(service: Callable[P, R]) -> Callable[P, R]:
    """Mark a service: keyword-only, atomic, with `actor` required; row changes within carry the actor.

    Raises TypeError, and does nothing, where the actor is missing or None.
    """

    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = kwargs.get("actor")
        if args or not isinstance(actor, Actor):
            raise TypeError(f"{service.__name__} takes keywords alone, and an actor among them.")
        with context.acting(actor), transaction.atomic():
            return service(*args, **kwargs)

    return run
