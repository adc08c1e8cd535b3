"""The moves of a file on its way into a general list, in one table."""

from accounts.models import Member
from accounts.permissions import Permission
from hotlists.models import Refresh
from trail.moves import Move, Moves
from training import gate

S = Refresh.State
READ = frozenset({S.CHECKING, S.CONFIRMED})
UNDER_WAY = READ | {S.RECEIVED}
WAITING = frozenset({S.WAITING})
WORKER = ""
# A move without a permission is the worker's own.
REFRESH_MOVES = Moves(
    "file",
    [
        Move("check", "Read it", frozenset({S.RECEIVED, S.CHECKING}), S.CHECKING, WORKER),
        Move("confirm", "Load it", WAITING, S.CONFIRMED, Permission.LOAD_LISTS),
        Move("let_go", "Let it go", WAITING, S.LET_GO, Permission.LOAD_LISTS),
        Move("wait", "Hold it back for a person", READ, S.WAITING, WORKER),
        Move("load", "Put it in force", READ, S.LOADED, WORKER),
        Move("pass", "Find it loaded before", READ, S.UNCHANGED, WORKER),
        Move("refuse", "Refuse it", UNDER_WAY, S.REFUSED, WORKER),
        Move("supersede", "Pass over it for a newer file", UNDER_WAY | WAITING, S.SUPERSEDED, WORKER),
    ],
)


def moves_open_to(member: Member, refresh: Refresh) -> list[Move]:
    """The moves whose buttons `member` sees on a file, in the table's order."""
    return [
        move
        for move in REFRESH_MOVES.open_from(refresh.state)
        if move.permission and gate.allows(member, Permission(move.permission), on=refresh)
    ]
