"""What waits for a person, and what is kept safe: plain questions to the database, for the index.

Each line is asked only for those whom the gate lets see its records, and names no plate and no person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from axes.models import AccessAttempt
from django.db.models import Min, Sum
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure

from accounts import lock
from accounts.models import Agency, Member
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS
from alpr.templatetags.look import age, day
from detections import ladder, retention
from detections.models import Camera, Hit, ImageJob, Transfer
from hotlists.models import Entry, HotList
from trail.models import Event
from training.models import Certificate

SOON = timedelta(days=30)
PRESSING = timedelta(days=7)
TOO_LONG = timedelta(minutes=10)
HEARD_WITHIN = timedelta(hours=1)
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")


@dataclass(frozen=True)
class Wait:
    """One thing that waits: what to do, where, until when (None: no date), and whose turn it is."""

    what: str
    note: str
    url: str
    acts: Permission
    due: datetime | None = None
    turn: str = ""

    @property
    def is_overdue(self) -> bool:
        """Whether its time has passed."""
        return self.due is not None and self.due < timezone.now()

    @property
    def shape(self) -> str:
        """The mark beside it: overdue is a stop, within a week a warning, the rest waits."""
        if self.is_overdue:
            return "stop"
        return "warn" if self.due and self.due < timezone.now() + PRESSING else "wait"

    @property
    def when(self) -> str:
        """The mark's words."""
        if self.due is None:
            return "No date"
        if self.is_overdue:
            return f"Overdue {age(self.due)}"
        today = timezone.localtime(self.due).date() == timezone.localdate()
        return f"Due {timezone.localtime(self.due):%H:%M}" if today else f"Due {day(self.due)}"


@dataclass(frozen=True)
class Kept:
    """One line of what is kept safe: its name, the mark's shape and words, and a note."""

    name: str
    shape: str
    words: str
    note: str = ""


def what_waits(member: Member, permitted: frozenset[Permission]) -> list[Wait]:
    """Everything that waits at the member's agency and that they may see, most overdue or soonest first."""
    found = [
        Wait(**vars(wait) | {"turn": turn(wait.acts, permitted)})
        for permission, question in QUESTIONS
        if permission in permitted
        for wait in question(member.agency)
    ]
    never = timezone.now() + timedelta(days=36500)
    return sorted(found, key=lambda wait: wait.due or never)


def turn(acts: Permission, permitted: frozenset[Permission]) -> str:
    """Whose turn it is: "You", or the first role whose members may act."""
    if acts in permitted:
        return "You"
    return next((role.label for role, held in PERMISSIONS.items() if acts in held), "")


def lede(waits: list[Wait]) -> str:
    """What waits, in one sentence."""
    if not waits:
        return "Nothing waits for a person."
    overdue = sum(wait.is_overdue for wait in waits)
    late = f"; {_number(overdue)} {_are(overdue)} overdue" if overdue else ""
    things = "thing waits" if len(waits) == 1 else "things wait"
    return f"{_number(len(waits)).capitalize()} {things} for a person{late}."


def hits_open(agency: Agency) -> list[Wait]:
    """Hits that nobody has closed; those that an answer has shut are only to be closed."""
    rows = Hit.objects.filter(agency=agency).exclude(status=Hit.Status.CLOSED)
    count = rows.count()
    if not count:
        return []
    first = rows.aggregate(first=Min("made_at"))["first"]
    note = f"The oldest came {age(first)} ago. A hit is closed with its result."
    return [Wait(_count(count, "Work on {} open hit"), note, reverse("console"), Permission.CLOSE_HITS)]


def exigent_reviews(agency: Agency) -> list[Wait]:
    """Claims of exigent circumstances that another person has to review (Vallejo Policy 426.4(f)(1))."""
    hours = agency.policy.ladder.exigent_review_hours
    rows = Hit.objects.filter(agency=agency, exigent_at__isnull=False, exigent_reviewed_at=None)
    return [
        Wait(
            "Review exigent circumstances",
            f"Hit {hit.number}, claimed {age(hit.exigent_at)} ago. A review is due within {hours} hours.",
            reverse("hit", args=[hit.pk]),
            Permission.REVIEW_EXIGENT,
            due=ladder.review_due(hit, agency.policy),
        )
        for hit in rows.order_by("exigent_at")[:10]
    ]


def hot_plates_waiting(agency: Agency) -> list[Wait]:
    """Hot plates that match nothing until a second person approves them."""
    rows = Entry.objects.filter(hot_list__agency=agency, state_of_entry=Entry.State.WAITING)
    count = rows.count()
    if not count:
        return []
    first = rows.aggregate(first=Min("entered_at"))["first"]
    note = f"The oldest was entered {age(first)} ago. None is used until a second person approves it."
    url, acts = reverse("hot_plates"), Permission.APPROVE_HOT_PLATES
    return [Wait(_count(count, "Approve {} hot plate"), note, url, acts)]


