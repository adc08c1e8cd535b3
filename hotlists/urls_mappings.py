"""Addresses of mappings."""

from django.urls import path

from hotlists import views_mappings

urlpatterns = [
    path("hot-lists/mappings/", views_mappings.mappings, name="mappings"),
    path("hot-lists/mappings/new/", views_mappings.mapping_new, name="mapping_new"),
    path("hot-lists/mappings/<int:pk>/", views_mappings.mapping, name="mapping"),
    path("hot-lists/mappings/<int:pk>/retire/", views_mappings.mapping_retire, name="mapping_retire"),
]
