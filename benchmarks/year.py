"""A year of detections, made in the database: one partition a day, vehicles that come again as they do.

Of 100 reads 60 are of residents, a few of whom pass many cameras every day, 25 of vehicles of the region, and
15 of vehicles that are seen once or twice a year. Each vehicle passes a dozen cameras of its own.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.grants import place_in_groups
from accounts.models import AdoptedPolicy, Agency, Member
from accounts.roles import Role
from accounts.services import agency_found
from alpr.policy import load_preset
from benchmarks.measuring import seconds
from detections import partitions, plates_seen, uuid7
from detections.models import Camera, Detection, ListedDay, Transfer
from trail.actors import System
from training.models import Certificate, Course, Session

SIZES = {"small": 400_000, "full": 20_000_000}
DAYS = 365
FIXED, MOBILE = 240, 60
MIDDLE, SPREAD = (38.10, -122.25), 0.1
RESIDENTS, REGIONAL, VISITORS = 0.0075, 0.04, 0.15
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
PLATES = 10 * len(LETTERS) ** 3 * 1_000
STEP = 57_885_161
MAKES = ("TOYOTA", "HONDA", "FORD", "CHEVROLET", "NISSAN", "BMW", "KIA", "TESLA", "SUBARU", "")
COLORS = ("WHITE", "BLACK", "GRAY", "SILVER", "BLUE", "RED", "GREEN", "")
BODIES = ("sedan-standard", "suv-standard", "truck-standard", "van-mini", "")
FILL = f"""
INSERT INTO {{table}} (id, agency_id, camera_id, transfer_id, sender_id, content_sha256, received_at, plate,
    plate_key, state, confidence, candidates, make, model, color, body, direction, latitude, longitude, image,
    engine)
SELECT id, %(agency)s, camera, %(transfer)s, concat('r-', number), sha, at + interval '2 seconds', plate,
    translate(plate, 'ODQIBSZG', '00018526'), CASE WHEN vehicle %% 12 = 0 THEN 'NV' ELSE 'CA' END,
    0.8 + 0.2 * luck, '[]', (%(makes)s::text[])[vehicle %% 10 + 1], '',
    (%(colors)s::text[])[vehicle / 10 %% 8 + 1], (%(bodies)s::text[])[vehicle / 80 %% 5 + 1], 'northbound',
    CASE WHEN camera >= %(mobile)s THEN %(north)s + %(spread)s * (2 * luck - 1) END,
    CASE WHEN camera >= %(mobile)s THEN %(east)s + %(spread)s * (2 * other - 1) END,
    concat(to_char(at AT TIME ZONE 'UTC', 'YYYY/MM/DD/'), left(sha, 32), '.jpg'), 'openalpr'
