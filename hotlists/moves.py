"""The moves of a hot plate, in one table."""

from accounts.models import Member
from accounts.permissions import Permission
from hotlists.models import Entry
from trail.moves import Move, Moves
from training import gate

S = Entry.State
WAITING = frozenset({S.WAITING})
STANDING = frozenset({S.WAITING, S.IN_USE})
ENTRY_MOVES = Moves(
    "hot plate",
    [
        Move("approve", "Approve this hot plate", WAITING, S.IN_USE, Permission.APPROVE_HOT_PLATES),
        Move("decline", "Decline this hot plate", WAITING, S.DECLINED, Permission.APPROVE_HOT_PLATES),
        Move("close", "Take off the list", STANDING, S.CLOSED, Permission.ENTER_HOT_PLATES),
    ],
)


def permission_for(move: Move, entry: Entry, member: Member) -> Permission:
    """What `member` needs for `move`: whoever may approve may also close another member's hot plate."""
    if move.name == "close" and entry.entered_by_id != member.pk:
        return Permission.APPROVE_HOT_PLATES
    return Permission(move.permission)


def moves_open_to(member: Member, entry: Entry) -> list[Move]:
    """The moves whose buttons `member` sees on a hot plate, in the table's order."""
    own = entry.entered_by_id == member.pk
    return [
        move
        for move in ENTRY_MOVES.open_from(entry.state_of_entry)
        if (not own or move.name == "close")
        and gate.allows(member, permission_for(move, entry, member), on=entry)
    ]
