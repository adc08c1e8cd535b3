"""The web's boundary: sets who acts, in which request, from where."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from trail import context


class ActMiddleware:
    """Puts the signed-in member, a request id and the source address into the trail's context."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with its circumstances set, and name the request id in the answer."""
        request_id = context.new_request_id()
        actor = request.user if request.user.is_authenticated else None
        with context.acting(actor, request_id=request_id, address=context.client_address(request)):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response
