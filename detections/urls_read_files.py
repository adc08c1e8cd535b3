"""Addresses of vendors' files: taking them in, and how they are laid out."""

from django.urls import path

from detections import views_read_files as views

urlpatterns = [
    path("cameras/files/", views.read_files, name="read_files"),
    path("cameras/files/mappings/new/", views.read_mapping_new, name="read_mapping_new"),
    path("cameras/files/mappings/<int:pk>/", views.read_mapping, name="read_mapping"),
]
