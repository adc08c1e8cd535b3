"""`check --deploy` says by number what is wrong with a deployment, and nothing where nothing is."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

GOOD = {
    "SECRET_KEY_IS_MADE_UP": False,
    "SECOND_FACTOR_REQUIRED": True,
    "DEMONSTRATION": False,
    "DEBUG": False,
    "HTTPS": True,
}


def found(settings: Any, data: Path, **wrong: Any) -> set[str]:
    for name, value in (GOOD | {"DATA_DIR": data} | wrong).items():
        setattr(settings, name, value)
    return {str(message.id) for message in run_checks(include_deployment_checks=True, tags=["security"])}


def test_a_good_deployment_is_told_nothing_by_us(settings: Any, tmp_path: Path) -> None:
    assert not {number for number in found(settings, tmp_path) if number.startswith("alpr.")}


@pytest.mark.parametrize(
    ("wrong", "number"),
    [
        ({"SECRET_KEY_IS_MADE_UP": True}, "alpr.E001"),
        ({"SECOND_FACTOR_REQUIRED": False}, "alpr.E002"),
        ({"DEMONSTRATION": True}, "alpr.E003"),
        ({"DEBUG": True}, "alpr.E004"),
        ({"HTTPS": False}, "alpr.W001"),
    ],
)
def test_what_is_wrong_is_said(settings: Any, tmp_path: Path, wrong: dict[str, Any], number: str) -> None:
    assert number in found(settings, tmp_path, **wrong)


def test_the_demonstration_may_leave_the_second_factor_out(settings: Any, tmp_path: Path) -> None:
    assert "alpr.E002" not in found(settings, tmp_path, SECOND_FACTOR_REQUIRED=False, DEMONSTRATION=True)


def test_a_folder_that_others_can_open_is_named(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir(mode=0o700)
    assert "alpr.E005" not in found(settings, tmp_path)
    (tmp_path / "images").chmod(0o755)
    assert "alpr.E005" in found(settings, tmp_path)
