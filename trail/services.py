"""Writing the trail: `record` for acts, `act` for services that change rows."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from trail import context
from trail.actors import Actor
from trail.models import Event, Inquiry
from trail.verbs import Outcome, Verb

F = TypeVar("F", bound=Callable[..., Any])


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
) -> Event:
    """Record one act with the statute's contents (Civil Code 1798.90.52) and return the event.

    `elements` holds the plate or other data elements used; `target` is the row acted on, or a label for
    what has no row. `purpose` is used where there is no `inquiry` (verifying a hit, a member's own duty).
    `actor` None means that nobody was signed in.
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
    event.save()
    return event


def act(service: F) -> F:
    """Mark a service: keyword-only, atomic, with `actor` required; row changes within carry the actor."""

    @functools.wraps(service)
    def run(*, actor: Actor, **kwargs: Any) -> Any:
        with context.acting(actor), transaction.atomic():
            return service(actor=actor, **kwargs)

    return run  # type: ignore[return-value]
