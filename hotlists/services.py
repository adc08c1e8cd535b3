"""What changes hot lists and their entries. Each names who acts, is atomic and records itself."""

from hotlists.moves import latest_expiry
from hotlists.service_changes import (
    hot_plate_change,
    hot_plate_let_go,
    hot_plate_renew,
    hot_plates_expire,
)
from hotlists.service_grants import restricted_grant, restricted_withdraw
from hotlists.service_keys import list_key_issue, list_key_revoke
from hotlists.service_lists import list_approve, list_deactivate, list_designate, list_set
from hotlists.service_mappings import mapping_change, mapping_make, mapping_retire
from hotlists.service_matching import list_matching_set
from hotlists.service_plates import (
    hot_plate_approve,
    hot_plate_close,
    hot_plate_decline,
    hot_plate_enter,
)
from hotlists.service_previews import Preview, hot_plate_preview
from hotlists.service_refresh import refresh_confirm, refresh_let_go, refresh_now, refresh_receive

__all__ = [
    "Preview",
    "hot_plate_approve",
    "hot_plate_change",
    "hot_plate_close",
    "hot_plate_decline",
    "hot_plate_enter",
    "hot_plate_let_go",
    "hot_plate_preview",
    "hot_plate_renew",
    "hot_plates_expire",
    "latest_expiry",
    "list_approve",
    "list_deactivate",
    "list_designate",
    "list_key_issue",
    "list_key_revoke",
    "list_matching_set",
    "list_set",
    "mapping_change",
    "mapping_make",
    "mapping_retire",
    "refresh_confirm",
    "refresh_let_go",
    "refresh_now",
    "refresh_receive",
    "restricted_grant",
    "restricted_withdraw",
]
