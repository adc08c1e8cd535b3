"""Hot lists, their files and their entries: one import for the room's models."""

from hotlists.model_entries import Entry, EntryQuerySet
from hotlists.model_files import Mapping, Refresh, Snapshot
from hotlists.model_lists import HotList, HotListQuerySet, ListKey, Priority
from hotlists.sources import Source

__all__ = [
    "Entry", "EntryQuerySet", "HotList", "HotListQuerySet", "ListKey", "Mapping", "Priority", "Refresh",
    "Snapshot", "Source",
]  # fmt: skip
