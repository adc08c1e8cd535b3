"""Addresses of evidence packages. None carries a plate."""

from django.urls import path

from detections import views_evidence as views

urlpatterns = [
    path("evidence/", views.evidence, name="evidence"),
    path("holds/<int:pk>/evidence/", views.evidence_ask, name="evidence_ask"),
    path("evidence/<int:pk>/", views.evidence_package, name="evidence_package"),
    path("evidence/<int:pk>/decide/", views.evidence_decide, name="evidence_decide"),
    path("evidence/<int:pk>/file/", views.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/chain/", views.evidence_chain, name="evidence_chain"),
    path("evidence/<int:pk>/<slug:move>/", views.evidence_move, name="evidence_move"),
]
