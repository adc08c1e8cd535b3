"""Hot lists, and the ladder that a hit climbs before a stop."""

from dataclasses import dataclass
from typing import Annotated

from alpr.policy import law
from alpr.policy.declaring import AtLeast, Includes, Newer, RuleGroup, Says
from alpr.policy.words import Compared, Ending, HotPlateFact, ListKind, Rung, StatusSource

IMMIGRATION_FILE = "immigration violator"
WRONG_ENDINGS = (Ending.MISREAD, Ending.WRONG_STATE, Ending.MISMATCH, Ending.NOT_LISTED)


@dataclass(frozen=True, kw_only=True)
class Ladder(RuleGroup):
    """What must have happened before a stop on a hit, and after it. An alert is not a match."""

    before_stop: Annotated[tuple[Rung, ...], Says("Before a stop", "Before a stop a hit is {}.")]
    only_if_practicable: Annotated[
        bool,
        Says(
            "If practicable",
            "The steps before a stop are taken where practicable.",
            "The steps before a stop are always taken, but for the exigent exception.",
        ),
    ]
    status_from: Annotated[
        frozenset[StatusSource],
        Says("Who answers for the list", "That the plate is still wanted is answered by {:any}."),
    ]
    compare: Annotated[
        tuple[Compared, ...],
        Says(
            "Compared by eye",
            "The {} in the image are compared with the hit by eye.",
            "The policy does not say what the eye compares.",
        ),
    ]
    person_check_lists: Annotated[
        frozenset[ListKind],
        Says(
            "Is the person in the car?",
            "On a hit from a {:any} list, the member makes an effort to confirm that the wanted person is in "
            "the car or that there is another reasonable basis for the stop.",
            "The policy does not ask for an effort to confirm that the wanted person is in the car.",
        ),
    ]
    alert_permits_following: Annotated[
        bool,
        Says(
            "An alert alone",
            "An alert alone permits following the vehicle, and no more.",
            "An alert alone permits nothing.",
        ),
    ]
    exigent_may_skip: Annotated[
        frozenset[Rung],
        Says(
            "Exigent exception",
            "In exigent circumstances a stop may come before the hit is {}, with its reason given at once.",
            "There is no exigent exception.",
        ),
    ]
    exigent_review_hours: Annotated[
        int,
        Says("Review of an exigent stop", "A supervisor reviews an exigent stop within {:hour}."),
        AtLeast(1),
    ]
    result_required: Annotated[
        bool,
        Says(
            "Result of a stop",
            "Every stop on a hit is cleared with its result, tied to the hit.",
            "The policy asks for no result of a stop.",
        ),
    ]
    tell_entering_member: Annotated[
        bool,
        Says(
            "The entering member is told",
            "The member who entered the plate, or a crime analyst, is told of the result.",
            "The policy does not ask that the entering member be told.",
        ),
    ]
    endings: Annotated[
        tuple[Ending, ...],
        Says("How a hit may end", "A hit ends with {:any}."),
        Includes(WRONG_ENDINGS, law.POSTED_POLICY),
        Newer([ending.value for ending in Ending], "The text names no list of results; all are offered."),
    ]
    open_minutes: Annotated[
        int | None,
        Says(
            "A hit left open",
            "A hit that is open for more than {:minute} goes to a supervisor.",
            "The policy sets no time after which an open hit goes to a supervisor.",
        ),
        AtLeast(1),
        Newer(60, "The text sets no limit; an hour is longer than any stop, so what is open then was left."),
    ]
    same_vehicle_minutes: Annotated[
        int | None,
        Says(
            "The same vehicle again",
            "Reads of one vehicle by one camera, each within {:minute} of the last, are one hit.",
            "Every read of a listed vehicle is a hit of its own.",
        ),
        AtLeast(1),
        Newer(10, "The text is silent; a parked vehicle that is read all night is one alert, not hundreds."),
    ]


@dataclass(frozen=True, kw_only=True)
class HotLists(RuleGroup):
    """Which lists are used, how fresh they are, and what a hot plate must carry."""

    designated_by: Annotated[str, Says("Who designates lists", "Hot lists are designated by the {}.")]
    sources: Annotated[
        tuple[str, ...],
        Says("Sources", "Hot lists come from {}.", "The policy names no sources of hot lists."),
    ]
    excluded_files: Annotated[
        tuple[str, ...],
        Says("Files never loaded", "These files are never loaded as hot lists: {}."),
        Includes((IMMIGRATION_FILE,), law.VALUES_ACT),
    ]
    general_lists: Annotated[
        tuple[str, ...],
        Says("General lists", "The general lists are {}.", "The policy names no general lists."),
    ]
    general_refresh_hours: Annotated[
        int, Says("Refresh of general lists", "General lists are loaded at least every {:hour}."), AtLeast(1)
    ]
    general_overwrites: Annotated[
        bool,
        Says(
            "A new load replaces the old",
            "A new load of a general list overwrites the old one.",
            "A new load of a general list is added to the old one.",
        ),
    ]
    specific_first_approval: Annotated[
        str,
        Says(
            "Approval of a specific list",
            "A specific list is approved by the {} before its first entry.",
            "The policy asks for no approval of a specific list.",
        ),
    ]
    specific_update_approval: Annotated[
        str,
        Says(
            "Approval of updates",
            "Updates of a specific list are approved by the {}.",
            "The policy asks for no approval of updates.",
        ),
    ]
    hot_plate_requires: Annotated[
        frozenset[HotPlateFact],
        Says(
            "What a hot plate carries",
            "Every hot plate carries {}.",
            "The policy does not say what a hot plate carries.",
        ),
    ]
    documented_in_report: Annotated[
        bool,
        Says(
            "In the offense report",
            "Entries and updates of specific lists are documented in the general offense report.",
            "The policy does not ask that entries be documented in a report.",
        ),
    ]
    longest_expiry_days: Annotated[
        int | None,
        Says(
            "Longest life of a hot plate",
            "A hot plate expires after at most {:day} unless it is renewed.",
            "A hot plate stays until it is removed.",
        ),
        AtLeast(1),
    ]
    partial_plates: Annotated[
        bool,
        Says(
            "Partial plates",
            "Partial plates reported in major crimes should be entered.",
            "The policy does not speak of partial plates.",
        ),
    ]
    vehicle_descriptions: Annotated[
        bool,
        Says(
            "Vehicle descriptions",
            "Unique vehicle descriptions reported in major crimes should be entered.",
            "The policy does not speak of vehicle descriptions.",
        ),
    ]
    fewest_known_characters: Annotated[
        int,
        Says(
            "Fewest known characters",
            "A partial plate is entered with at least {:known character}.",
        ),
        AtLeast(2),
        Newer(3, "The text sets no limit; fewer than three known characters meet too many vehicles."),
    ]
    most_matches_a_day: Annotated[
        int | None,
        Says(
            "Broadest entry",
            "A partial plate or description is entered only if it would have met at most {:vehicle} a day.",
            "The policy sets no limit to how broad a partial plate or description may be.",
        ),
        AtLeast(1),
        Newer(25, "The text sets no limit; an entry that rings each hour is no longer looked at."),
    ]
    look_back_days: Annotated[
        int | None,
        Says(
            "Looking back",
            "A new entry may be held against the detections of the last {:day}, for its stated case.",
            "New entries are not held against past detections.",
        ),
        AtLeast(1),
        Newer("none", "The text does not speak of it, so new entries are not held against past detections."),
    ]
