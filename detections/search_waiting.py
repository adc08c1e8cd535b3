"""Which broad searches a second person may still decide."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Agency
from detections.models import Search
from trail.models import Inquiry


def waiting(agency: Agency) -> QuerySet[Search]:
    """The broad searches of an agency that wait under a purpose that still stands, the oldest first."""
    stated_since = timezone.now() - Inquiry.GOOD_FOR
    rows = Search.objects.filter(agency=agency, approved=None, inquiry__stated_at__gt=stated_since)
    return rows.exclude(broad_why="").order_by("made_at")