def lists_waiting(agency: Agency) -> list[Wait]:
    """Specific lists that take no entry until a second person approves them."""
    rows = HotList.objects.filter(agency=agency, kind=HotList.Kind.SPECIFIC, approved_by=None, is_active=True)
    return [
        Wait(
            f"Approve the list “{hot_list}”",
            f"Designated by {hot_list.designated_by}. It takes no entry until a second person approves it.",
            reverse("admin:hotlists_hotlist_change", args=[hot_list.pk]),
            Permission.DESIGNATE_LISTS,
        )
        for hot_list in rows.select_related("designated_by")
    ]


def accounts_waiting(agency: Agency) -> list[Wait]:
    """Accounts that open nothing until a second person approves them."""
    count = agency.members.filter(approved_by=None, is_active=True).count()
    url = reverse("admin:accounts_member_changelist") + "?stands=waiting"
    note = "None opens anything until a second person approves it."
    return [Wait(_count(count, "Approve {} account"), note, url, Permission.MANAGE_MEMBERS)] if count else []


def names_locked(agency: Agency) -> list[Wait]:
    """Sign-in names locked after too many failures, until an administrator releases them (CJIS AC-7)."""
    names = locked_names(agency)
    url = reverse("admin:accounts_member_changelist") + "?stands=locked"
    note = f"Locked after {_failures_allowed(agency)} failures. Ask the member before you release it."
    acts = Permission.MANAGE_MEMBERS
    return [Wait(_count(len(names), "Release {} locked sign-in name"), note, url, acts)] if names else []


def locked_names(agency: Agency) -> set[str]:
    """The agency's sign-in names that are locked now."""
    counted = AccessAttempt.objects.values("username").annotate(failures=Sum("failures_since_start"))
    locked = counted.filter(failures__gte=_failures_allowed(agency)).values_list("username", flat=True)
    return set(agency.members.filter(sign_in_name__in=list(locked)).values_list("sign_in_name", flat=True))


def _failures_allowed(agency: Agency) -> int:
    return agency.policy.sessions.lock_after_failures if agency.adopted else lock.FAILURES


def certificates_lapsing(agency: Agency) -> list[Wait]:
    """Open accounts whose training ends within 30 days, and those that have none standing."""
    today = timezone.localdate()
    ends = training_ends(agency)
    soon = [end for end in ends.values() if end and today <= end <= today + SOON]
    gone = [end for end in ends.values() if end is None]
    url = reverse("admin:training_certificate_changelist")
    found = []
    if soon:
        what = f"Renew the training of {_count(len(soon), '{} member')}"
        note = "They lose access after their last day."
        due = _end_of(min(soon))
        found.append(Wait(what, note, url + "?ends=soon", Permission.MANAGE_TRAINING, due=due))
    if gone:
        what = f"Train {_count(len(gone), '{} member')} without a current certificate"
        note = "Nothing of the data is open to them."
        found.append(Wait(what, note, url + "?ends=over", Permission.MANAGE_TRAINING))
    return found


def training_ends(agency: Agency) -> dict[int, date | None]:
    """For each open account by id: the last day of training, `date.max` for no end, None for none."""
    open_accounts = agency.members.filter(is_active=True).exclude(approved_by=None)
    ends: dict[int, date | None] = dict.fromkeys(open_accounts.values_list("pk", flat=True))
    if agency.adopted is None:
        return ends
    today, policy = timezone.localdate(), agency.policy
    held = Certificate.objects.filter(member__in=list(ends), revoked_on=None)
    for certificate in held.select_related("session__course"):
        if certificate.stands_on(today, policy):
            end = certificate.ends_on(policy) or date.max
            ends[certificate.member_id] = max(end, ends[certificate.member_id] or end)
    return ends


def pictures_waiting(agency: Agency) -> list[Wait]:
    """Photographs that could not be read, and those that have waited too long."""
    rows = ImageJob.objects.filter(camera__agency=agency)
    failed = rows.filter(state=ImageJob.State.FAILED).count()
    late = rows.filter(state=ImageJob.State.WAITING, received_at__lt=timezone.now() - TOO_LONG)
    url, acts = reverse("admin:detections_imagejob_changelist"), Permission.MANAGE_CAMERAS
    found = []
    if count := late.count():
        first = late.aggregate(first=Min("received_at"))["first"]
        what = _count(count, "Find out why {} photograph waits", "Find out why {} photographs wait")
        note = f"The oldest has waited {age(first)}."
        found.append(Wait(what, note, f"{url}?state__exact=waiting", acts, due=first + TOO_LONG))
    if failed:
        what = f"See why {_count(failed, '{} photograph')} could not be read"
        note = "Each says what was wrong with it."
        found.append(Wait(what, note, f"{url}?state__exact=failed", acts))
    return found


