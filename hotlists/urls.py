"""Addresses of the room."""

from django.urls import path

from hotlists import views_lists, views_plates

urlpatterns = [
    path("hot-plates/", views_plates.hot_plates, name="hot_plates"),
    path("hot-plates/new/", views_plates.hot_plate_new, name="hot_plate_new"),
    path("hot-plates/<int:pk>/", views_plates.hot_plate, name="hot_plate"),
    path("hot-plates/<int:pk>/<slug:move>/", views_plates.hot_plate_move, name="hot_plate_move"),
    path("hot-lists/new/", views_lists.hot_list_new, name="hot_list_new"),
    path("hot-lists/<int:pk>/", views_lists.hot_list, name="hot_list"),
    path("hot-lists/<int:pk>/approve/", views_lists.hot_list_approve, name="hot_list_approve"),
    path("hot-lists/<int:pk>/close/", views_lists.hot_list_close, name="hot_list_close"),
]
