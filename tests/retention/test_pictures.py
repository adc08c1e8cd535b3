"""Pictures apart from what they show: sooner gone, kept by holds, or never kept on the server at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Agency
from detections.models import Detection, Hit, HitRead, ImageJob, ReaderKey
from detections.retention import purge
from detections.services_images import image_give
from tests.retention.conftest import Place
from tests.retention.world import Days, keep_for, stored
from tests.search.conftest import Detect, picture
from trail.actors import System


def test_pictures_go_before_what_they_show_and_holds_keep_them(
    agency: Agency, detect: Detect, entry: Any, hold: Place, evidence: Path
) -> None:
    entry("8KRB412")
    detect(hours_ago=5 * 24 + 0.1, pictured=True)
    joined = detect(hours_ago=5 * 24, pictured=True)
    kept = detect("7ABC123", hours_ago=5 * 24, pictured=True)
    young = detect("7ABC124", hours_ago=24, pictured=True)
    hold(kept)
    keep_for(agency, Days(30, 30, 3))
    run = purge(agency)
    assert (run.rows_gone, run.hits_gone, run.pictures_gone, run.files_gone) == (0, 0, 2, 2)
    assert stored(evidence) == {kept.image, young.image}
    assert (Hit.objects.get().image, HitRead.objects.get().image) == ("", "")
    assert HitRead.objects.get().detection_id == joined.pk
    assert purge(agency).pictures_gone == 0


def test_where_the_policy_keeps_no_picture_none_is_taken_in(
    agency: Agency, reader_key: tuple[ReaderKey, str], evidence: Path
) -> None:
    keep_for(agency, Days(30, 30, on_server=False))
    row = {"sender_id": "r-1", "captured_at": timezone.now().isoformat(), "plate": "8KRB412"}
    parts = {"data": json.dumps([row]), "r-1": SimpleUploadedFile("a.jpg", picture(), "image/jpeg")}
    answer = Client().post("/api/v1/detections/", parts, headers={"Authorization": f"Bearer {reader_key[1]}"})
    assert answer.status_code in (200, 201)
    assert Detection.objects.get().image == ""
    assert stored(evidence) == set()


def test_a_photograph_goes_once_it_is_read_where_the_policy_keeps_none(
    agency: Agency, camera: Any, evidence: Path
) -> None:
    keep_for(agency, Days(30, 30, on_server=False))
    waits = image_give(actor=System("Tests"), camera=camera, data=picture(), sender_id="a")
    done = image_give(actor=System("Tests"), camera=camera, data=picture(), sender_id="b")
    ImageJob.objects.filter(pk=done.pk).update(state=ImageJob.State.READ)
    run = purge(agency)
    assert (run.jobs_gone, run.files_gone) == (1, 1)
    assert list(ImageJob.objects.all()) == [waits]
    assert stored(evidence) == {waits.image}
