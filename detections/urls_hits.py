"""Addresses of the open hit, and of the dispatcher's queue."""

from django.urls import path

from detections import views_dispatch
from detections import views_hit as views

urlpatterns = [
    path("console/hits/<int:pk>/", views.hit, name="hit"),
    path("console/hits/<int:pk>/now/", views.hit_now, name="hit_now"),
    path("console/hits/<int:pk>/<slug:move>/", views.hit_move, name="hit_move"),
    path("hits/<int:pk>/image/", views.hit_image, name="hit_image"),
    path("hits/<int:pk>/plate/", views.hit_plate, name="hit_plate"),
    path("hits/results/read/", views.hit_results_read, name="hit_results_read"),
    path("dispatch/", views_dispatch.dispatch_queue, name="dispatch_queue"),
    path("dispatch/list/", views_dispatch.dispatch_list, name="dispatch_list"),
    path("dispatch/<int:pk>/", views_dispatch.dispatch_answer, name="dispatch_answer"),
]
