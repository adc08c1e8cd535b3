"""What the tests of retention share: an agency with its own days, and detections of any age."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from detections import partitions
from tests.search.conftest import detect, evidence, inquiry, sign_in

__all__ = ["detect", "evidence", "inquiry", "sign_in"]


@pytest.fixture
def days(db: Any) -> None:
    """The partitions of the last days, made once for all the worlds that a test tries."""
    partitions.ensure(timezone.now() - timedelta(days=ago) for ago in range(10))
