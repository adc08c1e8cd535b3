"""The demonstration department's general lists: files of several sources, of several ages, one that waits."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta

from django.utils import timezone

from accounts.models import Agency, Member
from detections.demonstration.drawing import plausible_plate
from detections.demonstration.readers import VEHICLES
from hotlists import loading
from hotlists.models import HotList, Priority, Refresh
from hotlists.services import (
    list_designate,
    list_set,
    mapping_make,
    refresh_receive,
    restricted_grant,
)

People = dict[str, Member]
Line = dict[str, str]
COLUMNS = (
    *("plate", "state", "reason", "make", "model", "color", "body", "person"),
    *("case_number", "synopsis", "entering_agency"),
)
EASTMOOR = "Eastmoor PD"
STOLEN = (
    ("8KRB412", "CA", "HONDA", "ACCORD", "SIL", "sedan", "26-40182", "Taken from a driveway overnight."),
    ("6WVN230", "CA", "FORD", "F-150", "BLU", "pickup", "26-40207", "Taken at a fuel stop, key inside."),
    ("52KR18", "NV", "CHEVROLET", "TAHOE", "BLK", "suv", "26-39911", "Rental not returned, reported stolen."),
    ("5JHC874", "CA", "NISSAN", "SENTRA", "WHI", "sedan", "26-40011", "Taken from a street in Eastmoor."),
    ("7TMS309", "CA", "MAZDA", "3", "RED", "hatchback", "26-40150", "Taken from a ferry car park."),
    ("9LPX551", "CA", "TOYOTA", "CAMRY", "SIL", "sedan", "26-40163", "Taken during a burglary."),
)
# Read by cameras before it was listed, so that looking back finds it.
NEWLY_STOLEN = ("8MVT604", "CA", "HYUNDAI", "TUCSON", "GRY", "suv", "26-40233", "Missed by its owner today.")
WANTED = ("5SLD206", "CA", "SUBARU", "GRN", "suv", "Felony evading", "26-39480")
VIOLENT = ("3VNH718", "CA", "KIA", "RIO", "WHI", "hatchback")
ABDUCTED = ("7RZC935", "CA", "TOYOTA", "SIENNA", "SIL", "suv")
# Where the values of the felony file stand on a line: from which character, and how many.
FIXED = (
    *(("plate", 1, 10), ("state", 11, 2), ("reason", 13, 24), ("make", 37, 12), ("color", 49, 3)),
    *(("body", 52, 8), ("case_number", 60, 12)),
)


def general(agency: Agency, people: People, rng: random.Random) -> tuple[HotList, list[Line]]:
    """The lists of other agencies, each loaded from a file as its source sends it.

    Gives that of the stolen vehicles, with the lines of its file. The stolen plates are overdue; of the
    violent persons only the supervisor and one officer know.
    """
    stolen = _list(agency, people, "Stolen vehicles (SVS)", HotList.Source.SVS)
    list_set(actor=people["admin"], hot_list=stolen, folder_pattern="svs_*.csv", look_back_days=7)
    lines = _stolen(rng)
    _load(people, stolen, "svs", _csv(lines), hours=25)
    _felonies(agency, people)
    plates = _list(agency, people, "Stolen and lost plates (SLR)", HotList.Source.SLR)
    lost = [_line("4FJB027", "CA", reason="Stolen plate"), *_invented(rng, 12, "Lost plate", 41000)]
    _load(people, plates, "slr", _csv(lost), hours=31)
    _violent(agency, people)
    alerts = _list(agency, people, "Amber alerts", HotList.Source.AMBER)
    list_set(actor=people["admin"], hot_list=alerts, priority=Priority.HIGH)
    _load(people, alerts, "amber", _csv([_abducted()]), hours=2)
    return stolen, lines


def today(people: People, stolen: HotList, listed: list[Line]) -> Refresh:
    """Today's file of stolen vehicles, with one more; and a later one that lost most lines, which waits."""
    newly = _listed(NEWLY_STOLEN)
    _load(people, stolen, "svs", _csv([*listed[:-2], newly]), hours=0.7)
    return _load(people, stolen, "svs", _csv(listed[:20]), hours=0.1)


