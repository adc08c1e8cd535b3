"""Addresses of search. None carries a plate."""

from django.urls import path

from detections import (
    views_search,
    views_search_decide,
    views_search_detection,
    views_search_export,
    views_search_history,
    views_search_print,
)

SEARCH = "searches/<uuid:pk>/"
ONE = f"{SEARCH}detections/<uuid:detection>/"

urlpatterns = [
    path("search/", views_search.search, name="search"),
    path("search/fit/", views_search.search_fit, name="search_fit"),
    path("searches/waiting/", views_search_decide.searches_waiting, name="searches_waiting"),
    path(SEARCH, views_search.search_results, name="search_results"),
    path(f"{SEARCH}decide/", views_search_decide.search_decision, name="search_decision"),
    path(f"{SEARCH}print/", views_search_print.search_print, name="search_print"),
    path(f"{SEARCH}export/", views_search_export.search_file, name="search_export"),
    path(ONE, views_search_detection.search_detection, name="search_detection"),
    path(f"{ONE}history/", views_search_history.search_vehicle, name="search_vehicle"),
    path(f"{ONE}image/", views_search_detection.search_image, name="search_image"),
    path(f"{ONE}plate/", views_search_detection.search_plate, name="search_plate"),
    path(f"{ONE}thumbnail/", views_search_detection.search_thumbnail, name="search_thumbnail"),
]
