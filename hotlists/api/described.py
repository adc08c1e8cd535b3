"""What sources of hot lists may rely on, for OpenAPI."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from hotlists.models import Refresh
from training.api.described import count, described, listed, moment, reference, text, values

TAG = "Hot lists"
COUNTS = ("good", "bad", "left_out", "added", "changed", "removed", "unchanged")
STANDING = values(
    {
        "refresh": values(
            {
                "id": text(format="uuid"),
                "state": text(enum=list(Refresh.State.values)),
                "url": text(),
                "percent": count(maximum=100),
                "counts": values({name: count() for name in COUNTS}),
                "waits_for": text("Why a person decides, where one does."),
                "why": text("Why it could not be loaded, where it could not."),
                "problems": listed(values({"line": count(), "why": text()}), "The first bad lines."),
                "finished_at": moment(nullable=True),
            }
        ),
        "receipt": values(
            {
                "file_name": text(),
                "sha256": text(),
                "bytes": count(),
                "source_at": moment(nullable=True),
                "received_at": moment(),
            }
        ),
    }
)
SHAPES = {"Refresh": STANDING}
LIST = OpenApiParameter("pk", int, OpenApiParameter.PATH, description="The number of the key’s own list.")
FILE = described(
    "send_list",
    "Send a file of the key’s hot list",
    "The body is the file. It is read in the background; the old list stays in force until it is loaded.",
    parameters=[
        LIST,
        OpenApiParameter("X-File-Name", str, OpenApiParameter.HEADER, description="The file’s name."),
        OpenApiParameter(
            "X-Source-Time", str, OpenApiParameter.HEADER,
            description="When the source made it: 2026-11-22T06:00:00-08:00.",
        ),
    ],
    request={"application/octet-stream": text(format="binary")},
    answers={202: ("Taken in.", reference("Refresh"))},
    errors=(400, 404, 413),
    tag=TAG,
)  # fmt: skip
REFRESH = described(
    "ask_list",
    "Ask how a file stands",
    "With its counts and first bad lines. No plate is told.",
    parameters=[
        LIST,
        OpenApiParameter("refresh", str, OpenApiParameter.PATH, description="The file’s id."),
    ],
    answers={200: ("Where it stands.", reference("Refresh"))},
    errors=(404,),
    tag=TAG,
)
