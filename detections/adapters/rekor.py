"""Rekor Scout and OpenALPR agents: JSON by HTTP POST (`upload_data` of alprd.conf).

The group (`alpr_group`) is the detection: one car, its best plate. The agent sends `alpr_results` for every
frame as well, up to fifty for a car, and previews of groups where told to; both are acknowledged and not
stored, since the group follows and each car would be stored over again. `best_uuid` names the car.

The corners of the plate are of the whole frame, which the agent keeps; the picture that comes is cut from it.
So is `travel_direction`, an angle within the frame: neither is taken over.
"""

from __future__ import annotations

from typing import Any

from detections.adapters.shape import (
    BadMessage,
    Beat,
    Message,
    Nothing,
    Sighting,
    Told,
    best,
    candidates,
    choices,
    epoch,
    inside,
    json_object,
    name,
    number,
    objects,
    one_part,
    picture,
    place,
    plate,
    row,
    sender_id,
    share,
    state,
    word,
)

KIND = "rekor"
TITLE = "Rekor Scout, OpenALPR agent"
MOST_UUIDS = 10_000


def read(message: Message) -> list[Told]:
    """The car of a group, or the cameras alive by a heartbeat. Raises `BadMessage`."""
    told = json_object(one_part(message, ("json", "data")))
    kind = told.get("data_type")
    if kind == "heartbeat":
        return _alive(told)
    if kind == "alpr_results":
        return [Nothing("Single frames are not stored: the group of the car follows.")]
    if kind != "alpr_group":
        if not isinstance(kind, str) or not kind:
            raise BadMessage("The message has no “data_type”, as agents send it.")
        return [Nothing("This is neither a group of reads nor a heartbeat.")]
    if told.get("is_preview") is True:
        return [Nothing("Previews are not stored: the finished group follows.")]
    return [_car(told)]


def _car(told: dict[str, Any]) -> Told:
    best_plate = inside(told, "best_plate")
    read_as = plate(told.get("best_plate_number")) or plate(best_plate.get("plate"))
    if read_as == "":
        return Nothing("The group has no plate.")
    channel = name(told.get("camera_id"), "camera_id")
    captured_at = epoch(told.get("epoch_start"))
    car = _uuid(told)
    return Sighting(
        channel=channel,
        car=car,
        row=row(
            sender_id=car or sender_id(_site(told), channel, int(captured_at.timestamp() * 1000)),
            captured_at=captured_at,
            plate=read_as,
            state=state(told.get("best_region") or best_plate.get("region")),
            confidence=share(told.get("best_confidence"), of=100),
            candidates=_others(told, read_as),
            vehicle=_vehicle(inside(told, "vehicle")),
            **place(told.get("gps_latitude"), told.get("gps_longitude")),
        ),
        picture=picture(told.get("vehicle_crop_jpeg")) or picture(best_plate.get("plate_crop_jpeg")),
    )


def _alive(told: dict[str, Any]) -> list[Told]:
    """A beat for each camera that streams; one that does not must not look alive."""
    at = epoch(told["timestamp"]) if told.get("timestamp") is not None else None
    found: list[Told] = []
    for stream in objects(told.get("video_streams") or []):
        channel = name(stream.get("camera_id"), "camera_id")
        found.append(
            Nothing("A camera of the agent does not stream.")
            if stream.get("is_streaming") is False
            else Beat(channel, at)
        )
    return found or [Nothing("The heartbeat lists no camera.")]


def _uuid(told: dict[str, Any]) -> str:
    """What the agent calls the car: its best frame, or the first of its frames by name."""
    if found := name(told.get("best_uuid"), "best_uuid"):
        return found
    frames = told.get("uuids")
    known = frames[:MOST_UUIDS] if isinstance(frames, list) else []
    return min((name(frame, "uuids") for frame in known if isinstance(frame, str) and frame), default="")


def _site(told: dict[str, Any]) -> str:
    return name(told.get("agent_uid") or told.get("site_id"), "agent_uid")


def _others(told: dict[str, Any], read_as: object) -> list[dict[str, Any]]:
    known = choices(told.get("candidates") or inside(told, "best_plate").get("candidates"))
    known.sort(key=lambda one: number(one.get("confidence")) or 0, reverse=True)
    return candidates(
        ((one.get("plate"), share(one.get("confidence"), of=100)) for one in known), but=read_as
    )


def _vehicle(told: dict[str, Any]) -> dict[str, str]:
    """Make, model, color and body, each the likeliest. `make_model` is written `toyota_camry`."""
    make = word(best(told.get("make")).get("name"), "make")
    both = word(best(told.get("make_model")).get("name"), "model")
    found = {
        "make": make,
        "model": both.removeprefix(f"{make}_").replace("_", " "),
        "color": word(best(told.get("color")).get("name"), "color"),
        "body": word(best(told.get("body_type")).get("name"), "body"),
    }
    return {of: said for of, said in found.items() if said}
