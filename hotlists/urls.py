"""Addresses of the room, one module for each group of pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("hotlists.urls_lists")),
    path("", include("hotlists.urls_files")),
    path("", include("hotlists.urls_mappings")),
    path("", include("hotlists.urls_plates")),
]
