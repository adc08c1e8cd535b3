"""Addresses of the console and its hits."""

from django.urls import path

from detections import views_console as views
from detections.views_live import console_live

urlpatterns = [
    path("console/", views.console, name="console"),
    path("console/list/", views.console_list, name="console_list"),
    path("console/live/", console_live, name="console_live"),
    path("console/closed/", views.console_closed, name="console_closed"),
    path("console/keys/", views.console_keys, name="console_keys"),
    path("console/hits/<int:pk>/", views.hit, name="hit"),
    path("console/hits/<int:pk>/now/", views.hit_now, name="hit_now"),
    path("console/hits/<int:pk>/<slug:move>/", views.hit_move, name="hit_move"),
    path("hits/<int:pk>/image/", views.hit_image, name="hit_image"),
    path("hits/<int:pk>/plate/", views.hit_plate, name="hit_plate"),
]
