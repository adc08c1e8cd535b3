"""A reader that floods is told to wait, and others go on."""

from __future__ import annotations

import threading

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from training.api import floods


class Flood:
    """Requests that all wait in the view until they are let go."""

    def __init__(self) -> None:
        self.inside = threading.Semaphore(0)
        self.go = threading.Event()
        self.statuses: list[int] = []
        self.view = floods.limited(lambda request: request.headers.get("Authorization", ""))(self._view)
        self.threads: list[threading.Thread] = []

    def _view(self, request: HttpRequest) -> HttpResponse:
        self.inside.release()
        self.go.wait(30)
        if request.GET.get("fails"):
            raise ValueError("It failed.")
        return HttpResponse()

    def ask(self, key: str, address: str = "/") -> int:
        return self.view(RequestFactory().get(address, headers={"Authorization": key})).status_code

    def begin(self, key: str, count: int) -> None:
        for _ in range(count):
            thread = threading.Thread(target=lambda: self.statuses.append(self.ask(key)))
            thread.start()
            self.threads.append(thread)
            assert self.inside.acquire(timeout=30)

    def end(self) -> None:
        self.go.set()
        for thread in self.threads:
            thread.join(30)


@pytest.fixture
def flood() -> Flood:
    return Flood()


def test_beyond_a_few_at_once_a_key_waits_and_another_does_not(flood: Flood) -> None:
    flood.begin("one", floods.AT_ONCE)
    answer = flood.view(RequestFactory().get("/", headers={"Authorization": "one"}))
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    flood.begin("two", 1)
    flood.end()
    assert flood.statuses == [200] * (floods.AT_ONCE + 1)
    assert flood.ask("one") == 200


def test_a_request_that_fails_gives_its_place_back(flood: Flood) -> None:
    flood.go.set()
    for _ in range(floods.AT_ONCE + 1):
        with pytest.raises(ValueError, match="It failed"):
            flood.ask("one", "/?fails=1")
    assert flood.ask("one") == 200


def test_requests_without_a_key_are_not_counted(flood: Flood) -> None:
    flood.begin("", floods.AT_ONCE + 1)
    flood.end()
    assert flood.statuses == [200] * (floods.AT_ONCE + 1)
