"""The few addresses that the frame of every page names, without the rooms behind them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest) -> HttpResponse:
    """An empty page."""
    return HttpResponse()


urlpatterns = [
    path("theme", nothing, name="theme"),
    path("notice/", nothing, name="notice"),
    path("accounts/", include("allauth.urls")),
]
