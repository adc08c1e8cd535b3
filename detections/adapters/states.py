"""States and provinces as makers write them: by code, or by their names in English."""

from __future__ import annotations

from alpr.templatetags.look import state_name
from detections.adapters.shape import state
from hotlists.plates import STATES

_CODE_OF = {state_name(code).casefold(): code for code in STATES}


def state_of(value: object) -> str:
    """The code of `CA`, `us-ca` or `California`; empty for what is none."""
    named = _CODE_OF.get(value.strip().casefold(), "") if isinstance(value, str) else ""
    return named or state(value)
