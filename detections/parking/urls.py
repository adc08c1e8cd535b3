"""Addresses of parking enforcement."""

from django.urls import path

from detections.parking import views, views_year

urlpatterns = [
    path("parking/", views.parking, name="parking"),
    path("parking/hits/<int:pk>/", views.parking_hit, name="parking_hit"),
    path("parking/hits/<int:pk>/<slug:move>/", views.parking_move, name="parking_move"),
    path("parking/year/", views_year.parking_year, name="parking_year"),
    path("parking/year/file/", views_year.parking_year_file, name="parking_year_file"),
]
