"""The live status of a plate: what is asked where, and what may be answered."""

from __future__ import annotations

from django.db import models

from alpr.policy import StatusSource


class Answer(models.TextChoices):
    """What the source said. Only "current" leaves the way up open."""

    CURRENT = "current", "Current"
    NOT_CURRENT = "not_current", "Not current"
    NO_RECORD = "no_record", "No record"


class Asked(models.TextChoices):
    """Which records were asked."""

    CLETS = "clets", "CLETS / NCIC"
    DMV = "dmv", "DMV"
    RECORDS = "records", "Department records"
    ENTERING_AGENCY = "entering_agency", "Entering agency, by telephone"


ANSWERERS: dict[str, str] = {
    StatusSource.DISPATCHER: "A dispatcher",
    StatusSource.DEPARTMENT_COMPUTER: "A department computer",
    StatusSource.CLETS: "CLETS",
}
# Where who answers is also what was asked.
ASKED_BY_ITSELF: dict[str, Asked] = {StatusSource.CLETS: Asked.CLETS}
