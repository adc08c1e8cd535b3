"""`manage.py verify_evidence`: for anyone, without a database, with an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from detections.evidence import bag
from tests.evidence.test_verifying import FILES, KEY, packed, unpacked, whole

ROOT = Path(__file__).resolve().parents[2]
FINGERPRINT = bag.fingerprint(KEY.public_key().public_bytes_raw())


def run(*asked: str, data: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, on a machine that has nothing but the code and the package."""
    environment = {"PATH": os.environ["PATH"], "ALPR_DATA": str(data)}
    return subprocess.run(
        [sys.executable, "manage.py", "verify_evidence", *asked],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A package."""
    path = tmp_path / "evidence-12.zip"
    path.write_bytes(whole())
    return path


def test_one_byte_is_enough(archive: Path, tmp_path: Path) -> None:
    data = bytearray(whole())
    data[data.index(b"8KRB412")] ^= 1
    archive.write_bytes(bytes(data))
    ended = run(str(archive), data=tmp_path / "none")
    assert ended.returncode == 1
    assert "NOT WHOLE: 1 finding." in ended.stdout
    assert "changed: data/records/detections.json" in ended.stdout
    assert "Signed as: Alder Police Department" in ended.stdout


def test_another_key_than_the_one_that_is_trusted(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(packed(FILES, Ed25519PrivateKey.generate()))
    ended = run(str(archive), "--key", FINGERPRINT, data=tmp_path / "none")
    assert ended.returncode == 1
    assert "WHOLE: every file" in ended.stdout
    assert "ANOTHER KEY" in ended.stdout


@pytest.mark.parametrize("key", ["abc", FINGERPRINT + "0", "g" * 64])
def test_what_is_no_fingerprint_is_refused(key: str, archive: Path) -> None:
    with pytest.raises(CommandError, match="A fingerprint has 64 characters"):
        call_command("verify_evidence", str(archive), "--key", key)


def test_nothing_there(tmp_path: Path) -> None:
    ended = run(str(tmp_path / "none.zip"), data=tmp_path / "none")
    assert ended.returncode == 1
    assert "cannot be read (No such file or directory)" in ended.stderr


def test_names_in_a_package_play_no_tricks_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = unpacked(tmp_path)
    (root / "data" / "a\x1b[2Jb\nWHOLE").write_bytes(b"")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_evidence", str(root))
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert "extra: data/a\\x1b[2Jb\\x0aWHOLE" in said
    assert "\x1b" not in said


def test_whole_by_the_key_that_is_trusted_and_nothing_is_started(archive: Path, tmp_path: Path) -> None:
    pairs = ":".join(FINGERPRINT[at : at + 2] for at in range(0, 64, 2)).upper()
    ended = run(str(unpacked(tmp_path)), "--key", pairs, data=tmp_path / "none")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "WHOLE: every file is there and unchanged" in ended.stdout
    assert f"Key fingerprint: {FINGERPRINT}" in ended.stdout
    assert "The key is the one you gave." in ended.stdout
    plain = run(str(archive), data=tmp_path / "none")
    assert (plain.returncode, plain.stderr) == (0, "")
    assert "WHOLE: every file is there and unchanged" in plain.stdout
    assert "ask the agency" in plain.stdout
    assert not (tmp_path / "none").exists()
