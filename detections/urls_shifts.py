"""Addresses of the shifts of patrol cars."""

from django.urls import path

from detections import views_shifts as views

urlpatterns = [
    path("shifts/", views.shifts, name="shifts"),
    path("shifts/cars/<int:pk>/begin/", views.shift_begin, name="shift_begin"),
    path("shifts/<int:pk>/", views.shift, name="shift"),
]
