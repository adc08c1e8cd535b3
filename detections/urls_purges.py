"""Addresses of deletion: what was deleted, and what would be."""

from django.urls import path

from detections import views_purges as views

urlpatterns = [
    path("deletion/", views.purges, name="purges"),
    path("deletion/preview/", views.purge_preview, name="purge_preview"),
]
