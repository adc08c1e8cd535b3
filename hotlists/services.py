"""What changes hot lists and their entries. Each names who acts, is atomic and records itself."""

from hotlists.service_lists import list_approve, list_deactivate, list_designate, list_set
from hotlists.service_loads import list_load
from hotlists.service_plates import (
    hot_plate_approve,
    hot_plate_close,
    hot_plate_decline,
    hot_plate_enter,
    latest_expiry,
)

__all__ = [
    "hot_plate_approve",
    "hot_plate_close",
    "hot_plate_decline",
    "hot_plate_enter",
    "latest_expiry",
    "list_approve",
    "list_deactivate",
    "list_designate",
    "list_load",
    "list_set",
]
