"""Addresses of findings. None carries a plate; what is shown of one stands under a stated purpose."""

from django.urls import path

from detections.findings import views

urlpatterns = [
    path("findings/", views.findings, name="findings"),
    path("findings/<int:pk>/", views.finding, name="finding"),
    path("findings/<int:pk>/under/<int:inquiry>/", views.finding_opened, name="finding_opened"),
    path("findings/<int:pk>/under/<int:inquiry>/close/", views.finding_close, name="finding_close"),
    path(
        "findings/<int:pk>/under/<int:inquiry>/<uuid:detection>/image/",
        views.finding_image,
        name="finding_image",
    ),
    path(
        "findings/<int:pk>/under/<int:inquiry>/<uuid:detection>/plate/",
        views.finding_plate,
        name="finding_plate",
    ),
]
