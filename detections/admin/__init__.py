"""Administration of the room: readers, what they sent, hits, and what is kept or gone."""

from detections.admin import cameras, hits, reads, retention, vehicles

__all__ = ["cameras", "hits", "reads", "retention", "vehicles"]
