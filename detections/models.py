"""Everything readers send and what becomes of it: one import for the room's models."""

from detections.model_console import ConsoleChoice
from detections.model_evidence import CustodyStep, EvidencePackage, SigningKey
from detections.model_findings import Finding, FindingRead
from detections.model_forwarding import (
    ForwardedCamera,
    Forwarding,
    ForwardKey,
    ForwardQueued,
    ForwardRefused,
    ForwardSource,
)  # fmt: skip
from detections.model_hits import Hit, HitRead, HitStep, LookBack, Outcome, Search
from detections.model_parking import (
    ParkingDay,
    ParkingHit,
    ParkingPurge,
    ParkingRead,
    ScofflawEntry,
    ScofflawList,
    ScofflawLoad,
)
from detections.model_parking_zones import ParkingZone, ProgramChange
from detections.model_plates import ListedDay, SeenPlate
from detections.model_readers import CameraDay, CameraHealth, CarSeen, ReaderChannel, ReadMapping
from detections.model_reads import (
    Camera,
    CameraGroup,
    Detection,
    ImageJob,
    Program,
    ReaderKey,
    Transfer,
)
from detections.model_retention import HeldDetection, Hold, PurgeRun
from detections.model_shifts import LocalPurge, PatrolCar, Shift, VehicleCopy

__all__ = [
    "Camera", "CameraDay", "CameraGroup", "CameraHealth", "CarSeen", "ConsoleChoice", "CustodyStep",
    "Detection", "EvidencePackage", "Finding", "FindingRead", "ForwardKey", "ForwardQueued",
    "ForwardRefused", "ForwardSource", "ForwardedCamera", "Forwarding", "HeldDetection", "Hit", "HitRead",
    "HitStep", "Hold", "ImageJob", "ListedDay", "LocalPurge", "LookBack", "Outcome", "ParkingDay",
    "ParkingHit", "ParkingPurge", "ParkingRead", "ParkingZone", "PatrolCar", "Program", "ProgramChange",
    "PurgeRun", "ReadMapping", "ReaderChannel", "ReaderKey", "ScofflawEntry", "ScofflawList",
    "ScofflawLoad", "Search", "SeenPlate", "Shift", "SigningKey", "Transfer", "VehicleCopy",
]  # fmt: skip
