"""Recording refused attempts: at each boundary, after the rollback. The web, the API, jobs and commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from trail.actors import Actor
from trail.services import record
from trail.verbs import Outcome, Verb
from training.gate import Refused


def record_refusal(refused: Refused) -> None:
    """Put a refused attempt on the trail. Call it outside the transaction that was rolled back."""
    actor = refused.actor if isinstance(refused.actor, Actor) else None
    record(actor, Verb.ATTEMPTED, refused.attempted, detail=refused.reason, outcome=Outcome.REFUSED)


@contextmanager
def refusals_recorded() -> Iterator[None]:
    """The boundary of a job or command: records what the gate refuses within, and lets it go on upwards.

    Works as a decorator too. Put it outside of every transaction.
    """
    try:
        yield
    except Refused as refused:
        record_refusal(refused)
        raise
