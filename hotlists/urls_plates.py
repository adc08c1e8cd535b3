"""Addresses of hot plates, and of how fuzzy a list is."""

from django.urls import path

from hotlists import views_matching, views_plates, views_preview

urlpatterns = [
    path("hot-plates/", views_plates.hot_plates, name="hot_plates"),
    path("hot-plates/new/", views_preview.hot_plate_new, name="hot_plate_new"),
    path("hot-plates/<int:pk>/", views_plates.hot_plate, name="hot_plate"),
    path("hot-plates/<int:pk>/change/", views_preview.hot_plate_change, name="hot_plate_change"),
    path("hot-lists/<int:pk>/matching/", views_matching.hot_list_matching, name="hot_list_matching"),
    path("hot-plates/<int:pk>/<slug:move>/", views_plates.hot_plate_move, name="hot_plate_move"),
]
