"""Addresses of the open hit."""

from django.urls import path

from detections import views_hit as views

urlpatterns = [
    path("console/hits/<int:pk>/", views.hit, name="hit"),
    path("console/hits/<int:pk>/now/", views.hit_now, name="hit_now"),
    path("console/hits/<int:pk>/<slug:move>/", views.hit_move, name="hit_move"),
    path("hits/<int:pk>/image/", views.hit_image, name="hit_image"),
    path("hits/<int:pk>/plate/", views.hit_plate, name="hit_plate"),
]
