"""Addresses of the room: the notice, where a member lands, their own record, the theme."""

from django.urls import path

from training import views

urlpatterns = [
    path("", views.home, name="home"),
    path("notice/", views.notice, name="notice"),
    path("my-record/", views.my_record, name="my_record"),
    path("theme/", views.theme, name="theme"),
]
