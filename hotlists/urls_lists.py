"""Addresses of the lists themselves."""

from django.urls import path

from hotlists import views_lists, views_settings

urlpatterns = [
    path("hot-lists/", views_lists.hot_lists, name="hot_lists"),
    path("hot-lists/new/", views_lists.hot_list_new, name="hot_list_new"),
    path("hot-lists/<int:pk>/", views_lists.hot_list, name="hot_list"),
    path("hot-lists/<int:pk>/settings/", views_settings.hot_list_settings, name="hot_list_settings"),
    path("hot-lists/<int:pk>/approve/", views_settings.hot_list_approve, name="hot_list_approve"),
    path("hot-lists/<int:pk>/close/", views_settings.hot_list_close, name="hot_list_close"),
    path("hot-lists/<int:pk>/grant/", views_settings.hot_list_grant, name="hot_list_grant"),
    path("hot-lists/<int:pk>/withdraw/", views_settings.hot_list_withdraw, name="hot_list_withdraw"),
]
