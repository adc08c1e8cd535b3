"""What the worker does by the clock, in one table. `manage.py sync_schedules` makes the database agree."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_q.models import Schedule

TABLE: dict[str, dict[str, object]] = {
    "Requeue forgotten pictures": {
        "func": "detections.tasks.requeue_images",
        "schedule_type": Schedule.MINUTES,
        "minutes": 5,
    },
    "Watch the folder of lists": {
        "func": "hotlists.tasks.watch_folder",
        "schedule_type": Schedule.MINUTES,
        "minutes": 1,
    },
    "Requeue forgotten files": {
        "func": "hotlists.tasks.requeue_files",
        "schedule_type": Schedule.MINUTES,
        "minutes": 1,
    },
    "Look for overdue lists": {
        "func": "hotlists.overdue.check",
        "schedule_type": Schedule.MINUTES,
        "minutes": 5,
    },
    "Pass on hits left open": {
        "func": "detections.tasks.escalate_left_open",
        "schedule_type": Schedule.MINUTES,
        "minutes": 5,
    },
    "See to evidence packages": {
        "func": "detections.tasks.see_to_evidence",
        "schedule_type": Schedule.MINUTES,
        "minutes": 5,
    },
    "Look back": {
        "func": "detections.tasks.look_back",
        "schedule_type": Schedule.MINUTES,
        "minutes": 1,
    },
    "Check cameras": {
        "func": "detections.tasks.check_cameras",
        "schedule_type": Schedule.MINUTES,
        "minutes": 1,
    },
    "Compare plates": {
        "func": "detections.findings.comparing.compare_everywhere",
        "schedule_type": Schedule.MINUTES,
        "minutes": 15,
    },
    "Forward": {
        "func": "detections.forwarding.sending.run_everywhere",
        "schedule_type": Schedule.MINUTES,
        "minutes": 1,
    },
    "Count what is kept of others": {
        "func": "detections.forwarding.kept.count_everywhere",
        "schedule_type": Schedule.MINUTES,
        "minutes": 10,
    },
    "Sweep what was forwarded": {
        "func": "detections.forwarding.sending.sweep",
        "schedule_type": Schedule.DAILY,
    },
    "Make partitions": {"func": "detections.tasks.make_partitions", "schedule_type": Schedule.DAILY},
    "Close past agreements": {"func": "training.agreements.close_past", "schedule_type": Schedule.DAILY},
    "Suspend idle accounts": {"func": "accounts.idle.suspend_everywhere", "schedule_type": Schedule.DAILY},
    "Close expired hot plates": {"func": "hotlists.tasks.close_expired", "schedule_type": Schedule.DAILY},
    "Sweep files of lists": {"func": "hotlists.tasks.sweep_files", "schedule_type": Schedule.DAILY},
    "List seen plates": {
        "func": "detections.plates_seen.list_everywhere",
        "schedule_type": Schedule.HOURLY,
    },
    "Forget cars seen": {"func": "detections.adapters.seen.sweep", "schedule_type": Schedule.DAILY},
    "Purge": {"func": "detections.tasks.purge", "schedule_type": Schedule.DAILY},
}


def sync() -> None:
    """Make the schedules agree with the table; what stands keeps its next run."""
    Schedule.objects.exclude(name__in=TABLE).delete()
    for name, facts in TABLE.items():
        schedule, created = Schedule.objects.get_or_create(
            name=name, defaults=facts | {"next_run": timezone.now() + timedelta(minutes=1)}
        )
        if not created:
            Schedule.objects.filter(pk=schedule.pk).update(**facts)
