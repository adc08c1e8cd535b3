"""Addresses of the room: where a member lands, their own record, the theme."""

from django.urls import path

from training import views

urlpatterns = [
    path("", views.home, name="home"),
    path("my-record/", views.my_record, name="my_record"),
    path("theme/", views.theme, name="theme"),
]
