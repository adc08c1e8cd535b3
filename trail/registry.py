"""The administrative models whose row changes auditlog writes on the trail.

Never detections, hits or events: they are many, or are acts that services record themselves.
"""

from auditlog.registry import auditlog
from django.apps import apps

# model: fields left out of the record (secrets, and what changes by itself)
REGISTERED: dict[str, list[str]] = {
    "accounts.Agency": [],
    "accounts.Member": ["password", "last_login", "theme", "keys_on"],
    "accounts.AdoptedPolicy": [],
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
}


def register_all() -> None:
    """Register the models above with auditlog."""
    for label, left_out in REGISTERED.items():
        auditlog.register(apps.get_model(label), exclude_fields=left_out)
