"""Every address of the system. Each room has its own list; no address carries a plate."""

from django.contrib import admin
from django.urls import include, path, re_path

from alpr import health, interface, views_waiting
from training.api.unknown import nothing_here

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # Ahead of the pages: readers ask most often, and each address before theirs is held against it.
    path("api/v1/", include("hotlists.api.urls")),
    path("api/v1/", include("detections.api.urls")),
    # The last of the interface's addresses, so that any other of them is found first.
    re_path(r"^api/v1/", nothing_here, name="api_nothing"),
    path("waiting/", views_waiting.waiting, name="waiting"),
    path("waiting/count/", views_waiting.waiting_count, name="waiting_count"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("training.urls")),
    path("", include("hotlists.urls")),
    path("", include("detections.urls")),
    path("api/", interface.page, name="api_described"),
    path("api/schema/", interface.schema, name="api_schema"),
]
