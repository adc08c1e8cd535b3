"""Addresses of what is forwarded to others, and of what others forward."""

from django.urls import path

from detections import views_forwarding as views

urlpatterns = [
    path("forwarding/", views.forwardings, name="forwardings"),
    path("forwarding/new/", views.forwarding_new, name="forwarding_new"),
    path("forwarding/sources/new/", views.forward_source_new, name="forward_source_new"),
    path("forwarding/sources/<int:pk>/", views.forward_source, name="forward_source"),
    path("forwarding/sources/<int:pk>/<slug:move>/", views.forward_source_move, name="forward_source_move"),
    path("forwarding/<int:pk>/", views.forwarding, name="forwarding"),
    path("forwarding/<int:pk>/<slug:move>/", views.forwarding_move, name="forwarding_move"),
]
