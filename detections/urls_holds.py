"""Addresses of holds. None carries a plate."""

from django.urls import path

from detections import views_holds as views

urlpatterns = [
    path("holds/", views.holds, name="holds"),
    path("holds/plate/", views.hold_plate, name="hold_plate"),
    path("holds/camera/", views.hold_camera, name="hold_camera"),
    path("holds/finding/", views.hold_finding, name="hold_finding"),
    path("holds/<int:pk>/", views.hold, name="hold"),
    path("holds/<int:pk>/decide/", views.hold_decide, name="hold_decide"),
    path("holds/<int:pk>/<slug:move>/", views.hold_move, name="hold_move"),
    path("hits/<int:pk>/hold/", views.hold_hit, name="hold_hit"),
    path("searches/<uuid:pk>/hold/", views.hold_search, name="hold_search"),
    path("searches/<uuid:pk>/detections/<uuid:detection>/hold/", views.hold_detection, name="hold_detection"),
]
