"""What pages show of the files of a list: how far each has come, what it does, and why it waits."""

from __future__ import annotations

from hotlists.models import HotList, Refresh

RECENT = 10
MARKS = {
    Refresh.State.RECEIVED: "now",
    Refresh.State.CHECKING: "now",
    Refresh.State.WAITING: "wait",
    Refresh.State.CONFIRMED: "now",
    Refresh.State.LOADED: "ok",
    Refresh.State.UNCHANGED: "same",
    Refresh.State.REFUSED: "stop",
    Refresh.State.LET_GO: "off",
    Refresh.State.SUPERSEDED: "off",
}


def recent(hot_list: HotList) -> list[tuple[Refresh, str]]:
    """The files that came last for a list, whatever became of them, each with the shape of its state."""
    files = hot_list.refreshes.select_related("given_by", "decided_by")[:RECENT]
    return [(file, MARKS[Refresh.State(file.state)]) for file in files]


def reasons(refresh: Refresh) -> list[str]:
    """Why a file waits, in words, with the figures that say it."""
    hot_list = refresh.hot_list
    said = {
        Refresh.Wait.BY_HAND: "It was given by hand: somebody looks at the counts before it is loaded.",
        Refresh.Wait.SHRINKS: (
            f"{refresh.removed:,} entries would go and {refresh.added:,} come; "
            f"the list may shrink by {hot_list.shrink_percent}%."
        ),
        Refresh.Wait.BAD_LINES: (
            f"{refresh.bad:,} of {refresh.good + refresh.bad:,} lines are bad; "
            f"the list allows {hot_list.bad_percent}%."
        ),
        Refresh.Wait.CUT_OFF: "Its last line looks cut off: the file may not have come whole.",
        Refresh.Wait.OLDER: "Its source made it before what is in force.",
    }
    return [said[Refresh.Wait(reason)] for reason in refresh.waits_for]
