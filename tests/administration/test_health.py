"""What the process says of itself: 503 where it can do nothing, warnings where it is late, no names."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import AdoptedPolicy
from alpr import health
from detections import retention
from detections.models import Camera, ImageJob
from hotlists.models import HotList

pytestmark = pytest.mark.django_db


def ready(client: Client) -> tuple[int, Any]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_migrations_missing_is_not_ready(client: Client) -> None:
    health._whole.clear()
    (newest,) = MigrationLoader(connection).graph.leaf_nodes("trail")
    MigrationRecorder(connection).record_unapplied(*newest)
    code, body = ready(client)
    assert code == 503
    assert "manage.py migrate" in body["reason"]


def test_the_database_gone_is_said_in_one_sentence_without_secrets(client: Client) -> None:
    given = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere/at/all"
    try:
        code, body = ready(client)
    finally:
        connection.settings_dict["HOST"] = given
    assert (code, body) == (503, {"status": "not ready", "reason": "The database does not answer."})
    assert client.get("/healthz").status_code == 200


def test_a_job_that_waits_too_long_is_a_warning(client: Client) -> None:
    OrmQ.objects.create(key="records", payload="", lock=timezone.now() - timedelta(minutes=11))
    OrmQ.objects.create(key="records", payload="", lock=timezone.now() + timedelta(minutes=5))
    code, body = ready(client)
    assert code == 200
    assert body["queue"]["waiting"] == 1
    assert body["queue"]["oldest_age_s"] >= 660
    assert "A job has waited too long." in body["warnings"]


def test_a_photograph_that_waits_too_long_is_a_warning(client: Client, camera: Camera) -> None:
    job = ImageJob.objects.create(
        camera=camera, sender_id="1", sha256="0" * 64, image="1.jpg", captured_at=timezone.now()
    )
    assert "A photograph has waited too long." not in ready(client)[1]["warnings"]
    ImageJob.objects.filter(pk=job.pk).update(received_at=timezone.now() - timedelta(minutes=11))
    assert "A photograph has waited too long." in ready(client)[1]["warnings"]


def test_an_old_list_and_a_missed_purge_are_warnings_without_names(
    client: Client, general_list: HotList
) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    HotList.objects.update(source_at=long_ago)
    AdoptedPolicy.objects.update(effective_from=long_ago)
    code, body = ready(client)
    assert code == 200
    assert body["lists"]["past_interval"] == 1
    assert body["purge_overdue"] is True
    assert {"A hot list is older than the policy allows.", "The daily deletion was missed."} <= set(
        body["warnings"]
    )
    assert general_list.name not in json.dumps(body)
    assert general_list.agency.short_name not in json.dumps(body)


def test_all_in_time_warns_of_nothing(client: Client, general_list: HotList) -> None:
    retention.purge(general_list.agency)
    code, body = ready(client)
    assert (code, body["warnings"]) == (200, [])
