"""What an installation that forwards may rely on, for OpenAPI."""

from __future__ import annotations

from detections.api.batches import MOST_ROWS
from detections.api.described import PICTURE
from training.api.described import count, described, listed, moment, number, reference, text, values

TAG = "Forwarding"
CAMERA = values(
    {
        "name": text("Where it stands.", maxLength=120),
        "kind": text(enum=["fixed", "mobile", "trailer"]),
        "direction": text(maxLength=20),
        "latitude": number(-90, 90),
        "longitude": number(-180, 180),
    },
    needs=["name", "kind"],
)
ROW = {
    "allOf": [
        reference("Detection"),
        values(
            {
                "camera": text("The sender’s code of its camera.", maxLength=30),
                "engine": text("What read the plate, where a system did.", maxLength=40),
                "picture_sha256": text("Hash of the picture that comes with it."),
            },
            needs=["camera"],
        ),
    ]
}
BATCH = values(
    {
        "cameras": {
            "type": "object",
            "description": "What is known of each camera of the batch, by its code.",
            "additionalProperties": CAMERA,
        },
        "waiting": values({"count": count("Still to come."), "oldest": moment(nullable=True)}),
        "detections": listed(ROW, minItems=1, maxItems=MOST_ROWS),
    },
    needs=["cameras", "detections"],
)
RECEIPT = values(
    {
        "receipt": values(
            {
                "sha256": text("Hash of the whole batch as it came."),
                "received_at": moment(),
                "accepted": count("Stored now."),
                "duplicates": count("Stored before."),
                "refused": count(),
                "transfers": listed(count(), "The numbers under which the batch was stored."),
            }
        ),
        "refused": listed(reference("RefusedRow")),
    }
)
STANDING = values(
    {
        "agency": text("Who keeps what was forwarded."),
        "policy": text("The policy version in force."),
        "detections_days": count("How many days detections are kept, from capture."),
        "keeps_pictures": {"type": "boolean"},
        "pictures_days": count("How many days pictures are kept; null: as their detections.", nullable=True),
        "received": count("Stored since the source was registered."),
        "refused": count(),
        "purged": count("Of those received, gone by the policy, as of `counted_at`."),
        "purged_before": moment("What was captured before was due then.", nullable=True),
        "held": count("Due then, and kept by a hold."),
        "counted_at": moment(nullable=True),
        "ends_on": text("The agreement’s last day.", format="date", nullable=True),
        "last_receipt": {"type": "object", "nullable": True},
        "time": moment("The clock here."),
    }
)
SHAPES = {"ForwardedBatch": BATCH, "ForwardedReceipt": RECEIPT, "ForwardedStanding": STANDING}

FORWARDED = described(
    "forward_detections",
    "Forward detections",
    "Detections of several cameras, each under the sender’s own id. With pictures, the same JSON as the part "
    "`data` of a form, and each picture as a part named by the `sender_id` of its detection. The same "
    "detection again is stored once.",
    request={
        "application/json": reference("ForwardedBatch"),
        "multipart/form-data": values({"data": text("The JSON.")}, additionalProperties=PICTURE),
    },
    answers={
        201: ("Something was stored.", reference("ForwardedReceipt")),
        200: ("Nothing new: here before, or refused.", reference("ForwardedReceipt")),
    },
    errors=(400, 413, 415),
    tag=TAG,
)
STANDS = described(
    "ask_forwarding",
    "Ask how what was forwarded stands",
    "The policy under which it is kept, how long, how much came in and how much of it is gone. No plate.",
    answers={200: ("How it stands.", reference("ForwardedStanding"))},
    errors=(),
    tag=TAG,
)
