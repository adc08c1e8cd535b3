"""What the HTTP interface answers at an address that it does not have."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from training.rules import public

NOTHING = "There is nothing at this address. Every address of the interface ends in a slash."


@csrf_exempt
@public("says that there is nothing here")
def nothing_here(request: HttpRequest) -> JsonResponse:
    """404 in the one shape of the interface's errors, whatever the method and whoever asks."""
    return JsonResponse({"error": {"code": "not_found", "message": NOTHING}}, status=404)
