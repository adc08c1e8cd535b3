"""Addresses of search. None carries a plate."""

from django.urls import path

from detections import views_search

ONE = "searches/<uuid:pk>/detections/<uuid:detection>/"

urlpatterns = [
    path("search/", views_search.search, name="search"),
    path("searches/<uuid:pk>/", views_search.search_results, name="search_results"),
    path(ONE, views_search.search_detection, name="search_detection"),
    path(f"{ONE}image/", views_search.search_image, name="search_image"),
    path(f"{ONE}plate/", views_search.search_plate, name="search_plate"),
]
