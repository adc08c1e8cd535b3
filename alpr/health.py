"""For whoever runs the system: is the process alive, and can it do its work.

Both answer anybody, since a probe signs in nowhere; so they give ages and counts, and no names.

Not ready (503) is a process that can answer nothing: no database, or one without the tables of this code.
What is late (jobs, pictures, lists, the purge) is a warning beside it: another process would find it as late,
so taking this one out of service would help nobody.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

import psycopg
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import OrmQ

from accounts.models import Agency
from detections import retention
from detections.models import ImageJob, PurgeRun
from hotlists.models import HotList
from hotlists.showing_lists import past_interval
from training.rules import public

GIVE_UP_AFTER_S = 3
LATE_AFTER_S = 600

_whole: set[bool] = set()


@public("whether the process lives; nothing of the data")
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


@public("whether the process can do its work; ages and counts alone")
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every table, 503 with what is missing when not.

    Beside it stand facts that an alarm may rest on: `queue.oldest_age_s` and `pictures.oldest_age_s` (how
    long the oldest job and photograph have waited, null when none waits), `lists.oldest_load_age_s` of the
    general lists in use (null for none ever loaded), `lists.past_interval` (how many are older than their
    policy allows), `last_purge_at`, `purge_overdue`, and `warnings`, a sentence for each that is late.
    """
    try:
        _probe()
        missing = _migrations_missing()
        if missing:
            return _not_ready(f"{missing} migrations have not been applied: run manage.py migrate.")
        facts = _facts()
        return JsonResponse({"status": "ready", **facts, "warnings": _warnings(facts)})
    except (Error, psycopg.Error):
        return _not_ready("The database does not answer.")


def _not_ready(reason: str) -> JsonResponse:
    return JsonResponse({"status": "not ready", "reason": reason}, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _probe() -> None:
    """Reach the database anew, giving up soon: a network that swallows packets would hold the answer back."""
    wanted = connection.get_connection_params() | {"connect_timeout": GIVE_UP_AFTER_S}
    with psycopg.connect(**wanted) as probe:
        probe.execute("SELECT 1")


def _migrations_missing() -> int:
    """How many migrations are missing; once none is, none is for as long as this process runs its code."""
    if not _whole:
        executor = MigrationExecutor(connection)
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return len(plan)
        _whole.add(True)
    return 0


def _facts() -> dict[str, Any]:
    now = timezone.now()
    # The broker sets a job's lock to the moment it is queued, and into the future while it is worked on.
    waiting = OrmQ.objects.filter(lock__lte=now)
    unread = ImageJob.objects.filter(state=ImageJob.State.WAITING)
    agencies = [agency for agency in Agency.objects.all() if agency.adopted is not None]
    policies = {agency.pk: agency.policy for agency in agencies}
    lists = list(HotList.objects.filter(kind="general", is_active=True, agency__in=agencies))
    made = [hot_list.source_at for hot_list in lists if hot_list.source_at]
    purged = PurgeRun.objects.exclude(finished_at=None).order_by("-finished_at").first()
    return {
        "queue": {
            "waiting": waiting.count(),
            "oldest_age_s": _age_s(waiting.aggregate(oldest=Min("lock"))["oldest"]),
        },
        "pictures": {
            "waiting": unread.count(),
            "oldest_age_s": _age_s(unread.aggregate(oldest=Min("received_at"))["oldest"]),
        },
        "lists": {
            "past_interval": sum(past_interval(each, policies[each.agency_id]) for each in lists),
            "oldest_load_age_s": _age_s(min(made, default=None)),
        },
        "last_purge_at": purged.finished_at if purged else None,
        "purge_overdue": any(retention.is_overdue(agency) for agency in agencies),
    }


def _warnings(facts: dict[str, Any]) -> list[str]:
    late = {
        "A job has waited too long.": (facts["queue"]["oldest_age_s"] or 0) > LATE_AFTER_S,
        "A photograph has waited too long.": (facts["pictures"]["oldest_age_s"] or 0) > LATE_AFTER_S,
        "A hot list is older than the policy allows.": facts["lists"]["past_interval"] > 0,
        "The daily deletion was missed.": facts["purge_overdue"],
    }
    return [sentence for sentence, is_late in late.items() if is_late]


def _age_s(moment: datetime | None) -> int | None:
    return None if moment is None else int((timezone.now() - moment).total_seconds())
