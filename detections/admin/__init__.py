"""Administration of the room: readers, what they sent, hits, and what is kept or gone."""

from detections.admin import cameras, evidence, hits, reads, retention, vehicles

__all__ = ["cameras", "evidence", "hits", "reads", "retention", "vehicles"]
