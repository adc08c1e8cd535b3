"""Parking enforcement, apart from everything else: time-limited zones and scofflaw lists.

Berkeley's council item of November 30, 2021: its parking bureau uses readers "for time zone parking and
scofflaw enforcement", and for no other law enforcement purpose; reads are kept 30 days without images on the
server, hits 365. So what a camera of this program reads is never a detection, meets no hot list of the
police, and no search finds it.
"""

from detections.parking.programs import (
    camera_set_program,
    contents,
    is_parking,
    kept_days,
    of_program,
)

__all__ = ["camera_set_program", "contents", "is_parking", "kept_days", "of_program"]
