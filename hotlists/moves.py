"""The moves of a hot plate, in one table, and whose turn each is."""

from datetime import date, timedelta

from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from hotlists.models import Entry
from trail.moves import Move, Moves
from training import gate

S = Entry.State
WAITING = frozenset({S.WAITING})
IN_USE = frozenset({S.IN_USE})
STANDING = WAITING | IN_USE
# A change and a renewal leave the hot plate in force and make another, which waits.
ENTRY_MOVES = Moves(
    "hot plate",
    [
        Move("approve", "Approve this hot plate", WAITING, S.IN_USE, Permission.APPROVE_HOT_PLATES),
        Move("decline", "Decline this hot plate", WAITING, S.DECLINED, Permission.APPROVE_HOT_PLATES),
        Move("renew", "Renew it", IN_USE, S.WAITING, Permission.ENTER_HOT_PLATES),
        Move("change", "Change it", IN_USE, S.WAITING, Permission.ENTER_HOT_PLATES),
        Move("let_go", "Let it go", IN_USE, S.CLOSED, Permission.ENTER_HOT_PLATES),
        Move("close", "Take off the list", STANDING, S.CLOSED, Permission.ENTER_HOT_PLATES),
    ],
)
DECIDING = frozenset({"approve", "decline"})
ASKED_BEFORE = timedelta(days=3)
KEPT_AFTER = timedelta(days=7)


def permissions_for(move: Move, entry: Entry, member: Member) -> tuple[Permission, ...]:
    """What `member` needs for `move` of a hot plate.

    Who may approve may also take off another member's hot plate, and, entering hot plates as well, change
    or renew it: the new one is then their own, and another person's to approve.
    """
    if move.name in DECIDING or entry.entered_by_id == member.pk:
        return (Permission(move.permission),)
    if move.name == "close":
        return (Permission.APPROVE_HOT_PLATES,)
    return Permission.ENTER_HOT_PLATES, Permission.APPROVE_HOT_PLATES


def decides(member: Member, entry: Entry, permitted: frozenset[Permission] | None = None) -> bool:
    """Whether it is for `member` to approve or decline: never who entered it.

    Where that member has a supervisor it is for the supervisor (Vallejo Policy 426.4(f)(5)), or for an
    administrator; without one it is for anybody who may approve hot plates. `permitted` is what the gate
    lets `member` do, where that has been asked already.
    """
    if entry.entered_by is None or entry.entered_by_id == member.pk:
        return False
    permitted = gate.permitted(member, on=entry) if permitted is None else permitted
    if Permission.APPROVE_HOT_PLATES not in permitted:
        return False
    supervisor = entry.entered_by.supervisor_id
    return supervisor in (None, member.pk) or Permission.DESIGNATE_LISTS in permitted


def turn(entry: Entry) -> str:
    """Who decides on a waiting hot plate, in words that follow "waits for"."""
    supervisor = entry.entered_by.supervisor if entry.entered_by else None
    return f"{supervisor} or an administrator" if supervisor else "a supervisor or an administrator"


def is_ending(entry: Entry) -> bool:
    """Whether its last day is over or at most three days away."""
    last = entry.last_day
    return last is not None and last <= timezone.localdate() + ASKED_BEFORE


def latest_expiry(agency: Agency) -> date | None:
    """The latest last day that the policy allows a hot plate entered today; None for no limit."""
    days = agency.policy.hot_lists.longest_expiry_days
    return None if days is None else timezone.localdate() + timedelta(days=days)


def waiting_change(entry: Entry) -> Entry | None:
    """The change or renewal of this hot plate that waits for approval, if one does."""
    return entry.replaced_by.filter(state_of_entry=S.WAITING).first()


def moves_open_to(member: Member, entry: Entry) -> list[Move]:
    """The moves whose buttons `member` sees on a hot plate, in the table's order."""
    return [
        move
        for move in ENTRY_MOVES.open_from(entry.state_of_entry)
        if _fits(move, member, entry)
        and all(gate.allows(member, needed, on=entry) for needed in permissions_for(move, entry, member))
    ]


def _fits(move: Move, member: Member, entry: Entry) -> bool:
    """Whether the move is this member's and can be made as the hot plate stands."""
    match move.name:
        case "approve":
            return decides(member, entry) and not entry.is_expired
        case "decline":
            return decides(member, entry)
        case "let_go":
            return entry.entered_by_id == member.pk and is_ending(entry)
        case "renew":
            return _can_last_longer(entry) and waiting_change(entry) is None
        case "change":
            return waiting_change(entry) is None
    return True


def _can_last_longer(entry: Entry) -> bool:
    latest = latest_expiry(entry.agency)
    return latest is None or entry.last_day is None or latest > entry.last_day
