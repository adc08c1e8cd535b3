"""A given picture is read once, by the real engine, whatever happens to the workers."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Member
from accounts.services import purpose_state
from detections.demonstration.drawing import draw_scene
from detections.models import Camera, Detection, Hit, ImageJob
from detections.reading import MOST_ATTEMPTS, read_waiting
from detections.services_images import image_give, photograph_give
from detections.tasks import requeue_images
from hotlists.models import Entry
from trail.actors import System
from trail.models import Event
from trail.verbs import Verb

JOB = System("Tests")
PLATE = "8KRB412"


def scene(plate: str = PLATE) -> bytes:
    """A drawn street scene with that plate."""
    return draw_scene(
        plate=plate, state="CA", color="blue", body="sedan", night=False, seed=7, camera="cam-12",
        captured_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
    ).jpeg  # fmt: skip


def test_a_photograph_becomes_a_detection_and_a_hit(operator: Member, entry: Callable[..., Entry]) -> None:
    listed = entry(PLATE)
    inquiry = purpose_state(actor=operator, offense="stolen", case_number="26-40182")
    job = photograph_give(actor=operator, inquiry=inquiry, data=scene())
    read_waiting(job.pk)
    job.refresh_from_db()
    assert job.state == ImageJob.State.READ
    hit = Hit.objects.get(entry=listed)
    assert (hit.plate, hit.is_exact, hit.image) == (PLATE, True, job.image)
    assert hit.engine.startswith("rapidocr")
    assert hit.box
    event = Event.objects.get(verb=Verb.IMAGE_READ)
    assert (event.actor, event.inquiry) == (operator, inquiry)
    assert PLATE not in event.sentence


def test_reading_again_changes_nothing(camera: Camera) -> None:
    job = image_give(actor=JOB, camera=camera, data=scene())
    for _ in range(3):
        read_waiting(job.pk)
    job.refresh_from_db()
    assert job.attempts == 1
    assert Detection.objects.count() == 1


def test_a_picture_without_a_plate_is_said_to_have_none(camera: Camera) -> None:
    from tests.images.test_giving import picture

    job = image_give(actor=JOB, camera=camera, data=picture())
    read_waiting(job.pk)
    job.refresh_from_db()
    assert (job.state, job.detection_ids) == (ImageJob.State.NOTHING, [])


def test_a_picture_whose_file_is_gone_fails_with_its_reason(camera: Camera) -> None:
    job = image_give(actor=JOB, camera=camera, data=scene())
    storages["evidence"].delete(job.image)
    read_waiting(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (ImageJob.State.FAILED, "The picture's file is missing.")
    assert Event.objects.filter(verb=Verb.IMAGE_FAILED).count() == 1


def test_a_picture_of_a_camera_out_of_service_fails_with_its_reason(camera: Camera) -> None:
    job = image_give(actor=JOB, camera=camera, data=scene())
    Camera.objects.filter(pk=camera.pk).update(is_active=False)
    read_waiting(job.pk)
    job.refresh_from_db()
    assert job.state == ImageJob.State.FAILED
    assert "out of service" in job.error


def test_a_picture_that_stops_its_reader_is_given_up(camera: Camera) -> None:
    job = image_give(actor=JOB, camera=camera, data=scene())
    ImageJob.objects.filter(pk=job.pk).update(attempts=MOST_ATTEMPTS)
    read_waiting(job.pk)
    job.refresh_from_db()
    assert job.state == ImageJob.State.FAILED
    assert not Detection.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_picture_make_one_detection(camera: Camera) -> None:
    job = image_give(actor=JOB, camera=camera, data=scene())

    def work() -> None:
        read_waiting(job.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    job.refresh_from_db()
    assert job.state == ImageJob.State.READ
    assert Detection.objects.count() == 1


def database_url() -> str:
    """The address of the tests' database, for a process of its own."""
    facts = connection.settings_dict
    user, password = quote(facts["USER"]), quote(facts["PASSWORD"] or "")
    port = f"&port={facts['PORT']}" if facts["PORT"] else ""
    return f"postgresql:///{facts['NAME']}?host={quote(facts['HOST'])}{port}&user={user}&password={password}"


def is_locked(job: ImageJob) -> bool:
    """Whether another connection holds the job's row."""
    with transaction.atomic():
        return (
            not ImageJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=job.pk).exists()
        )


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(camera: Camera) -> None:
    job = image_give(actor=JOB, camera=camera, data=scene())
    program = f"import django; django.setup()\nfrom detections.tasks import read_image\nread_image({job.pk})"
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "alpr.settings"}
    worker = subprocess.Popen([sys.executable, "-c", program], env=environment)
    deadline = time.monotonic() + 60
    while not is_locked(job) and time.monotonic() < deadline:
        assert worker.poll() is None, "The worker was done before it could be killed."
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (ImageJob.State.WAITING, 1)
    assert not Detection.objects.exists()
    read_waiting(job.pk)
    assert Detection.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_forgotten_pictures_are_queued_again(camera: Camera) -> None:
    from django_q.models import OrmQ

    job = image_give(actor=JOB, camera=camera, data=scene())
    assert OrmQ.objects.count() == 1
    assert "8KRB412" not in str(OrmQ.objects.get().task)
    OrmQ.objects.all().delete()
    assert requeue_images() == 0
    ImageJob.objects.filter(pk=job.pk).update(received_at=timezone.now() - timedelta(minutes=11))
    assert requeue_images() == 1
    assert requeue_images() == 0


def test_a_folder_is_read_for_a_camera_and_goes_on_where_it_stopped(
    camera: Camera, tmp_path: os.PathLike[str], capsys: pytest.CaptureFixture[str]
) -> None:
    from pathlib import Path

    folder = Path(tmp_path)
    (folder / "one.jpg").write_bytes(scene())
    (folder / "broken.jpg").write_bytes(scene()[:2000])
    for _ in range(2):
        call_command("read_images", str(folder), camera="cam-12")
    out, err = capsys.readouterr()
    assert "2 pictures: 1 read, 1 refused." in out
    assert "broken.jpg: The picture is damaged" in err
    assert Detection.objects.count() == 1


@pytest.mark.parametrize(("folder", "camera_code"), [("/nowhere", "cam-12"), (".", "cam-99")])
def test_a_wrong_folder_or_camera_is_named(camera: Camera, folder: str, camera_code: str) -> None:
    with pytest.raises(CommandError):
        call_command("read_images", folder, camera=camera_code)
