"""Addresses of the vehicle checks."""

from django.urls import path

from detections import views_photographs as views

urlpatterns = [
    path("photographs/", views.photographs, name="photographs"),
    path("photographs/<int:pk>/", views.photograph, name="photograph"),
    path("photographs/<int:pk>/image/", views.photograph_image, name="photograph_image"),
]
