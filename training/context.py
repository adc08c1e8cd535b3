"""What the masthead of every page shows: whose system, who you are, where you may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

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
    ("Search", "search", Permission.SEARCH),
    ("Hot plates", "hot_plates", Permission.SEE_LISTS),
    ("Vehicle checks", "photographs", Permission.GIVE_PICTURES),
]


def masthead(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: member, agency, training_until, navigation, theme, demonstration."""
    member = getattr(request, "user", None)
    shown: dict[str, Any] = {"demonstration": settings.DEMONSTRATION, "member": None, "navigation": []}
    if not isinstance(member, Member):
        names = list(Agency.objects.values_list("short_name", flat=True)[:2])
        return shown | {
            "agency": names[0] if len(names) == 1 else "",
            "theme": request.COOKIES.get("theme", ""),
        }
    return shown | {
        "member": member,
        "agency": member.agency,
        "theme": member.theme,
        "training_until": _training_until(member),
        "navigation": _navigation(request, member),
    }


def _training_until(member: Member) -> Any:
    try:
        certificate = gate.current_certificate(member)
    except NoPolicy:
        return None
    return certificate and certificate.ends_on()


def _navigation(request: HttpRequest, member: Member) -> list[Place]:
    places = [
        Place(label, reverse(name), request.path.startswith(reverse(name)))
        for label, name, permission in PLACES
        if gate.allows(member, permission)
    ]
    places.append(Place("My record", reverse("my_record"), request.path.startswith(reverse("my_record"))))
    if member.is_staff:
        places.append(
            Place("Administration", reverse("admin:index"), request.path.startswith(reverse("admin:index")))
        )
    return places
