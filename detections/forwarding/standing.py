"""How forwarding stands, for pages and for what waits: how far behind, what failed, how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Agency
from detections.forwarding import outbox
from detections.forwarding.sources import is_open
from detections.models import Forwarding, ForwardSource

BEHIND = timedelta(minutes=15)
SILENT = timedelta(days=1)
State = Forwarding.State


@dataclass(frozen=True)
class Sending:
    """One forwarding: how many detections wait, since when, and what the centre last said."""

    forwarding: Forwarding
    waiting: int
    oldest: datetime | None

    @property
    def is_behind(self) -> bool:
        """Whether something has waited longer than `BEHIND`."""
        return self.oldest is not None and timezone.now() - self.oldest > BEHIND

    @property
    def has_failed_long(self) -> bool:
        """Whether the centre could not be served for longer than `BEHIND`."""
        since = self.forwarding.failing_since
        return since is not None and timezone.now() - since > BEHIND

    @property
    def mark(self) -> tuple[str, str]:
        """The mark of its state, in shape and words."""
        state = self.forwarding.state
        if state != State.ACTIVE:
            shapes = {State.PROPOSED: "wait", State.PAUSED: "warn", State.ENDED: "off"}
            return shapes[State(state)], self.forwarding.get_state_display()
        if self.forwarding.failure:
            return ("stop" if self.has_failed_long else "warn"), "Cannot be sent"
        return (
            ("warn", "Behind") if self.is_behind else ("ok", "Up to date" if not self.waiting else "Sending")
        )

    @property
    def purged_before(self) -> datetime | None:
        """What was captured before was due at the centre's last purge."""
        return _moment(self.forwarding.said.get("purged_before"))

    @property
    def counted_at(self) -> datetime | None:
        """When the centre counted what it has deleted."""
        return _moment(self.forwarding.said.get("counted_at"))

    @property
    def clock(self) -> str:
        """How our clock stands to the centre's, in words; empty where it was not asked yet."""
        ahead = self.forwarding.ahead_ms
        if ahead is None:
            return ""
        if abs(ahead) < 1000:
            return "Less than a second apart"
        return f"Ours is {abs(ahead) / 1000:,.0f} s {'ahead' if ahead > 0 else 'behind'}"


@dataclass(frozen=True)
class Receiving:
    """One source: whether it is open, and whether nothing has come for long."""

    source: ForwardSource

    @property
    def is_open(self) -> bool:
        """Whether anything is taken from it."""
        return is_open(self.source)

    @property
    def is_silent(self) -> bool:
        """Whether it has a key in use and nothing came for longer than `SILENT`."""
        last = self.source.receipt_at
        return self.is_open and last is not None and timezone.now() - last > SILENT

    @property
    def is_behind(self) -> bool:
        """Whether it says that something has waited there longer than `BEHIND`."""
        since = self.source.waiting_since
        return bool(self.source.waiting_there) and since is not None and timezone.now() - since > BEHIND

    @property
    def mark(self) -> tuple[str, str]:
        """The mark of its state, in shape and words."""
        if not self.is_open:
            return "off", "Ended"
        if self.source.receipt_at is None:
            return "none", "Nothing yet"
        if self.is_silent:
            return "warn", "Silent"
        return ("warn", "Behind") if self.is_behind else ("ok", "Comes in")


def sendings(agency: Agency) -> list[Sending]:
    """Every forwarding of the agency, those that stand first."""
    rows = Forwarding.objects.filter(agency=agency).select_related("agreement", "proposed_by", "approved_by")
    found = [sending(one) for one in rows]
    return sorted(found, key=lambda one: one.forwarding.state == State.ENDED)


def sending(forwarding: Forwarding) -> Sending:
    """How one forwarding stands."""
    return Sending(forwarding, *outbox.oldest(forwarding))


def receivings(agency: Agency) -> list[Receiving]:
    """Every source of the agency, those that are open first."""
    found = [Receiving(one) for one in ForwardSource.objects.filter(agency=agency).select_related("agency")]
    return sorted(found, key=lambda one: not one.is_open)


def _moment(text: object) -> datetime | None:
    return parse_datetime(text) if isinstance(text, str) else None
