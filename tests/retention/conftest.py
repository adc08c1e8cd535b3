"""What the tests of retention share: an agency with its own days, and detections of any age."""

from __future__ import annotations

from tests.search.conftest import detect, evidence, inquiry, sign_in

__all__ = ["detect", "evidence", "inquiry", "sign_in"]