FROM (
    SELECT *, concat(
            lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0'), '7', left(sha, 3), '8',
            right(sha, 15)
        )::uuid AS id,
        CASE WHEN luck < 0.01 THEN translate(whole, 'B8O0', '8B0O') ELSE whole END AS plate,
        %(first)s + (vehicle * 7919 + floor(other * 12)::bigint) %% %(cameras)s AS camera
    FROM (
        SELECT *, encode(sha256(concat(%(day)s, '-', number)::bytea), 'hex') AS sha,
            CASE vehicle %% 20
                WHEN 17 THEN substr(said, 2, 3) || substr(said, 5) || left(said, 1)
                WHEN 18 THEN left(said, 1) || substr(said, 5) || '0' || substr(said, 2, 1) || left(said, 1)
                WHEN 19 THEN substr(said, 2, 3) || substr(said, 5)
                ELSE said
            END AS whole
        FROM (
            SELECT number, vehicle, at, luck, other, concat(
                place / 12167000, substr(%(letters)s, (place / 529000 %% 23 + 1)::int, 1),
                substr(%(letters)s, (place / 23000 %% 23 + 1)::int, 1),
                substr(%(letters)s, (place / 1000 %% 23 + 1)::int, 1), lpad((place %% 1000)::text, 3, '0')
            ) AS said
            FROM (
                SELECT *, vehicle * {STEP} %% {PLATES} AS place
                FROM (
                    SELECT number, luck, other, date_trunc(
                            'milliseconds', %(since)s + (%(until)s - %(since)s) * hour
                        ) AS at,
                        CASE
                            WHEN kind < 0.60 THEN floor(%(residents)s * which ^ 1.5)::bigint
                            WHEN kind < 0.85 THEN %(residents)s + floor(%(regional)s * which)::bigint
                            ELSE %(residents)s + %(regional)s + floor(%(visitors)s * which)::bigint
                        END AS vehicle
                    FROM (
                        SELECT number, random() kind, random() which, random() luck, random() other,
                            (random() + random() + random()) / 3 AS hour
                        FROM generate_series(1, %(size)s) number
                    ) dice
                ) driven
            ) placed
        ) spelled
    ) read
) written
ORDER BY id
"""
# What the worker has listed day by day, at once.
LIST = """
INSERT INTO detections_seenplate (agency_id, plate_key, grams, days)
SELECT %(agency)s, plate_key, ARRAY(
    SELECT DISTINCT substr(plate_key, place, 3) FROM generate_series(1, length(plate_key) - 2) place
), array_agg(day ORDER BY day)
FROM (
    SELECT DISTINCT plate_key, (
        ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 86400000
    )::int AS day
    FROM detections_detection WHERE id < %(after)s
) read
GROUP BY plate_key
"""


@dataclass(frozen=True)
class Year:
    """Whose it is, who searches in it, its cameras, and the day number of its last day."""

    agency: Agency
    member: Member
    cameras: list[Camera]
    last: int
    size: int


def filled() -> Year:
    """The year in the database at hand, made where it is not there. A fill that broke off goes on.

    SIZE in the environment is `small`, `full`, or how many detections.
    """
    said = os.environ.get("SIZE", "small")
    size = SIZES.get(said) or int(said)
    agency = Agency.objects.filter(short_name="Year").first() or _department()
    cameras = list(agency.cameras.order_by("pk"))
    last = ListedDay.objects.filter(agency=agency).order_by("-day").values_list("day", flat=True).first()
    if last is None:
        last = plates_seen.day_number(timezone.now())
        for day in range(last - DAYS + 1, last + 1):
            fill(agency, cameras, day, size)
        _list(agency, last)
    else:
        last += 1
    return Year(agency, _trained(agency), cameras, last, Detection.objects.count())


def _department() -> Agency:
    agency = agency_found(actor=System("Benchmark"), name="A Year Police Department", short_name="Year")
    chief = _member(agency, "year-chief", Role.ADMINISTRATOR)
    now = timezone.now()
    AdoptedPolicy.objects.create(
        agency=agency, version=1, preset="vallejo", rules=load_preset("vallejo").to_dict(),
        proposed_by=_member(agency, "year-proposer", Role.ADMINISTRATOR), approved_by=chief, approved_at=now,
        effective_from=now,
    )  # fmt: skip
    _member(agency, "year-operator", Role.OPERATOR, chief)
    Camera.objects.bulk_create(_camera(agency, number) for number in range(FIXED + MOBILE))
    Transfer.objects.create(camera=agency.cameras.first(), batch_sha256="0" * 64, sent_by="Benchmark")
    return agency


def _member(agency: Agency, name: str, role: Role, approver: Member | None = None) -> Member:
    member = Member(agency=agency, sign_in_name=name, badge=name, roles=[role], approved_by=approver)
    member.approved_at = timezone.now() if approver else None
    member.set_unusable_password()
    member.save()
    place_in_groups(member)
    return member


def _camera(agency: Agency, number: int) -> Camera:
    """Fixed ones stand on a spiral of some ten kilometers; the last ones drive."""
    name = f"Camera {number}"
    if number >= FIXED:
        return Camera(agency=agency, code=f"car-{number}", name=name, kind=Camera.Kind.MOBILE)
    far, turn = SPREAD * math.sqrt(number / FIXED), 2.4 * number
    place = {"latitude": MIDDLE[0] + far * math.sin(turn), "longitude": MIDDLE[1] + far * math.cos(turn)}
    return Camera(agency=agency, code=f"cam-{number}", name=name, **place)


def _trained(agency: Agency) -> Member:
    """The operator, whose certificate is of today."""
    member, today = agency.members.get(badge="year-operator"), timezone.localdate()
    course, _ = Course.objects.get_or_create(
        agency=agency, name="ALPR operator", defaults={"topics": ["Law", "Policy"]}
    )
    session, _ = Session.objects.get_or_create(course=course, held_on=today, trainer="Benchmark")
    Certificate.objects.get_or_create(
        member=member, session=session,
        defaults={"completed_on": today, "certified_by": agency.members.get(badge="year-chief")},
    )  # fmt: skip
    return member


@transaction.atomic
def fill(agency: Agency, cameras: list[Camera], day: int, size: int) -> None:
    """Make one day as a share of a year of `size`; what is there already stays."""
    since = plates_seen.first_moment(day)
    until = min(since + timedelta(days=1), timezone.now())
    partitions.ensure([since])
    if Detection.objects.captured(since, until).exists():
        return
    facts = {
        "agency": agency.pk, "transfer": Transfer.objects.filter(camera__agency=agency).latest("pk").pk,
        "day": str(day), "since": since, "until": until, "size": size // DAYS, "first": cameras[0].pk,
        "cameras": len(cameras), "mobile": cameras[FIXED].pk, "north": MIDDLE[0], "east": MIDDLE[1],
        "spread": SPREAD, "letters": LETTERS, "residents": int(size * RESIDENTS),
        "regional": int(size * REGIONAL), "visitors": int(size * VISITORS), "makes": list(MAKES),
        "colors": list(COLORS), "bodies": list(BODIES),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [day % 1_000 / 1_000])
        cursor.execute(FILL.format(table=partitions.name(since.astimezone(UTC).date())), facts)


def _list(agency: Agency, last: int) -> None:
    """List all days that are over but the last one of them, and that one as the worker does."""
    yesterday = last - 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '512MB'")
        after = uuid7.floor(plates_seen.first_moment(yesterday))
        cursor.execute(LIST, {"agency": agency.pk, "after": after})
        ListedDay.objects.bulk_create(
            ListedDay(agency=agency, day=day) for day in range(last - DAYS + 1, yesterday)
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    midnight: datetime = plates_seen.first_moment(last)
    took = seconds(lambda: _listed(agency, midnight))
    print(f"Listing the plates of one day, as the worker does: {took:.1f} s", flush=True)


def _listed(agency: Agency, midnight: datetime) -> None:
    plates_seen.list_days(agency, midnight + timedelta(hours=2))
