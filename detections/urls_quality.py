"""Addresses of the quality of hits in figures."""

from django.urls import path

from detections import views_quality

urlpatterns = [
    path("quality/", views_quality.quality_page, name="quality"),
    path("quality/figures.csv", views_quality.quality_file, name="quality_file"),
]
