"""The jobs in the background: those that wait, those that failed for good, and what runs by the clock."""

from __future__ import annotations

from django.contrib import admin
from django_q.models import Failure, OrmQ, Schedule
from django_q.tasks import async_task

from accounts.permissions import Permission
from training.admin_base import GatedAdmin
from training.admin_forms import ActForm


class TryAgain(ActForm):
    """Putting a failed job back in the queue. Every job may run twice without harm."""

    name, label, permission = "again", "Try again", Permission.OVERSEE
    explains = "The job goes back into the queue as it was. Jobs may run twice without loss or doubles."

    def perform(self) -> str:
        """Queue it again; the failure stays on the list until it is tidied by age."""
        async_task(self.row.func, *(self.row.args or ()), **(self.row.kwargs or {}))
        return "The job is in the queue again."


@admin.register(Failure)
class FailureAdmin(GatedAdmin):
    """Jobs that failed for good, of the whole installation: a job has no agency and carries ids alone."""

    sees = Permission.OVERSEE
    agency_path = None
    acts = (TryAgain,)
    list_display = ("name", "func", "started", "stopped", "attempt_count")
    fields = readonly_fields = ("name", "func", "started", "stopped", "attempt_count", "result")
    ordering = ("-stopped",)


@admin.register(OrmQ)
class QueuedAdmin(GatedAdmin):
    """Jobs that wait in the queue."""

    sees = Permission.OVERSEE
    agency_path = None
    list_display = ("name", "func", "lock")
    fields = readonly_fields = ("name", "func", "lock")
    ordering = ("lock",)


@admin.register(Schedule)
class ScheduleAdmin(GatedAdmin):
    """What runs by the clock, as the declared table says; `manage.py sync_schedules` sets it."""

    sees = Permission.OVERSEE
    agency_path = None
    list_display = fields = readonly_fields = ("name", "func", "schedule_type", "next_run")
    ordering = ("next_run",)
