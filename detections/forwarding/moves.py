"""The moves of a forwarding, in one table that buttons, services and documents read."""

from __future__ import annotations

from accounts.permissions import Permission
from detections.models import Forwarding
from trail.moves import Move, Moves

MAKE = Permission.MAKE_AGREEMENTS
State = Forwarding.State
_STANDING = frozenset({State.PROPOSED.value, State.ACTIVE.value, State.PAUSED.value})
_RUNS = frozenset({State.ACTIVE.value, State.PAUSED.value})

MOVES = Moves(
    "forwarding",
    [
        Move("approve", "Approve", frozenset({State.PROPOSED.value}), State.ACTIVE, MAKE),
        Move("pause", "Pause", frozenset({State.ACTIVE.value}), State.PAUSED, MAKE),
        Move("resume", "Forward again", frozenset({State.PAUSED.value}), State.ACTIVE, MAKE),
        Move("again", "Send the refused again", _RUNS, "", MAKE),
        Move("try", "Try now", frozenset({State.ACTIVE.value}), State.ACTIVE, MAKE),
        Move("key", "Enter the centre’s key", _STANDING, "", MAKE),
        Move("end", "End", _STANDING, State.ENDED, MAKE),
    ],
)
