"""Addresses of the API that readers use."""

from django.urls import path

from detections.api import forwarded, readers, transfers, views

urlpatterns = [
    path("detections/", views.detections, name="api_detections"),
    path("readers/<str:kind>/", readers.readers, name="api_readers"),
    path("transfer/", transfers.terms, name="api_transfer"),
    path("transfer/held/", transfers.held, name="api_transfer_held"),
    path("transfer/receipts/", transfers.receipts, name="api_transfer_receipts"),
    path("transfer/purged/", transfers.purged, name="api_transfer_purged"),
    path("forwarded/", forwarded.forwarded, name="api_forwarded"),
    path("forwarded/standing/", forwarded.standing, name="api_forwarded_standing"),
    path("images/", views.images_to_read, name="api_images"),
    path("images/<int:job_id>/", views.image, name="api_image"),
]
