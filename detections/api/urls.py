"""Addresses of the API that readers use."""

from django.urls import path

from detections.api import views

urlpatterns = [
    path("detections/", views.detections, name="api_detections"),
    path("images/", views.images_to_read, name="api_images"),
    path("images/<int:job_id>/", views.image, name="api_image"),
]
