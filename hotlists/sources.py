"""Where hot lists come from: the sources by name, what each is about, and which are restricted.

The NCIC files are named as the FBI's are. The immigration violator file is no source: it never enters,
whatever a list, a mapping or a policy says (Government Code 7284.6).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import models

from trail.purpose import VagueReason, refuse_immigration


class About(StrEnum):
    """What an entry of a source is about."""

    VEHICLE = "vehicle"
    PLATE = "plate"
    PERSON = "person"


class Source(models.TextChoices):
    """Every source that a list, or an entry within a file of several, may have."""

    SVS = "svs", "Stolen vehicles (SVS)"
    SFR = "sfr", "Felony and wanted vehicles (SFR)"
    SLR = "slr", "Stolen and lost plates (SLR)"
    NCIC = "ncic", "NCIC extract, several files"
    NCIC_VEHICLE = "ncic_vehicle", "Stolen vehicles (NCIC)"
    NCIC_PLATE = "ncic_plate", "Stolen plates, US and Canadian (NCIC)"
    NCIC_WANTED = "ncic_wanted", "Wanted persons (NCIC)"
    NCIC_PROTECTION = "ncic_protection", "Protection orders (NCIC)"
    NCIC_MISSING = "ncic_missing", "Missing persons (NCIC)"
    NCIC_GANG = "ncic_gang", "Gang file (NCIC)"
    NCIC_THREAT = "ncic_threat", "Threat screening center (NCIC)"
    NCIC_RELEASE = "ncic_release", "Supervised release (NCIC)"
    NCIC_SEX = "ncic_sex", "National sex offender registry (NCIC)"
    NCIC_PROTECTIVE = "ncic_protective", "Protective interest (NCIC)"
    NCIC_VIOLENT = "ncic_violent", "Violent persons (NCIC)"
    NCIC_RISK = "ncic_risk", "Extreme risk protection orders (NCIC)"
    DMV = "dmv", "Suspended or revoked registrations (DMV)"
    AMBER = "amber", "Amber alerts"
    SILVER = "silver", "Silver alerts"
    LOCAL = "local", "The department’s own"

    @property
    def facts(self) -> Facts:
        """What is known of it."""
        return FACTS[self]


@dataclass(frozen=True, slots=True)
class Facts:
    """What an entry of a source is about, whether it is restricted, and how often it must be refreshed.

    Restricted files are protected like criminal history (CJIS Security Policy 5.9.5, 4.2.2). `hours` is the
    longest time between two loads that the source itself asks for; None leaves it to the policy.
    """

    about: About
    is_restricted: bool = False
    hours: int | None = None


TWICE_A_DAY = 12
FACTS: dict[str, Facts] = {
    Source.SVS: Facts(About.VEHICLE),
    Source.SFR: Facts(About.VEHICLE),
    Source.SLR: Facts(About.PLATE),
    Source.NCIC: Facts(About.VEHICLE, hours=TWICE_A_DAY),
    Source.NCIC_VEHICLE: Facts(About.VEHICLE, hours=TWICE_A_DAY),
    Source.NCIC_PLATE: Facts(About.PLATE, hours=TWICE_A_DAY),
    Source.NCIC_WANTED: Facts(About.PERSON, hours=TWICE_A_DAY),
    Source.NCIC_PROTECTION: Facts(About.PERSON, hours=TWICE_A_DAY),
    Source.NCIC_MISSING: Facts(About.PERSON, hours=TWICE_A_DAY),
    Source.NCIC_GANG: Facts(About.PERSON, is_restricted=True, hours=TWICE_A_DAY),
    Source.NCIC_THREAT: Facts(About.PERSON, is_restricted=True, hours=TWICE_A_DAY),
    Source.NCIC_RELEASE: Facts(About.PERSON, is_restricted=True, hours=TWICE_A_DAY),
    Source.NCIC_SEX: Facts(About.PERSON, is_restricted=True, hours=TWICE_A_DAY),
    Source.NCIC_PROTECTIVE: Facts(About.PERSON, hours=TWICE_A_DAY),
    Source.NCIC_VIOLENT: Facts(About.PERSON, is_restricted=True, hours=TWICE_A_DAY),
    Source.NCIC_RISK: Facts(About.PERSON, hours=TWICE_A_DAY),
    Source.DMV: Facts(About.PLATE),
    Source.AMBER: Facts(About.PERSON),
    Source.SILVER: Facts(About.PERSON),
    Source.LOCAL: Facts(About.VEHICLE),
}
NCIC_FILES = tuple(source for source in Source if source.value.startswith("ncic_"))
RESTRICTED = frozenset(source for source in Source if FACTS[source].is_restricted)


def is_immigration(text: str) -> bool:
    """Whether a name, a file's name or a value speaks of immigration enforcement, under any spelling."""
    plain = words(text)
    if "immigra" in plain or "immigra" in re.sub(r"\b(\w) (?=\w\b)", r"\1", plain):
        return True
    try:
        refuse_immigration(text.replace("_", " "))
        refuse_immigration(plain)
    except VagueReason:
        return True
    return False


def words(text: str) -> str:
    """The letters and digits of a text in lower case and without accents, one space between words."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    visible = "".join(sign for sign in plain if unicodedata.category(sign) not in ("Mn", "Cf"))
    return " ".join(re.findall(r"[a-z0-9]+", visible))


def named_in(texts: Iterable[str]) -> frozenset[Source]:
    """The sources that these names mean: `gang` means the gang file, and so do `Gang file` and `ncic_gang`.

    They are the names of a policy's `excluded_files`, which are an agency's own words.
    """
    wanted = {words(text).removeprefix("ncic ").removesuffix(" file") for text in texts} - {""}
    return frozenset(
        source
        for source in Source
        if any(want in words(source.label) or want in words(source.value) for want in wanted)
    )


def needs_grants(source: str, left_out: Collection[str]) -> bool:
    """Whether a list must be restricted: its source is, or it takes in a file that is."""
    if source == Source.NCIC:
        return not set(left_out) >= RESTRICTED
    return source in RESTRICTED


def kept_out(
    left_out: Collection[str], excluded_files: Iterable[str], *, is_restricted: bool
) -> frozenset[str]:
    """The files whose lines do not enter a list.

    Those that the list leaves out, those that the policy does, and the restricted ones where the list is
    open to everyone who may see lists (CJIS Security Policy 5.9.5, 4.2.2).
    """
    shut = frozenset() if is_restricted else RESTRICTED
    return frozenset(left_out) | {source.value for source in named_in(excluded_files) | shut}