def jobs_failed(agency: Agency) -> list[Wait]:
    """Background jobs that failed for good: of the whole installation, since a job has no agency."""
    count = Failure.objects.count()
    url = reverse("admin:django_q_failure_changelist")
    note = "Each says what went wrong; it can be tried again."
    return [Wait(_count(count, "Look at {} failed job"), note, url, Permission.OVERSEE)] if count else []


def policies_proposed(agency: Agency) -> list[Wait]:
    """Versions of the policy that rule nothing until a second person approves them."""
    adopted = agency.adopted
    rows = agency.policies.filter(approved_by=None, version__gt=adopted.version if adopted else 0)
    return [
        Wait(
            f"Approve policy version {proposed.version}",
            f"Proposed by {proposed.proposed_by}, effective from {day(proposed.effective_from)}.",
            reverse("admin:accounts_adoptedpolicy_change", args=[proposed.pk]),
            Permission.APPROVE_POLICY,
            due=proposed.effective_from if proposed.effective_from > timezone.now() else None,
        )
        for proposed in rows.select_related("proposed_by")
    ]


QUESTIONS: list[tuple[Permission, Callable[[Agency], list[Wait]]]] = [
    (Permission.SEE_HITS, exigent_reviews),
    (Permission.SEE_HITS, hits_open),
    (Permission.SEE_LISTS, hot_plates_waiting),
    (Permission.SEE_LISTS, lists_waiting),
    (Permission.MANAGE_MEMBERS, accounts_waiting),
    (Permission.MANAGE_MEMBERS, names_locked),
    (Permission.MANAGE_TRAINING, certificates_lapsing),
    (Permission.MANAGE_CAMERAS, pictures_waiting),
    (Permission.OVERSEE, jobs_failed),
    (Permission.PROPOSE_POLICY, policies_proposed),
]


def kept_safe(agency: Agency, permitted: frozenset[Permission]) -> list[Kept]:
    """What is kept safe, each line for those whom the gate lets see its records."""
    return [question(agency) for permission, question in KEPT if permission in permitted and agency.adopted]


def trail_today(agency: Agency) -> Kept:
    """How much the trail holds of today."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    count = Event.objects.filter(agency=agency, timestamp__gte=start).count()
    return Kept("Trail", "ok" if count else "none", _count(count, "{} event today", "{} events today"))


def purge_last(agency: Agency) -> Kept:
    """When the last purge ended, and what went."""
    last = retention.last_purge(agency)
    if last is None:
        return Kept("Deletion", "warn", "Never run")
    note = f"{last.held:,} held; {age(last.ran_at)} ago"
    if last.files_left:
        return Kept("Deletion", "stop", _count(len(last.files_left), "{} file left", "{} files left"), note)
    if retention.is_overdue(agency):
        return Kept("Deletion", "stop", "Overdue", note)
    return Kept("Deletion", "ok", f"{last.rows_gone:,} gone", note)


def lists_age(agency: Agency) -> Kept:
    """How many general lists are older than their interval."""
    rows = HotList.objects.filter(agency=agency, is_active=True, kind=HotList.Kind.GENERAL)
    lists = list(rows.select_related("agency"))
    old = [hot_list for hot_list in lists if hot_list.is_old()]
    if not lists:
        return Kept("Lists", "none", "None designated")
    if old:
        return Kept("Lists", "warn", f"{len(old)} of {len(lists)} old", ", ".join(map(str, old[:3])))
    return Kept("Lists", "ok", f"{len(lists)} of {len(lists)} fresh")


def readers_heard(agency: Agency) -> Kept:
    """How many cameras in use have sent something within the hour."""
    cameras = Camera.objects.filter(agency=agency, is_active=True).exclude(kind=Camera.Kind.PHOTOGRAPH)
    since = timezone.now() - HEARD_WITHIN
    sent = Transfer.objects.filter(camera__in=cameras, received_at__gte=since)
    heard, total = sent.values("camera").distinct().count(), cameras.count()
    if not total:
        return Kept("Readers", "none", "None entered")
    shape = "ok" if heard == total else "warn"
    return Kept("Readers", shape, f"{heard} of {total} heard", "within 1 hour")


KEPT: list[tuple[Permission, Callable[[Agency], Kept]]] = [
    (Permission.READ_TRAIL, trail_today),
    (Permission.OVERSEE, purge_last),
    (Permission.SEE_LISTS, lists_age),
    (Permission.MANAGE_CAMERAS, readers_heard),
]


def _end_of(last_day: date) -> datetime:
    return timezone.make_aware(datetime(last_day.year, last_day.month, last_day.day)) + timedelta(days=1)


def _count(count: int, one: str, many: str = "") -> str:
    return (one if count == 1 else many or f"{one}s").format(f"{count:,}")


def _number(count: int) -> str:
    return SMALL[count] if count < len(SMALL) else f"{count:,}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
