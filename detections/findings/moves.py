"""What may be done with a finding, in one table: it is closed with a result, and the result is corrected."""

from __future__ import annotations

from accounts.permissions import Permission
from detections.models import Finding
from trail.moves import Move, Moves

OPEN, CLOSED = Finding.State.OPEN.value, Finding.State.CLOSED.value
FINDING_MOVES = Moves(
    "finding",
    [
        Move("close", "Close the finding", frozenset({OPEN}), CLOSED, Permission.REVIEW_FINDINGS),
        Move("correct", "Correct the result", frozenset({CLOSED}), CLOSED, Permission.REVIEW_FINDINGS),
    ],
)


def move_of(finding: Finding) -> Move:
    """The one move that is open now."""
    return FINDING_MOVES.open_from(finding.status)[0]
