"""What changes hot lists and their entries. Each names who acts, is atomic and records itself."""

from hotlists.moves import latest_expiry
from hotlists.service_changes import expired_close, hot_plate_change, hot_plate_let_go, hot_plate_renew
from hotlists.service_grants import restricted_grant, restricted_withdraw
from hotlists.service_lists import list_approve, list_deactivate, list_designate, list_set
from hotlists.service_loads import list_load
from hotlists.service_plates import (
    hot_plate_approve,
    hot_plate_close,
    hot_plate_decline,
    hot_plate_enter,
)
from hotlists.service_previews import Preview, hot_plate_preview

__all__ = [
    "Preview",
    "expired_close",
    "hot_plate_approve",
    "hot_plate_change",
    "hot_plate_close",
    "hot_plate_decline",
    "hot_plate_enter",
    "hot_plate_let_go",
    "hot_plate_preview",
    "hot_plate_renew",
    "latest_expiry",
    "list_approve",
    "list_deactivate",
    "list_designate",
    "list_load",
    "list_set",
    "restricted_grant",
    "restricted_withdraw",
]
