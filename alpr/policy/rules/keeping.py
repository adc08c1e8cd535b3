"""How long data is kept, how it reaches the server, and how it is kept safe."""

from dataclasses import dataclass
from typing import Annotated

from alpr.policy import law
from alpr.policy.declaring import AtLeast, Newer, RuleGroup, Says
from alpr.policy.words import Duty, HoldGround, Limit, TransferMode


@dataclass(frozen=True, kw_only=True)
class Retention(RuleGroup):
    """Days are counted from capture; data is due for purge once that many days have passed."""

    detections_days: Annotated[
        int,
        Says(
            "Detections kept",
            "Detections are kept {detections_limit} {:day}, then {purge_duty} be purged unless held.",
        ),
        AtLeast(1, law.POSTED_POLICY),
    ]
    detections_limit: Annotated[Limit, Says("Which way the period binds", "The period is {} that long.")]
    purge_duty: Annotated[Duty, Says("Force of the purge", "Data past its period {} be purged.")]
    hits_days: Annotated[
        int | None,
        Says("Hits kept", "Hits are kept {:day}, then purged unless held.", "Hits are kept indefinitely."),
        AtLeast(1, law.POSTED_POLICY),
    ]
    images_on_server: Annotated[
        bool,
        Says(
            "Images on the server",
            "Images of reads are kept on the server with their detections.",
            "No image of a read is kept on the server.",
        ),
    ]
    pictures_days: Annotated[
        int | None,
        Says(
            "Pictures kept",
            "Pictures are kept {:day}, then purged unless held.",
            "Pictures are kept as long as their detections and hits.",
        ),
        AtLeast(1, law.POSTED_POLICY),
        Newer("none", "The text sets pictures no time of their own, so they go with what they show."),
    ]
    parking_reads_days: Annotated[
        int,
        Says(
            "Parking reads kept",
            "Reads of parking enforcement are kept {:day}, without any picture, then purged unless held.",
        ),
        AtLeast(1, law.POSTED_POLICY),
        Newer(30, "The text is silent on parking; Berkeley's parking order keeps reads 30 days."),
    ]
    parking_hits_days: Annotated[
        int,
        Says(
            "Parking hits kept",
            "Hits of parking enforcement are kept {:day}, then purged unless held.",
        ),
        AtLeast(1, law.POSTED_POLICY),
        Newer(365, "The text is silent on parking; Berkeley's parking order keeps hits 365 days."),
    ]
    kept_at: Annotated[str, Says("Where data is kept", "Data is kept at {}.")]
    vendor_copy_days: Annotated[
        int | None,
        Says(
            "A vendor's copy",
            "A vendor's copy is purged after {:day}.",
            "The policy sets no period for a vendor's copy.",
        ),
        AtLeast(1),
    ]
    hold_grounds: Annotated[
        frozenset[HoldGround],
        Says(
            "Grounds for a hold",
            "Data is held past its period when {:any}.",
            "The policy names no ground for a hold.",
        ),
    ]
    hold_review_days: Annotated[
        int,
        Says("Review of holds", "Whether a hold is still needed is looked at every {:day}."),
        AtLeast(1),
        Newer(90, "The text sets no time; a hold that nobody looks at keeps data for ever."),
    ]
    booked_on_portable_media: Annotated[
        bool,
        Says(
            "Held data is booked",
            "Held data is downloaded to portable media and booked into evidence.",
            "The policy does not ask that held data be booked into evidence.",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Transfer(RuleGroup):
    """From a vehicle to the server. ``max_days`` goes with the mode of that name, and with no other."""

    mode: Annotated[TransferMode, Says("Transfer from vehicles", "Data is transferred from vehicles {}.")]
    max_days: Annotated[
        int | None,
        Says(
            "Longest time between transfers",
            "Transfers from a vehicle are at most {:day} apart.",
            "The policy sets no longest time between transfers.",
        ),
        AtLeast(1),
    ]
    purge_vehicle_after: Annotated[
        bool,
        Says(
            "Purge of the vehicle's computer",
            "Once transferred, data is purged from the vehicle's computer at once.",
            "The policy does not ask for a purge of the vehicle's computer after a transfer.",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class EquipmentCheck(RuleGroup):
    """The check that the reader works."""

    each_shift: Annotated[
        bool,
        Says(
            "Equipment check",
            "The member who signs in checks the equipment at the start of each shift.",
            "The policy asks for no regular check of the equipment.",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Safeguards(RuleGroup):
    """Security of storage and transmission, and what follows a breach."""

    clets_security: Annotated[
        bool,
        Says(
            "CLETS security",
            "Storage and transmission meet the CLETS rules for network and computer security.",
            "The policy names no security standard for storage and transmission.",
        ),
    ]
    breach_policy: Annotated[
        str,
        Says(
            "Breaches",
            "Security and data breaches follow the {}.",
            "The policy does not say what follows a breach.",
        ),
    ]
