"""What the masthead of every page shows: whose system, who you are, where you may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format

from accounts.access import Refusal
from accounts.models import Agency, Member, NoPolicy
from accounts.permissions import Permission
from training import gate


@dataclass(frozen=True)
class Place:
    """One link of the masthead."""

    label: str
    url: str
    current: bool


PLACES = [
    ("Console", "console", Permission.SEE_HITS),
    ("Dispatch", "dispatch_queue", Permission.CONFIRM_HITS),
    ("Search", "search", Permission.SEARCH),
    ("Hot plates", "hot_plates", Permission.SEE_LISTS),
    ("Vehicle checks", "photographs", Permission.GIVE_PICTURES),
    ("Shifts", "shifts", Permission.DRIVE_SHIFTS),
    ("Parking", "parking", Permission.ENFORCE_PARKING),
    ("Administration", "admin:index", Permission.OVERSEE),
]

# Where else one is in the same place, by its name.
ALSO = {
    "search": ("/searches/", "/holds/", "/evidence/"),
    "hot_plates": ("/hot-lists/",),
    "admin:index": ("/quality/", "/forwarding/", "/cameras/"),
}


def first_place(member: Member) -> tuple[str, Refusal]:
    """The name of the first page open to the member, empty where none is, and why others are shut.

    The refusal is that of the first page which the roles permit but something else does not, or, where no
    page is open, of the first of all; None where nothing that the roles permit is shut.
    """
    refusals = [(name, gate.refusal(member, permission, on=member.agency)) for _, name, permission in PLACES]
    place = next((name for name, refusal in refusals if refusal is None), "")
    shut = [refusal for _, refusal in refusals if refusal is not None and refusal[0] != "role"]
    if shut or place:
        return place, shut[0] if shut else None
    return place, refusals[0][1]


def masthead(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: member, agency, training, navigation, theme, demonstration."""
    member = getattr(request, "user", None)
    shown: dict[str, Any] = {"demonstration": settings.DEMONSTRATION, "member": None, "navigation": []}
    if not isinstance(member, Member):
        names = list(Agency.objects.values_list("short_name", flat=True)[:2])
        return shown | {
            "agency": names[0] if len(names) == 1 else "",
            "theme": _theme(request.COOKIES.get("theme", "")),
        }
    return shown | {
        "member": member,
        "agency": member.agency,
        "theme": member.theme,
        "training": _training(member),
        "navigation": _navigation(request, member),
        "waits_for_you": _place(request, "Waits for you", reverse("waiting")),
    }


def _theme(asked: str) -> str:
    return asked if asked in Member.Theme.values else ""


def _training(member: Member) -> str:
    try:
        certificate = gate.current_certificate(member)
    except NoPolicy:
        return "No policy adopted"
    if certificate is None:
        return "No current training"
    until = certificate.ends_on()
    return f"Training valid to {date_format(until, 'M j, Y')}" if until else "Training valid"


def _navigation(request: HttpRequest, member: Member) -> list[Place]:
    permitted = gate.permitted(member)
    places = [(label, name) for label, name, permission in PLACES if permission in permitted]
    places.insert(-1 if Permission.OVERSEE in permitted else len(places), ("My record", "my_record"))
    return [_place(request, label, reverse(name), *ALSO.get(name, ())) for label, name in places]


def _place(request: HttpRequest, label: str, url: str, *also: str) -> Place:
    return Place(label, url, request.path.startswith((url, *also)))
