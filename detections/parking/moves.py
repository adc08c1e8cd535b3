"""What may be done with a parking hit, in one table: cited with its number, or ended without, with a reason.

One whose stay turned out broken may not be cited: a read that came in later shows the vehicle elsewhere.
"""

from __future__ import annotations

from accounts.permissions import Permission
from detections.models import ParkingHit
from trail.moves import Move, Moves

Status = ParkingHit.Status
MOVES = Moves(
    "parking hit",
    (
        Move("cite", "Cited", frozenset({Status.OPEN}), Status.CITED, Permission.ENFORCE_PARKING),
        Move(
            "none", "No citation", frozenset({Status.OPEN, Status.BROKEN}), Status.NONE,
            Permission.ENFORCE_PARKING,
        ),
    ),
)  # fmt: skip
