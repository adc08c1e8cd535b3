"""Addresses of the console."""

from django.urls import path

from detections import views_console as views
from detections.views_live import console_live

urlpatterns = [
    path("console/", views.console, name="console"),
    path("console/list/", views.console_list, name="console_list"),
    path("console/live/", console_live, name="console_live"),
    path("console/closed/", views.console_closed, name="console_closed"),
    path("console/keys/", views.console_keys, name="console_keys"),
]
