"""Addresses of the files of lists."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
