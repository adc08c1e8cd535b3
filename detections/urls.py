"""Addresses of the room, one module for each group of pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("detections.urls_cameras")),
    path("", include("detections.urls_console")),
    path("", include("detections.urls_evidence")),
    path("", include("detections.findings.urls")),
    path("", include("detections.urls_forwarding")),
    path("", include("detections.urls_hits")),
    path("", include("detections.urls_holds")),
    path("", include("detections.parking.urls")),
    path("", include("detections.urls_photographs")),
    path("", include("detections.urls_purges")),
    path("", include("detections.urls_quality")),
    path("", include("detections.urls_read_files")),
    path("", include("detections.urls_search")),
    path("", include("detections.urls_shifts")),
]
