"""The demonstration department's own hot plates: whole, in part, described, and one that waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Member
from hotlists.models import Entry, HotList, Priority
from hotlists.services import (
    hot_plate_approve,
    hot_plate_enter,
    hot_plate_preview,
    list_approve,
    list_designate,
    list_set,
)

ROBBERY = "White SUV seen leaving the Quay St robbery; driver wanted for identification."
COLLISION = "Gray pickup struck a parked car on Alder Ave and left; witness gave the plate."
SHOOTING = "Dark green SUV left the Marina lot after shots were fired; witness saw part of the plate."
JEEP = "Orange Jeep with a roof rack took the girl’s bicycle and struck her; nobody saw the plate."
PART = "6RN?2*"


def hot_plates(agency: Agency, people: dict[str, Member]) -> list[Entry]:
    """The department's own list, approved by another; its entries in use, and one that waits.

    The plate of the robbery is looked for in the past days as well; the part of a plate and the description
    were previewed before they were entered.
    """
    hot_list = _own_list(agency, people)
    robbery = _enter(
        people["operator2"], hot_list, "9BQT661", "Robbery", "26-11873", ROBBERY, offense="robbery",
        look_back_days=7, person="Driver of the getaway car", make="TOYOTA", model="RAV4", color="WHI",
        body="suv",
    )  # fmt: skip
    shooting = _enter(
        people["analyst"], hot_list, PART, "Shots fired", "26-12011", SHOOTING, offense="assault",
        priority=Priority.HIGH, make="SUBARU", color="GRN", body="suv",
    )  # fmt: skip
    jeep = _enter(
        people["analyst"], hot_list, "", "Hit and run", "26-12019", JEEP, offense="traffic", state="",
        make="JEEP", model="WRANGLER", color="ONG", body="suv",
    )  # fmt: skip
    in_use = [hot_plate_approve(actor=people["supervisor"], entry=each) for each in (robbery, shooting, jeep)]
    waiting = _enter(
        people["operator"], hot_list, "7NHD082", "Hit and run", "26-11902", COLLISION, make="FORD",
        color="GRY", body="pickup",
    )  # fmt: skip
    return [*in_use, waiting]


def _own_list(agency: Agency, people: dict[str, Member]) -> HotList:
    hot_list = list_designate(
        actor=people["admin"],
        agency=agency,
        name="Hot plates",
        kind=HotList.Kind.SPECIFIC,
        source=HotList.Source.LOCAL,
    )
    list_approve(actor=people["chief"], hot_list=hot_list)
    return list_set(actor=people["admin"], hot_list=hot_list, look_back_days=7)


def _enter(
    member: Member, hot_list: HotList, plate: str, reason: str, case: str, synopsis: str, **facts: Any
) -> Entry:
    wanted: dict[str, Any] = {
        "plate": plate, "state": "CA", "reason": reason, "case_number": case, "synopsis": synopsis,
        "expires_on": timezone.localdate() + timedelta(days=20),
    } | facts  # fmt: skip
    if not plate or "?" in plate:
        hot_plate_preview(actor=member, hot_list=hot_list, **wanted)
    return hot_plate_enter(actor=member, hot_list=hot_list, **wanted)
