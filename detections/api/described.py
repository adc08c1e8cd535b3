"""What readers may rely on: each call of the room with its values, answers and errors, for OpenAPI."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from detections.adapters import ADAPTERS
from detections.api import native
from detections.api.batches import MOST_ROWS
from training.api.described import count, described, listed, moment, number, reference, text, values

READERS_TAG, VEHICLES_TAG = "Readers", "Vehicles"

PLATE = text("Letters and digits, up to 10; spaces, hyphens and case are nothing.", minLength=1, maxLength=20)
SENDER_ID = text("The sender’s name for this read.", minLength=1, maxLength=native.LONGEST["sender_id"])


def _word(name: str, description: str = "") -> dict[str, object]:
    return text(description, maxLength=native.LONGEST[name], nullable=True)


DETECTION = values(
    {
        "sender_id": SENDER_ID,
        "captured_at": moment("With its offset; at most 2 minutes ahead, and not before retention."),
        "plate": PLATE,
        "state": text("State, territory or province of issue: `CA` or `us-ca`.", maxLength=12, nullable=True),
        "confidence": number(0, 1),
        "candidates": listed(
            values({"plate": PLATE, "confidence": number(0, 1)}, needs=["plate"]),
            "Other readings, best first.",
            maxItems=native.MOST_CANDIDATES,
            nullable=True,
        ),
        "vehicle": values(
            {name: _word(name) for name in ("make", "model", "color", "body")}, needs=[], nullable=True
        ),
        "direction": _word("direction", "Where the vehicle went: `northbound`."),
        "latitude": number(-90, 90, "Together with `longitude`, or not at all."),
        "longitude": number(-180, 180, "Together with `latitude`, or not at all."),
        "camera": _word("camera", "If sent, the code of the key’s own camera."),
        "box": listed(
            {"type": "integer", "minimum": 0, "maximum": native.LARGEST_PIXEL},
            "Where the plate is in the picture: x, y, width, height in whole pixels.",
            minItems=4,
            maxItems=4,
            nullable=True,
        ),
    },
    needs=["sender_id", "captured_at", "plate"],
    description="One read. Values that are not named here pass unread.",
)
BATCH = {
    "oneOf": [
        reference("Detection"),
        listed(reference("Detection"), minItems=1, maxItems=MOST_ROWS),
        values({"detections": listed(reference("Detection"), minItems=1, maxItems=MOST_ROWS)}),
    ]
}
REFUSED_ROW = values(
    {
        "index": count("The row’s place in the batch, from 0."),
        "sender_id": text(),
        "reasons": {"type": "object", "additionalProperties": {"type": "string"}},
    }
)
RECEIPT = values(
    {
        "receipt": values(
            {
                "id": count(),
                "sha256": text("Hash of the whole batch as it came."),
                "received_at": moment(),
                "accepted": count("Stored now."),
                "duplicates": count("Stored before."),
                "refused": count(),
            }
        ),
        "conflicts": listed(values({"sender_id": text(), "reason": text()})),
        "refused": listed(reference("RefusedRow")),
    }
)
CAMERA = {"camera": text("The camera’s code.")}
OF_CAMERA = {"allOf": [values(CAMERA), reference("Receipt")]}
MESSAGE = values(
    {
        "receipts": listed(OF_CAMERA, "One for each camera of which something stood."),
        "refused": listed({"allOf": [values(CAMERA), reference("RefusedRow")]}),
        "heartbeats": count(),
        "unknown_cameras": listed(text(), "Cameras of signs of life that the key does not know."),
        "nothing": listed(text(), "Why there was nothing to store."),
    }
)
JOB = values(
    {
        "job": values(
            {
                "id": count(),
                "state": text(enum=["waiting", "read", "nothing", "failed"]),
                "url": text(),
                "plates_found": count("How many were read, not which."),
                "error": text(),
                "finished_at": moment(nullable=True),
            }
        ),
        "receipt": values(
            {"sender_id": text(), "sha256": text(), "captured_at": moment(), "received_at": moment()}
        ),
    }
)
SHAPES = {
    "Detection": DETECTION, "RefusedRow": REFUSED_ROW, "Receipt": RECEIPT, "Message": MESSAGE, "Job": JOB,
}  # fmt: skip

PICTURE = text("JPEG, PNG or WebP.", format="binary")
DETECTIONS = described(
    "send_detections",
    "Send reads",
    "One detection, a list of them, or an object with the list `detections`. With pictures, the same JSON as "
    "the part `data` of a form, and each picture as a part named by the `sender_id` of its detection, or "
    "`image` where there is one. The same batch again stores nothing twice.",
    request={
        "application/json": BATCH,
        "multipart/form-data": values(
            {"data": text("The JSON."), "image": PICTURE}, needs=["data"], additionalProperties=PICTURE
        ),
    },
    answers={
        201: ("Something was stored.", reference("Receipt")),
        200: ("All of it was here before.", reference("Receipt")),
        409: ("Nothing but conflicts with what is stored.", reference("Receipt")),
    },
    errors=(400, 413, 415),
    tag=READERS_TAG,
)
READERS = described(
    "send_message",
    "Send a message in the words of the reader’s maker",
    "The body as the device sends it, JSON, XML or a form with pictures. docs/readers.md says for each kind "
    "what is taken over, and the camera’s page what to enter in the device.",
    parameters=[
        OpenApiParameter(
            "kind",
            str,
            OpenApiParameter.PATH,
            enum=sorted(ADAPTERS),
            description="What device sends.",
        )
    ],
    request={
        "application/json": {"type": "object"},
        "application/xml": {"type": "object"},
        "multipart/form-data": {"type": "object", "additionalProperties": PICTURE},
        "multipart/mixed": {"type": "object", "additionalProperties": PICTURE},
    },
    answers={
        201: ("Something was stored.", reference("Message")),
        200: ("Nothing new: here before, a sign of life, or no read in it.", reference("Message")),
        409: ("Nothing but conflicts with what is stored.", reference("Message")),
    },
    errors=(400, 404, 413, 415),
    tag=READERS_TAG,
)
IMAGES = described(
    "send_picture",
    "Send a picture to be read here",
    "The picture is read in the background; the answer says where to ask. The same picture again has the "
    "same job.",
    request={
        "multipart/form-data": values(
            {
                "image": PICTURE,
                "sender_id": text("The SHA-256 of the picture, if not sent.", maxLength=100),
                "captured_at": moment("Now, if not sent."),
            },
            needs=["image"],
        )
    },
    answers={202: ("Taken in.", reference("Job"))},
    errors=(400, 409, 413, 415),
    tag=READERS_TAG,
)
IMAGE = described(
    "ask_picture",
    "Ask how the reading of a picture stands",
    "Of the camera’s own pictures. No plate is told.",
    parameters=[OpenApiParameter("job_id", int, OpenApiParameter.PATH, description="The job’s number.")],
    answers={200: ("Where it stands.", reference("Job"))},
    errors=(404,),
    tag=READERS_TAG,
)

TERMS = described(
    "ask_terms",
    "Ask what the policy asks of vehicles",
    "Whose camera the key sends for, the server’s time, and the agency’s rules of transfer.",
    answers={
        200: (
            "The terms.",
            values(
                {
                    "agency": text(),
                    "camera": text(),
                    "time": moment(),
                    "transfer": values(
                        {
                            "mode": text(),
                            "max_days": count(nullable=True),
                            "purge_vehicle_after": {"type": "boolean"},
                        }
                    ),
                }
            ),
        )
    },
    errors=(),
    tag=VEHICLES_TAG,
)
HELD_COUNTS = values({"left": count("Reads to come."), "set_aside": count("Reads that were refused.")})
HELD = described(
    "say_held",
    "Say what the vehicle’s computer still holds",
    "Noted beside the camera; a later count replaces it.",
    request={"application/json": HELD_COUNTS},
    answers={200: ("As noted.", HELD_COUNTS)},
    errors=(400, 413, 415),
    tag=VEHICLES_TAG,
)
RECEIPTS = described(
    "check_receipts",
    "Check receipts before anything is deleted",
    "Which of the client’s receipts are not known here.",
    request={"application/json": values({"receipts": listed({"type": "object"})})},
    answers={200: ("Those not known.", values({"unknown": listed({})}))},
    errors=(400, 413, 415),
    tag=VEHICLES_TAG,
)
PURGED = described(
    "give_purge_list",
    "Give the signed list of what the vehicle’s computer deleted",
    "The list as a text, with its HMAC-SHA-256 under the key; the key is sent as a bearer.",
    request={"application/json": values({"list": text(), "signature": text()})},
    answers={
        201: ("Kept.", values({"list_sha256": text(), "reads": count()})),
        200: ("Here before.", values({"list_sha256": text(), "reads": count()})),
    },
    errors=(400, 413, 415),
    tag=VEHICLES_TAG,
)
