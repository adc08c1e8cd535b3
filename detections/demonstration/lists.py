"""The demonstration department's hot lists: a general one from a file, a specific one of its own."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta

from django.utils import timezone

from accounts.models import Agency, Member
from detections.demonstration.drawing import plausible_plate
from detections.demonstration.readers import VEHICLES
from hotlists.models import Entry, HotList
from hotlists.services import hot_plate_approve, hot_plate_enter, list_approve, list_designate, refresh_now

COLUMNS = (
    *("plate", "state", "reason", "make", "model", "color", "body"),
    *("case_number", "synopsis", "entering_agency"),
)
ROBBERY = "White SUV seen leaving the Quay St robbery; driver wanted for identification."
COLLISION = "Gray pickup struck a parked car on Alder Ave and left; witness gave the plate."
LISTED = (
    ("8KRB412", "CA", "HONDA", "ACCORD", "SIL", "sedan", "26-40182", "Taken from a driveway overnight."),
    (
        "6WVN230",
        "CA",
        "FORD",
        "F-150",
        "BLU",
        "pickup",
        "26-40207",
        "Taken at a fuel stop with the key inside.",
    ),
    ("52KR18", "NV", "CHEVROLET", "TAHOE", "BLK", "suv", "26-39911", "Rental not returned, reported stolen."),
    ("5JHC874", "CA", "NISSAN", "SENTRA", "WHI", "sedan", "26-40011", "Taken from a street in Eastmoor."),
    ("7TMS309", "CA", "MAZDA", "3", "RED", "hatchback", "26-40150", "Taken from a ferry car park."),
    ("9LPX551", "CA", "TOYOTA", "CAMRY", "SIL", "sedan", "26-40163", "Taken during a burglary."),
)


def stolen_vehicles(agency: Agency, people: dict[str, Member], rng: random.Random) -> HotList:
    """The general list of stolen vehicles, loaded from a file as an agency sends it."""
    hot_list = list_designate(
        actor=people["admin"],
        agency=agency,
        name="Stolen vehicles (SVS)",
        kind=HotList.Kind.GENERAL,
        source=HotList.Source.SVS,
    )
    file_name = f"svs_{timezone.localtime():%Y%m%d}.csv"
    refresh_now(actor=people["admin"], hot_list=hot_list, file=io.BytesIO(_file(rng)), file_name=file_name)
    return hot_list


def _file(rng: random.Random) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for plate, state, make, model, color, body, case, synopsis in LISTED:
        writer.writerow(
            [plate, state, "Stolen vehicle", make, model, color, body, case, synopsis, "Eastmoor PD"]
        )
    for number in range(60):
        make, model, color, body = rng.choice(VEHICLES)
        plate = plausible_plate("CA", rng)
        case = f"26-{38000 + number}"
        writer.writerow([plate, "CA", "Stolen vehicle", make, model, color, body, case, "", "Eastmoor PD"])
    return out.getvalue().encode()


def hot_plates(agency: Agency, people: dict[str, Member]) -> list[Entry]:
    """The department's own list, approved by another; one hot plate in use, one that waits."""
    hot_list = list_designate(
        actor=people["admin"],
        agency=agency,
        name="Hot plates",
        kind=HotList.Kind.SPECIFIC,
        source=HotList.Source.LOCAL,
    )
    list_approve(actor=people["chief"], hot_list=hot_list)
    robbery = _enter(people["operator2"], hot_list, "9BQT661", "Robbery", "26-11873", ROBBERY)
    hot_plate_approve(actor=people["supervisor"], entry=robbery)
    waiting = _enter(people["operator"], hot_list, "7NHD082", "Hit and run", "26-11902", COLLISION)
    robbery.refresh_from_db()
    return [robbery, waiting]


def _enter(member: Member, hot_list: HotList, plate: str, reason: str, case: str, synopsis: str) -> Entry:
    return hot_plate_enter(
        actor=member,
        hot_list=hot_list,
        plate=plate,
        state="CA",
        reason=reason,
        case_number=case,
        synopsis=synopsis,
        expires_on=timezone.localdate() + timedelta(days=20),
        make="TOYOTA" if reason == "Robbery" else "FORD",
        color="WHI" if reason == "Robbery" else "GRY",
        body="suv" if reason == "Robbery" else "pickup",
    )
