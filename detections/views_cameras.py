"""Cameras as the administrator sees them: how each fares, and what to enter in its device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from detections import services_cameras as services
from detections.connecting import KEY, NATIVE, devices
from detections.forms_cameras import ChannelForm
from detections.health_shown import DayShown, Standing, days_of, standings
from detections.models import Camera, ReaderChannel
from detections.views_console import signed_in_member
from training.rules import rule

FAULTS = "faults"
CHART_HEIGHT = 120


@rule(Permission.MANAGE_CAMERAS)
@require_GET
@never_cache
def cameras(request: HttpRequest) -> HttpResponse:
    """Every reader of the agency with how it fares; `?show=faults` those alone that are at fault."""
    rows = standings(signed_in_member(request).agency)
    faults = [row for row in rows if row.faults]
    only = request.GET.get("show") == FAULTS
    context = {
        "rows": faults if only else rows,
        "faults": len(faults),
        "unheard": sum(row.camera.is_active and not row.is_heard for row in rows),
        "in_use": sum(row.camera.is_active for row in rows),
        "only_faults": only,
    }
    return render(request, "detections/cameras.html", context)


@dataclass(frozen=True)
class Bar:
    """One day of the chart: where it stands, in percent across and pixels from above."""

    shown: DayShown
    left: float
    top: int

    @property
    def height(self) -> int:
        """Down to the line of none."""
        return CHART_HEIGHT - self.top


@rule(Permission.MANAGE_CAMERAS)
@require_GET
@never_cache
def camera(request: HttpRequest, pk: int) -> HttpResponse:
    """One reader: what is wrong with it, its signs of life, and its days."""
    found = _reader(request, pk)
    days = days_of(found)
    context = {
        "row": Standing(found, getattr(found, "health", None), days[-1].reads),
        "days": days[::-1],
        "bars": _bars(days),
        "most": max(one.reads for one in days),
        "height": CHART_HEIGHT,
        "keys": found.keys.filter(revoked_at=None),
        "channels": found.channels.select_related("key__camera"),
    }
    return render(request, "detections/camera.html", context)


def _bars(days: list[DayShown]) -> list[Bar]:
    most = max(1, *(one.reads for one in days))
    width = 100 / len(days)
    return [
        Bar(one, round(number * width, 2), CHART_HEIGHT - round(CHART_HEIGHT * one.reads / most))
        for number, one in enumerate(days)
    ]


@rule(Permission.MANAGE_CAMERAS)
@require_http_methods(["GET", "POST"])
@never_cache
def camera_connect(request: HttpRequest, pk: int) -> HttpResponse:
    """What to enter in the device (`?kind=`), and the cameras under each key; POST adds one to a key."""
    found = _reader(request, pk)
    form = ChannelForm(request.POST or None, camera=found)
    if request.method == "POST" and form.is_valid():
        try:
            channel = services.channel_add(actor=signed_in_member(request), **form.cleaned_data)
        except ValidationError as problems:
            form.add_error(None, problems.messages)
        else:
            messages.success(request, f"“{channel.device_name}” is now {channel.camera}.")
            return redirect("camera_connect", found.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "detections/camera_connect.html", _connect(request, found, form), status=status)


def _connect(request: HttpRequest, found: Camera, form: ChannelForm) -> dict[str, Any]:
    def address(kind: str) -> str:
        path = reverse("api_detections") if kind == NATIVE else reverse("api_readers", args=[kind])
        return request.build_absolute_uri(path)

    offered = devices(found, address)
    asked = request.GET.get("kind", NATIVE)
    chosen = next((device for device in offered if device.kind == asked), None)
    if chosen is None:
        raise Http404
    keys = found.keys.filter(revoked_at=None).prefetch_related("channels__camera")
    return {
        "camera": found, "devices": offered, "device": chosen, "keys": keys, "form": form, "placeholder": KEY,
    }  # fmt: skip


@rule(Permission.MANAGE_CAMERAS)
@require_POST
def camera_channel_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one name from a key."""
    member = signed_in_member(request)
    rows = ReaderChannel.objects.filter(key__camera__agency=member.agency_id)
    row = get_object_or_404(rows.select_related("camera", "key"), pk=pk)
    services.channel_remove(actor=member, channel=row)
    messages.success(request, f"“{row.device_name}” is taken from the key.")
    return redirect("camera_connect", row.key.camera_id)


def _reader(request: HttpRequest, pk: int) -> Camera:
    mine = Camera.objects.filter(agency=signed_in_member(request).agency_id)
    readers = mine.exclude(kind=Camera.Kind.PHOTOGRAPH).select_related(
        "health", "group", "patrol_car", "agency"
    )
    return get_object_or_404(readers, pk=pk)
