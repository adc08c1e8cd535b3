"""What readers sent. Detections are read under a stated purpose, and never counted."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from accounts.permissions import Permission
from detections import uuid7
from detections.forms_purpose import PurposeForm
from detections.models import Camera, Detection, ImageJob, Transfer
from trail.models import Inquiry
from trail.verbs import Verb
from training import gate
from training.admin_base import GatedAdmin, declare_rule, member_of
from training.admin_forms import fieldsets_of

if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator

PURPOSE = "administration_purpose"
NEWEST = 1_000


class Uncounted(Pages):
    """Pages over the newest thousand rows: a table of millions is not counted to show fifty."""

    @cached_property
    def count(self) -> int:
        """How many rows can be paged through: those there are, a thousand at most."""
        return len(cast("QuerySet[Any]", self.object_list).order_by("-pk").values_list("pk")[:NEWEST])


class CapturedFilter(admin.SimpleListFilter):
    """Detections by when they were captured, which is by partition."""

    title = "captured"
    parameter_name = "captured"
    HOURS = {"hour": 1, "day": 24, "week": 7 * 24}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [("hour", "Last hour"), ("day", "Last 24 hours"), ("week", "Last 7 days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those captured since then."""
        hours = self.HOURS.get(self.value() or "")
        if hours is None:
            return queryset
        return queryset.filter(id__gte=uuid7.floor(timezone.now() - timedelta(hours=hours)))


class CameraFilter(admin.SimpleListFilter):
    """By one of the agency's cameras."""

    title = "camera"
    parameter_name = "camera"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The agency's cameras."""
        cameras = Camera.objects.filter(agency=member_of(request).agency)
        return [(str(camera.pk), str(camera)) for camera in cameras]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What that camera saw."""
        chosen = self.value() or ""
        return queryset.filter(camera_id=int(chosen)) if chosen.isdecimal() else queryset


@admin.register(Detection)
class DetectionAdmin(GatedAdmin):
    """Detections, newest first, under a purpose that is stated before the first of them is shown.

    Seeing one in administration is an access like any other (Civil Code 1798.90.52): it asks for the
    permission to search and for a purpose, and each page is recorded under it.
    """

    sees = Permission.SEARCH
    list_verb = page_verb = Verb.DETECTION_VIEWED
    paginator = Uncounted
    change_list_template = "admin/detections/detection/change_list.html"
    list_display = ("captured", "plate", "state", "camera", "vehicle", "confidence", "engine")
    list_filter = (CapturedFilter, CameraFilter)
    list_select_related = ("camera",)
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "captured", "plate", "state", "vehicle", "camera", "direction", "latitude", "longitude", "confidence",
        "engine", "received_at", "transfer", "sender_id", "content_sha256",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        """One address more: where the purpose is stated."""
        purpose = self.admin_site.admin_view(self.purpose_view)
        declare_rule(purpose, self.sees)
        return [path("purpose/", purpose, name="detections_detection_purpose"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list under the purpose; without one, the page that asks for it."""
        self.admit(request, self.sees)
        inquiry = self.inquiry(request)
        if inquiry is None:
            return HttpResponseRedirect(reverse("admin:detections_detection_purpose"))
        self._require(request, inquiry)
        title = f"The newest detections, {NEWEST:,} at most"
        return super().changelist_view(request, {"inquiry": inquiry, "title": title} | (extra_context or {}))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """One detection under the purpose; without one, the page that asks for it."""
        self.admit(request, self.sees)
        inquiry = self.inquiry(request)
        if inquiry is None:
            return HttpResponseRedirect(reverse("admin:detections_detection_purpose"))
        self._require(request, inquiry)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def purpose_view(self, request: HttpRequest) -> HttpResponse:
        """Asks for the purpose, which stands for this session as long as a purpose may stand."""
        self.admit(request, self.sees)
        form = PurposeForm(request.POST or None, member=member_of(request))
        if request.method == "POST" and form.is_valid():
            request.session[PURPOSE] = form.state_purpose().pk
            return HttpResponseRedirect(reverse("admin:detections_detection_changelist"))
        shown = {
            "title": "State the purpose",
            "subtitle": "Detections",
            "form": form,
            "explains": "Every detection that you open from here is recorded under this purpose.",
            "adminform": fieldsets_of(form, self),
            "errors": form.errors,
        }
        return TemplateResponse(request, "admin/act.html", self._context(request) | shown)

    def inquiry(self, request: HttpRequest) -> Inquiry | None:
        """The member's own purpose of this session, while it is fresh."""
        stated = Inquiry.objects.filter(pk=request.session.get(PURPOSE, 0), member=member_of(request)).first()
        return stated if stated is not None and stated.is_fresh else None

    def elements(self, row: Any) -> dict[str, Any]:
        """The plate of the detection shown."""
        return {"plate": row.plate, "detection": str(row.pk)}

    def _require(self, request: HttpRequest, inquiry: Inquiry) -> None:
        gate.require(member_of(request), self.sees, on=member_of(request).agency, inquiry=inquiry)

    @admin.display(description="captured")
    def captured(self, detection: Detection) -> Any:
        """When the picture was taken, from the id."""
        return detection.captured_at


@admin.register(Transfer)
class TransferAdmin(GatedAdmin):
    """Batches as they came in, with their receipts."""

    sees = Permission.MANAGE_CAMERAS
    agency_path = "camera__agency"
    list_display = ("received_at", "camera", "accepted", "duplicates", "refused", "hits", "sent_by")
    list_filter = ("received_at",)
    list_select_related = ("camera",)
    fields = readonly_fields = (*list_display, "batch_sha256")


@admin.register(ImageJob)
class ImageJobAdmin(GatedAdmin):
    """Photographs that wait to be read, were read, or could not be."""

    sees = Permission.MANAGE_CAMERAS
    agency_path = "camera__agency"
    list_display = ("id", "received_at", "camera", "state", "attempts", "error", "finished_at")
    list_filter = ("state", "received_at")
    list_select_related = ("camera",)
    fields = readonly_fields = (
        "received_at", "camera", "captured_at", "given_by", "inquiry", "state", "attempts", "error",
        "finished_at", "sender_id", "sha256",
    )  # fmt: skip
