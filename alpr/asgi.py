"""The web application for ASGI servers."""

import os
import warnings

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from alpr.keeping import keep_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alpr.settings")

# WhiteNoise hands out its small static files as synchronous iterators, and Django says so at each of them.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators", Warning)


class OneThread(ASGIHandler):
    """Answers a request on one thread from the first middleware to the last.

    Django's own changes between thread and event loop at every middleware that knows both, which took more
    time than storing a read. Only what streams goes on in the event loop.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """Load the middleware for one thread, whoever asks."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, made on the request's own thread."""
        return await sync_to_async(self.get_response)(request)


django.setup(set_prefix=False)
application = OneThread()
keep_connections()
