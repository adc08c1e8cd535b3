"""Every address of the system. Each room has its own list; no address carries a plate."""

from django.contrib import admin
from django.urls import include, path

from alpr import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("training.urls")),
    path("", include("hotlists.urls")),
    path("", include("detections.urls")),
    path("api/v1/", include("detections.api.urls")),
]
