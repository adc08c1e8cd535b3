"""Addresses of the console."""

from django.urls import path

from detections import views_console as views
from detections import views_console_settings as settings
from detections.views_console_map import console_map, console_map_panel
from detections.views_live import console_live

urlpatterns = [
    path("console/", views.console, name="console"),
    path("console/list/", views.console_list, name="console_list"),
    path("console/live/", console_live, name="console_live"),
    path("console/closed/", views.console_closed, name="console_closed"),
    path("console/map/", console_map, name="console_map"),
    path("console/map/panel/", console_map_panel, name="console_map_panel"),
    path("console/keys/", views.console_keys, name="console_keys"),
    path("console/settings/", settings.console_settings, name="console_settings"),
    path("console/settings/keys/", settings.console_keys_set, name="console_keys_set"),
    path("console/settings/sound/", settings.console_sound, name="console_sound"),
    path("console/settings/filters/", settings.console_filters, name="console_filters"),
]
