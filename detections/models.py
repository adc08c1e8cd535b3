"""Everything readers send and what becomes of it: one import for the room's models."""

from detections.model_console import ConsoleChoice
from detections.model_hits import Hit, HitRead, HitStep, LookBack, Outcome, Search
from detections.model_reads import Camera, CameraGroup, Detection, ImageJob, ReaderKey, Transfer
from detections.model_retention import Hold, PurgeRun

__all__ = [
    "Camera", "CameraGroup", "ConsoleChoice", "Detection", "Hit", "HitRead", "HitStep", "Hold", "ImageJob",
    "LookBack", "Outcome", "PurgeRun", "ReaderKey", "Search", "Transfer",
]  # fmt: skip
