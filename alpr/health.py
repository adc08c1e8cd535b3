"""For whoever runs the system: is the process alive, and can it do its work.

Both answer anybody, since a probe signs in nowhere; so they give ages and counts, and no names.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import OrmQ

from detections.models import PurgeRun
from hotlists.models import HotList
from training.rules import public


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

    Beside it stand, without a verdict, facts that an alarm may rest on: `queue.oldest_age_s` (how long the
    oldest job has waited, null when none waits), `lists.oldest_load_age_s` of the general lists in use (null
    for none ever loaded), `lists.past_interval` (how many are older than their policy allows) and
    `last_purge_at`.
    """
    try:
        missing = _migrations_missing()
        if missing:
            return _not_ready(f"{missing} migrations have not been applied: run manage.py migrate.")
        return JsonResponse({"status": "ready", **_facts()})
    except Error:
        return _not_ready("The database does not answer.")


def _not_ready(reason: str) -> JsonResponse:
    return JsonResponse({"status": "not ready", "reason": reason}, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _migrations_missing() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _facts() -> dict[str, Any]:
    waiting = OrmQ.objects.filter(lock__lte=timezone.now())
    lists = HotList.objects.filter(kind=HotList.Kind.GENERAL, is_active=True).select_related("agency")
    loads = [last.loaded_at for hot_list in lists if (last := hot_list.last_snapshot)]
    purged = PurgeRun.objects.exclude(finished_at=None).order_by("-finished_at").first()
    return {
        "queue": {
            "waiting": waiting.count(),
            "oldest_age_s": _age_s(waiting.aggregate(oldest=Min("lock"))["oldest"]),
        },
        "lists": {
            "past_interval": sum(hot_list.is_old() for hot_list in lists),
            "oldest_load_age_s": _age_s(min(loads, default=None)),
        },
        "last_purge_at": purged.finished_at if purged else None,
    }


def _age_s(moment: datetime | None) -> int | None:
    return None if moment is None else int((timezone.now() - moment).total_seconds())
