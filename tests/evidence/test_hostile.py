"""Packages made to deceive, to hang or to fill the memory: each is told from a whole one, quickly."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detections.evidence import bag, verifying
from detections.evidence.verifying import Finding, verify
from tests.evidence.test_command import run
from tests.evidence.test_verifying import FILES, looked_at, packed, unpacked, whole

OUTSIDE = "../../../../../../etc/passwd"
BOMB = "the archive’s files would be larger than the archive: nothing in it was looked at"


def test_a_manifest_leads_nowhere_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"another file")
    for path in ("../../outside.txt", str(outside), OUTSIDE, "data/../../outside.txt"):
        root = unpacked(tmp_path / f"{len(path)}")
        listed = (root / bag.MANIFEST).read_text()
        (root / bag.MANIFEST).write_text(f"{listed}{'0' * 64}  {path}\n")
        verdict = verify(root)
        assert Finding("missing", path) in verdict.findings
        assert verdict.bytes < 10_000


def test_links_and_what_is_no_plain_file_are_not_followed(tmp_path: Path) -> None:
    root = unpacked(tmp_path)
    record, picture = root / "data/records/hold.json", root / "data/pictures/2026/11/22/0a.jpg"
    record.rename(tmp_path / "kept.json")
    record.symlink_to(tmp_path / "kept.json")
    picture.unlink()
    os.mkfifo(picture)
    (root / "loop").symlink_to(root, target_is_directory=True)
    verdict = verify(root)
    names = ("data/records/hold.json", "data/pictures/2026/11/22/0a.jpg")
    assert {Finding("changed", name) for name in names} <= set(verdict.findings)
    assert Finding("extra", "loop") in verdict.findings


def test_what_is_neither_file_nor_folder_is_said_to_be_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(OSError, match="neither a file nor a folder"):
            verify(path)
    ended = run(str(tmp_path / "pipe"), data=tmp_path / "none")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "It is neither a file nor a folder" in ended.stderr


def test_a_small_archive_of_much_is_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in (bag.TAG_MANIFEST, bag.SIGNATURE, "data/pictures/a.jpg"):
            with opened.open(f"evidence-12/{name}", "w") as part:
                for _ in range(64):
                    part.write(bytes(1 << 20))
    assert len(file.getvalue()) < 1 << 20
    verdict = looked_at(file.getvalue())
    assert Finding("broken", BOMB) in verdict.findings
    assert (verdict.is_whole, verdict.bytes) == (False, 0)


def test_entries_that_share_their_content_are_not_read() -> None:
    data = whole()
    end = data.rindex(b"PK\x05\x06")
    count, length, start = struct.unpack("<H2L", data[end + 10 : end + 20])
    directory = data[start : start + length]
    many = 40
    tail = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, count * many, count * many, length * many, start, 0)
    verdict = looked_at(data[:start] + directory * many + tail)
    assert not verdict.is_whole
    assert verdict.bytes == 0


def test_a_size_that_lies_is_found() -> None:
    data = whole()
    record = FILES["data/records/hold.json"]
    assert not looked_at(data.replace(struct.pack("<2L", len(record), len(record)), bytes(8))).is_whole


LINES = st.one_of(
    st.text(max_size=80),
    st.builds(
        "{}  {}".format,
        st.text("0123456789abcdefg", min_size=60, max_size=66),
        st.sampled_from([*FILES, "", ".", "..", OUTSIDE, "/etc/passwd", "a\x00b", "data/\ud800"]),
    ),
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([bag.MANIFEST, bag.TAG_MANIFEST, bag.INFO, bag.SIGNATURE]), st.lists(LINES, max_size=6)
)
def test_whatever_stands_in_its_lists_it_is_no_whole_package(name: str, lines: list[str]) -> None:
    content = "\n".join(lines).encode(errors="surrogatepass")
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed(FILES))) as opened, zipfile.ZipFile(file, "w") as copy:
        for entry in opened.infolist():
            is_it = entry.filename.endswith(f"/{name}")
            copy.writestr(entry.filename, content if is_it else opened.read(entry))
    verdict = looked_at(file.getvalue())
    assert not verdict.is_whole
    assert all(isinstance(finding.what, str) for finding in verdict.findings)


def test_no_more_of_a_list_is_read_than_any_package_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "MOST_IN_TAG_FILE", 1 << 16)
    root = unpacked(tmp_path)
    with (root / bag.SIGNATURE).open("wb") as file:
        file.truncate(1 << 33)
    verdict = verify(root)
    assert not verdict.signature_holds
