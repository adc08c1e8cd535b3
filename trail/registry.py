"""The administrative models whose row changes auditlog writes on the trail.

Never detections, hits or events: they are many, or are acts that services record themselves.
"""

from auditlog.registry import auditlog
from django.apps import apps

# What the worker counts and notes by itself where detections are forwarded.
COUNTED = [
    "accepted", "came_in", "counted_at", "duplicates", "ahead_ms", "earlier_queued_at", "failing_since",
    "failure", "failures", "gone", "held", "kicked_at", "next_try_at", "pictures", "pictures_gone", "purged",
    "purged_before",
    "receipt", "receipt_at", "refused", "said", "said_at", "unsent", "waiting_since", "waiting_there",
]  # fmt: skip

# model: fields left out of the record (secrets, and what changes by itself)
REGISTERED: dict[str, list[str]] = {
    "accounts.Agency": [],
    "accounts.Member": ["password", "last_login", "theme", "keys_on"],
    "accounts.AdoptedPolicy": [],
    "accounts.Agreement": [],
    "auth.Group": [],
    "training.Course": [],
    "training.Session": [],
    "training.Certificate": [],
    "hotlists.HotList": [],
    "detections.Camera": [],
    "detections.PatrolCar": [],
    "detections.Shift": ["checks"],
    "detections.ReaderKey": ["digest"],
    "detections.ReaderChannel": [],
    "detections.Forwarding": COUNTED,
    "detections.ForwardSource": COUNTED,
    "detections.ForwardKey": ["digest"],
}


def register_all() -> None:
    """Register the models above with auditlog."""
    for label, left_out in REGISTERED.items():
        auditlog.register(apps.get_model(label), exclude_fields=left_out)
