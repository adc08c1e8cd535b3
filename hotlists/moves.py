"""The moves of a hot plate, in one table."""

from accounts.permissions import Permission
from hotlists.models import Entry
from trail.moves import Move, Moves

S = Entry.State
ENTRY_MOVES = Moves(
    "hot plate",
    [
        Move("approve", "Approve this hot plate", frozenset({S.WAITING}), S.IN_USE, Permission.APPROVE_HOT_PLATES),
        Move("decline", "Decline this hot plate", frozenset({S.WAITING}), S.DECLINED, Permission.APPROVE_HOT_PLATES),
        Move("close", "Take off the list", frozenset({S.WAITING, S.IN_USE}), S.CLOSED, Permission.ENTER_HOT_PLATES),
    ],
)
