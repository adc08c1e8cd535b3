"""Addresses of the lists themselves."""

from django.urls import path

from hotlists import views_lists

urlpatterns = [
    path("hot-lists/new/", views_lists.hot_list_new, name="hot_list_new"),
    path("hot-lists/<int:pk>/", views_lists.hot_list, name="hot_list"),
    path("hot-lists/<int:pk>/approve/", views_lists.hot_list_approve, name="hot_list_approve"),
    path("hot-lists/<int:pk>/close/", views_lists.hot_list_close, name="hot_list_close"),
]
