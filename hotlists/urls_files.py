"""Addresses of the files of lists."""

from django.urls import path

from hotlists.views_files import hot_list_file, hot_list_file_move, hot_list_load

FILE = "hot-lists/<int:pk>/files/<uuid:refresh>"
urlpatterns = [
    path("hot-lists/<int:pk>/load/", hot_list_load, name="hot_list_load"),
    path(f"{FILE}/", hot_list_file, name="hot_list_file"),
    path(f"{FILE}/confirm/", hot_list_file_move, {"move": "confirm"}, name="hot_list_file_confirm"),
    path(f"{FILE}/let-go/", hot_list_file_move, {"move": "let_go"}, name="hot_list_file_let_go"),
]
