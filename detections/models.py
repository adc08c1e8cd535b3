"""Everything readers send and what becomes of it: one import for the room's models."""

from detections.model_hits import Hit, HitStep, Outcome, Search
from detections.model_reads import Camera, Detection, ImageJob, ReaderKey, Transfer
from detections.model_retention import Hold, PurgeRun

__all__ = [
    "Camera", "Detection", "Hit", "HitStep", "Hold", "ImageJob", "Outcome", "PurgeRun", "ReaderKey", "Search",
    "Transfer",
]  # fmt: skip
