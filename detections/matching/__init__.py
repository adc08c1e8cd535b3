"""Meeting the hot lists: what a new read meets becomes a hit in the same transaction, or joins one.

`meeting` says which entries the reads of a batch meet, `same_vehicle` which of them are new alerts.
"""

from detections.matching.alerts import COPIED, hit_of
from detections.matching.meeting import Met, Seen, meetings
from detections.matching.same_vehicle import Matched, match

__all__ = ["COPIED", "Matched", "Met", "Seen", "hit_of", "match", "meetings"]
