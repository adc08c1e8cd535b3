"""Who is responsible, who may use the system, with which training, and how a search is made."""

from dataclasses import dataclass
from typing import Annotated

from alpr.policy import law
from alpr.policy.declaring import Always, AtLeast, AtMost, Includes, RuleGroup, Says
from alpr.policy.words import Logged, Purpose


@dataclass(frozen=True, kw_only=True)
class People(RuleGroup):
    """Titles of the responsible people (Civil Code 1798.90.51)."""

    administrator: Annotated[str, Says("Administrator", "The {} administers the system.")]
    custodian: Annotated[str, Says("Custodian", "The {} is the official custodian of the system.")]
    equipment: Annotated[str, Says("Equipment", "The {} manages the equipment and the data.")]
    audits: Annotated[str, Says("Audits", "The {} ensures that audits are made.")]
    training: Annotated[str, Says("Training", "The {} ensures that members are trained.")]


@dataclass(frozen=True, kw_only=True)
class Training(RuleGroup):
    """What a certificate must show before anyone uses the system."""

    before_any_use: Annotated[
        bool,
        Says(
            "Training first",
            "No member operates the equipment or sees the data before completing approved training.",
        ),
        Always(True, f"{law.POSTED_POLICY}; {law.TRAINING_FIRST}"),
    ]
    valid_days: Annotated[
        int | None,
        Says("Renewal", "Training is valid for {:day}.", "Training does not lapse with time."),
        AtLeast(1),
    ]
    topics: Annotated[
        tuple[str, ...], Says("Topics", "Training covers {}.", "The policy names no topics of training.")
    ]
    follows: Annotated[
        str,
        Says("Another policy's training", "Training follows the {}.", "Training follows this policy alone."),
    ]
    renewed_on_change: Annotated[
        bool,
        Says(
            "Renewal on change",
            "Training is updated when technology, law or other conditions change.",
            "The policy does not ask for new training when conditions change.",
        ),
    ]
    records_kept: Annotated[
        bool,
        Says(
            "Training records",
            "A record of all completed training is kept.",
            "The policy does not ask for records of training.",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Access(RuleGroup):
    """Who may use the system. An empty list of titles means every trained member."""

    authorized: Annotated[
        tuple[str, ...],
        Says(
            "Who may use it",
            "Only trained {} may use the system.",
            "Every trained member may use the system.",
        ),
    ]
    need_and_right_to_know: Annotated[
        bool,
        Says(
            "Need and right to know",
            "A user needs both a need and a right to know.",
            "The policy names no need and right to know.",
        ),
    ]
    individual_credentials: Annotated[
        bool,
        Says("Own sign-in", "Every user has individual credentials, and each use can be audited."),
        Always(True, law.IDENTIFICATION),
    ]
    other_systems_authorized_apart: Annotated[
        bool,
        Says(
            "CLETS and other systems",
            "No operator sees data of CLETS or another system without separate authorization.",
            "The policy does not speak of authorization for other systems' data.",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Search(RuleGroup):
    """A search that gives no plate, or too few characters of one, and covers more cameras or more hours
    than the limits is broad: it needs a second person."""

    purpose: Annotated[Purpose, Says("Stated purpose", "Every search states {}.")]
    articulable_suspicion: Annotated[
        bool,
        Says(
            "Articulable suspicion",
            "A search needs articulable suspicion that the data relates to an investigation.",
            "The policy does not ask for articulable suspicion.",
        ),
    ]
    logged: Annotated[
        frozenset[Logged],
        Says("Record of access", "The record of each access holds {}."),
        Includes(tuple(Logged), law.ACCESS_RECORD),
    ]
    recorded_as_criminal_history: Annotated[
        bool,
        Says(
            "Recorded like criminal history",
            "Requests to see stored data are recorded in the manner of criminal history logs.",
            "The policy does not ask for records in the manner of criminal history.",
        ),
    ]
    broad_cameras: Annotated[
        int | None,
        Says(
            "Cameras in one search",
            "A broad search over more than {:camera} needs a second person.",
            "The number of cameras does not make a search broad.",
        ),
        AtLeast(1),
    ]
    broad_hours: Annotated[
        int | None,
        Says(
            "Hours in one search",
            "A broad search over more than {:hour} needs a second person.",
            "The time covered does not make a search broad.",
        ),
        AtLeast(1),
    ]
    broad_below_characters: Annotated[
        int,
        Says(
            "Characters in one search", "A search that gives fewer than {:character} of a plate may be broad."
        ),
        AtLeast(1),
    ]


@dataclass(frozen=True, kw_only=True)
class Uses(RuleGroup):
    """What the system may and may not be used for (Civil Code 1798.90.51)."""

    allowed: Annotated[tuple[str, ...], Says("Allowed uses", "The system may be used for {}.")]
    forbidden: Annotated[
        tuple[str, ...],
        Says("Forbidden uses", "Forbidden: {}.", "The policy names no forbidden uses."),
    ]
    looks_for_swapped_plates: Annotated[
        bool,
        Says(
            "Swapped and counterfeit plates",
            "The system looks for swapped and counterfeit plates.",
            "The policy does not speak of swapped and counterfeit plates.",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Sessions(RuleGroup):
    """Sign-in and accounts, within the FBI's figures."""

    idle_lock_minutes: Annotated[
        int,
        Says("Idle lock", "The screen locks after {:minute} without use."),
        AtLeast(1),
        AtMost(30, law.SCREEN_LOCK),
    ]
    idle_lock_spares_vehicles_and_dispatch: Annotated[
        bool,
        Says(
            "Vehicles and dispatch",
            "Devices in vehicles and at dispatch are exempt from the idle lock.",
            "Devices in vehicles and at dispatch lock as all others do.",
        ),
    ]
    lock_after_failures: Annotated[
        int,
        Says(
            "Failed sign-ins", "An account locks after {:failed sign-in}, until an administrator releases it."
        ),
        AtLeast(1),
        AtMost(5, law.FAILED_SIGN_INS),
    ]
    failures_within_minutes: Annotated[
        int,
        Says("Window of failed sign-ins", "Failed sign-ins count together within {:minute}."),
        AtLeast(15, law.FAILED_SIGN_INS),
    ]
    reauthenticate_hours: Annotated[
        int,
        Says("New sign-in", "A member signs in again after {:hour}."),
        AtLeast(1),
        AtMost(12, law.REAUTHENTICATION),
    ]
    inactive_days: Annotated[
        int,
        Says("Idle accounts", "An account is suspended after {:day} without use."),
        AtLeast(1),
        AtMost(90, law.ACCOUNTS),
    ]
    review_months: Annotated[
        int,
        Says("Review of accounts", "Accounts are reviewed every {:month}."),
        AtLeast(1),
        AtMost(12, law.ACCOUNTS),
    ]
