"""Addresses of the API that sources of hot lists use."""

from django.urls import path

from hotlists.api import views

urlpatterns = [
    path("hot-lists/<int:pk>/file/", views.file, name="api_hot_list_file"),
    path("hot-lists/<int:pk>/refreshes/<uuid:refresh>/", views.refresh, name="api_hot_list_refresh"),
]
