"""Who can stand behind an event: a member, a reader's key, or the system itself on somebody's rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Actor(Protocol):
    """What the trail asks of whoever acts. Members, readers' keys and `System` answer it."""

    @property
    def trail_kind(self) -> str:
        """One of `member`, `reader`, `system`."""

    @property
    def trail_label(self) -> str:
        """How the actor is named on the trail, as of now: a role and a number, never a plate."""

    @property
    def trail_agency(self) -> Any:
        """The `accounts.Agency` for which it acts, or None."""

    @property
    def trail_policy(self) -> str:
        """Label of the policy version in force for that agency, or an empty string."""


@dataclass(frozen=True)
class System:
    """The system acting on a rule of its own: the purge, a sweep, a command at the console.

    `job` names what runs ("Image reading"); `agency` is the agency whose data it touches, if one.
    """

    job: str
    agency: Any = None

    trail_kind = "system"

    @property
    def trail_label(self) -> str:
        """Name of the job."""
        return f"System: {self.job}"

    @property
    def trail_agency(self) -> Any:
        """The agency for which the job runs."""
        return self.agency

    @property
    def trail_policy(self) -> str:
        """The policy in force at that agency."""
        return self.agency.policy_label if self.agency is not None else ""
