"""Addresses of the pages of cameras: how they fare, and how devices are connected."""

from django.urls import path

from detections import views_cameras as views

urlpatterns = [
    path("cameras/", views.cameras, name="cameras"),
    path("cameras/<int:pk>/", views.camera, name="camera"),
    path("cameras/<int:pk>/connect/", views.camera_connect, name="camera_connect"),
    path("cameras/channels/<int:pk>/remove/", views.camera_channel_remove, name="camera_channel_remove"),
]
