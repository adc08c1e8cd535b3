"""Every address of the system, from the resolver itself, with a record for each that names one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from training.admin_base import GatedAdmin

# What an address outside administration names, by the address's name; the first of its values.
NAMES = {
    "hot_plate": "hotlists.entry",
    "hot_plate_move": "hotlists.entry",
    "hot_plate_change": "hotlists.entry",
    "hot_list_matching": "hotlists.hotlist",
    "hot_list": "hotlists.hotlist",
    "hot_list_approve": "hotlists.hotlist",
    "hot_list_close": "hotlists.hotlist",
    "hot_list_grant": "hotlists.hotlist",
    "hot_list_settings": "hotlists.hotlist",
    "hot_list_withdraw": "hotlists.hotlist",
    "hot_list_load": "hotlists.hotlist",
    "hot_list_file": "hotlists.hotlist",
    "hot_list_file_confirm": "hotlists.hotlist",
    "hot_list_file_let_go": "hotlists.hotlist",
    "api_hot_list_file": "hotlists.hotlist",
    "api_hot_list_refresh": "hotlists.hotlist",
    "mapping": "hotlists.mapping",
    "mapping_retire": "hotlists.mapping",
    "hit": "detections.hit",
    "hit_now": "detections.hit",
    "hit_move": "detections.hit",
    "hit_image": "detections.hit",
    "hit_plate": "detections.hit",
    "dispatch_answer": "detections.hit",
    "finding": "detections.finding",
    "finding_opened": "detections.finding",
    "finding_close": "detections.finding",
    "finding_image": "detections.finding",
    "finding_plate": "detections.finding",
    "photograph": "detections.imagejob",
    "photograph_image": "detections.imagejob",
    "search_results": "detections.search",
    "search_detection": "detections.search",
    "search_image": "detections.search",
    "search_plate": "detections.search",
    "search_thumbnail": "detections.search",
    "search_vehicle": "detections.search",
    "search_print": "detections.search",
    "search_export": "detections.search",
    "search_decision": "detections.search",
    "camera": "detections.camera",
    "camera_connect": "detections.camera",
    "camera_channel_remove": "detections.readerchannel",
    "read_mapping": "detections.readmapping",
    "hold": "detections.hold",
    "hold_decide": "detections.hold",
    "hold_move": "detections.hold",
    "hold_hit": "detections.hit",
    "evidence_ask": "detections.hold",
    "evidence_package": "detections.evidencepackage",
    "evidence_decide": "detections.evidencepackage",
    "evidence_file": "detections.evidencepackage",
    "evidence_chain": "detections.evidencepackage",
    "evidence_move": "detections.evidencepackage",
    "hold_search": "detections.search",
    "hold_detection": "detections.search",
    "api_image": "detections.imagejob",
    "parking_hit": "detections.parkinghit",
    "parking_move": "detections.parkinghit",
    "shift": "detections.shift",
    "shift_begin": "detections.patrolcar",
    "forwarding": "detections.forwarding",
    "forwarding_move": "detections.forwarding",
    "forward_source": "detections.forwardsource",
    "forward_source_move": "detections.forwardsource",
    "training_certificate_document": "training.certificate",
    "mfa_remove_webauthn": "",
    "mfa_edit_webauthn": "",
}
MOVES = {
    "hot_plate_move": "approve", "hit_move": "see", "hold_move": "review", "evidence_move": "book",
    "parking_move": "none",
    "forwarding_move": "pause", "forward_source_move": "issue",
}  # fmt: skip
VALUE = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Address:
    """One address: where, its name, its view, and the label of the record it names, if one."""

    path: str
    name: str
    view: Callable[..., Any]
    record: str = ""


def every_address(world: dict[str, Model]) -> list[Address]:
    """Every address, with a record of `world` in the place of each value."""
    found = [
        address
        for route, pattern in _leaves(get_resolver().url_patterns)
        for address in _filled(route, pattern, world)
    ]
    assert len(found) > 100
    return found


def _leaves(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns, route)
        else:
            yield route, pattern


def _filled(route: str, pattern: URLPattern, world: dict[str, Model]) -> Iterator[Address]:
    name, record = pattern.name or "", _record_of(route, pattern.name or "")
    if record and record not in world:
        raise AssertionError(f"Make a {record} in tests/administration/conftest.py for /{route}")
    acts = _acts_of(record) if name.endswith("_act") else [MOVES.get(name, "none")]
    for act in acts:
        values = {
            "pk": str(world[record].pk) if record else "1",
            "object_id": str(world[record].pk) if record else "1",
            "job_id": str(world[record].pk) if record else "1",
            "detection": str(world["detections.detection"].pk),
            "inquiry": str(world["trail.inquiry"].pk),
            "refresh": str(world["hotlists.refresh"].pk),
            "move": act,
            "name": act,
            "app_label": "detections",
            "kind": "rekor",
            "url": "nothing-here",
        }
        path = VALUE.sub(lambda found, known=values: known[found[1] or found[2]], route)
        yield Address(f"/{path}", name, pattern.callback, record)


def _record_of(route: str, name: str) -> str:
    """The label of what the address names. An address that is not known here fails with what to add."""
    if "object_id" in route and name != "training_certificate_document":
        return ".".join(route.split("/")[1:3])
    if any(value in route for value in ("<int:", "<uuid:", "<slug:")):
        assert name in NAMES, f"Say in tests/administration/addresses.py which record /{route} names."
        return NAMES[name]
    return ""


def _acts_of(label: str) -> list[str]:
    page = next(page for model, page in admin.site._registry.items() if model._meta.label_lower == label)
    assert isinstance(page, GatedAdmin)
    return [act.name for act in page.acts] or ["none"]