def _list(agency: Agency, people: People, name: str, source: str) -> HotList:
    return list_designate(
        actor=people["admin"], agency=agency, name=name, kind=HotList.Kind.GENERAL, source=source
    )


def _load(people: People, hot_list: HotList, stem: str, content: bytes, *, hours: float) -> Refresh:
    """Give a file that its source made so many hours ago, and take it as far as it goes by itself."""
    made = timezone.now() - timedelta(hours=hours)
    file_name = f"{stem}_{timezone.localtime(made):%Y%m%d_%H%M}.csv"
    refresh = refresh_receive(
        actor=people["admin"], hot_list=hot_list, file=io.BytesIO(content), file_name=file_name,
        how=Refresh.How.COMMAND, source_at=made,
    )  # fmt: skip
    loading.run(hot_list.pk)
    refresh.refresh_from_db()
    return refresh


def _felonies(agency: Agency, people: People) -> None:
    """A list whose files have fields of a fixed length, described by a mapping."""
    columns = [{"field": field, "start": start, "length": length} for field, start, length in FIXED]
    described = {
        "name": "Felony file, fixed length", "source": HotList.Source.SFR, "form": "fixed",
        "columns": columns, "constants": {"entering_agency": "Harbor County Sheriff"}, "ncic_codes": True,
    }  # fmt: skip
    mapping = mapping_make(actor=people["admin"], agency=agency, described=described)
    hot_list = _list(agency, people, "Felony and wanted vehicles (SFR)", HotList.Source.SFR)
    list_set(actor=people["admin"], hot_list=hot_list, mapping=mapping, priority=Priority.HIGH)
    plate, state, make, color, body, reason, case = WANTED
    values = {
        "plate": plate, "state": state, "make": make, "color": color, "body": body, "reason": reason,
        "case_number": case,
    }  # fmt: skip
    line = "".join(values[field].ljust(length) for field, _, length in FIXED)
    _load(people, hot_list, "sfr", f"{line}\r\n".encode(), hours=5)


def _violent(agency: Agency, people: People) -> None:
    hot_list = _list(agency, people, "Violent persons (NCIC)", HotList.Source.NCIC_VIOLENT)
    for name in ("supervisor", "operator"):
        restricted_grant(actor=people["admin"], hot_list=hot_list, member=people[name])
    known = _line(
        *VIOLENT[:2], reason="Violent person", person="Invented, John", **_vehicle(VIOLENT[2:]),
        synopsis="Said to a deputy that he would not be taken; approach with care.",
    )  # fmt: skip
    _load(people, hot_list, "violent", _csv([known]), hours=3)


def _abducted() -> Line:
    return _line(
        *ABDUCTED[:2], reason="Child abduction", person="Invented, Ana, 7 years", **_vehicle(ABDUCTED[2:]),
        synopsis="Taken from school by a parent without custody.",
    )  # fmt: skip


def _stolen(rng: random.Random) -> list[Line]:
    known = [_listed(facts) for facts in STOLEN]
    return [*known, *_invented(rng, 60, "Stolen vehicle", 38000)]


def _listed(facts: tuple[str, ...]) -> Line:
    plate, state, make, model, color, body, case_number, synopsis = facts
    return _line(
        plate, state, case_number=case_number, synopsis=synopsis, **_vehicle((make, model, color, body))
    )


def _invented(rng: random.Random, count: int, reason: str, first_case: int) -> list[Line]:
    return [
        _line(
            plausible_plate("CA", rng), "CA", reason=reason, case_number=f"26-{first_case + number}",
            **_vehicle(rng.choice(VEHICLES)),
        )
        for number in range(count)
    ]  # fmt: skip


def _line(plate: str, state: str, reason: str = "Stolen vehicle", **values: str) -> Line:
    return {"plate": plate, "state": state, "reason": reason, "entering_agency": EASTMOOR} | values


def _vehicle(facts: tuple[str, ...]) -> Line:
    return dict(zip(("make", "model", "color", "body"), facts, strict=True))


def _csv(lines: list[Line]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()
