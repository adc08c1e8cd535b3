"""The moves of a package, in one table that buttons, services and documents read."""

from __future__ import annotations

from accounts.permissions import Permission
from detections.models import EvidencePackage
from trail.moves import Move, Moves

State = EvidencePackage.State
_ALSO_TAKEN = frozenset({State.BUILT.value, State.BOOKED.value})


def _move(name: str, label: str, before: State, after: State, permission: Permission) -> Move:
    return Move(name, label, frozenset({before.value}), after.value, permission)


MOVES = Moves(
    "package",
    [
        _move("approve", "Approve", State.ASKED, State.APPROVED, Permission.APPROVE_EVIDENCE),
        _move("decline", "Decline", State.ASKED, State.DECLINED, Permission.APPROVE_EVIDENCE),
        _move("retry", "Build it again", State.FAILED, State.APPROVED, Permission.HOLD),
        Move("take", "Download the package", _ALSO_TAKEN, "", Permission.HOLD),
        _move("book", "Book into evidence", State.BUILT, State.BOOKED, Permission.HOLD),
        _move("hand-on", "Record a step", State.BOOKED, State.BOOKED, Permission.HOLD),
    ],
)
