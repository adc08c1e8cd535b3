"""Whatever is done to a package is found: any byte, any file gone, renamed or added, any other signature."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from detections.evidence import archive, bag, verifying
from detections.evidence.verifying import Finding, verify

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
AGENCY = "Alder Police Department"
INFO = {"Bagging-Date": "2026-11-22", "External-Identifier": "evidence-12"}
FILES = {
    "data/records/detections.json": b'[\n{"plate": "8KRB412"}\n]\n',
    "data/records/hold.json": b"{}\n",
    "data/pictures/2026/11/22/0a.jpg": bytes(range(256)) * 3,
    "data/report.pdf": b"%PDF-1.7 a page",
}
EVERY = [*FILES, bag.BAGIT, bag.INFO, bag.MANIFEST, bag.TAG_MANIFEST, bag.SIGNATURE]


def packed(files: dict[str, bytes], key: Ed25519PrivateKey = KEY, agency: str = AGENCY) -> bytes:
    """A package of these files as one archive."""
    file = io.BytesIO()
    made = bag.Bag(file, "evidence-12")
    for path, data in files.items():
        made.add(path, data)
    made.close(dict(INFO), bag.Signer(agency, key))
    return file.getvalue()


@cache
def whole() -> bytes:
    """The package that is meddled with."""
    return packed(FILES)


def unpacked(folder: Path, data: bytes | None = None) -> Path:
    """The same as a folder."""
    with zipfile.ZipFile(io.BytesIO(data or whole())) as opened:
        opened.extractall(folder)
    return folder / "evidence-12"


def looked_at(data: bytes) -> verifying.Verdict:
    """What is said of an archive of these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        path.write_bytes(data)
        return verify(path)


def test_it_is_whole_in_its_archive_and_unpacked_and_says_who_signed(tmp_path: Path) -> None:
    fingerprint = bag.fingerprint(KEY.public_key().public_bytes_raw())
    for verdict in (looked_at(whole()), verify(unpacked(tmp_path))):
        assert (verdict.is_whole, verdict.findings) == (True, [])
        assert (verdict.agency, verdict.fingerprint, verdict.files) == (AGENCY, fingerprint, 4)


def test_others_read_it_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(whole())) as opened:
        assert opened.testzip() is None
        assert {each.date_time for each in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert [each.filename.removeprefix("evidence-12/") for each in opened.infolist()] == EVERY
    found = bagit.Bag(str(unpacked(tmp_path)))
    assert found.validate()
    assert (found.version_info, found.algorithms) == ((1, 0), ["sha256"])
    assert found.info["Payload-Oxum"] == f"{sum(map(len, FILES.values()))}.4"


def test_the_same_files_and_key_give_the_same_bytes() -> None:
    assert packed(FILES) == whole()


@settings(max_examples=400, deadline=None)
@given(at=st.integers(0, len(whole()) - 1), change=st.integers(1, 255))
def test_any_byte_of_the_archive_that_is_changed_is_found(at: int, change: int) -> None:
    data = bytearray(whole())
    data[at] ^= change
    assert not looked_at(bytes(data)).is_whole


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, len(whole())), added=st.binary(max_size=4), taken=st.integers(0, 4))
def test_bytes_that_are_added_or_missing_anywhere_are_found(at: int, added: bytes, taken: int) -> None:
    data = whole()[:at] + added + whole()[at + taken :]
    assert looked_at(data).is_whole is (data == whole())


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(EVERY), at=st.integers(0, 10_000), change=st.integers(1, 255))
def test_any_byte_of_an_unpacked_file_that_is_changed_is_found(name: str, at: int, change: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = unpacked(Path(folder))
        data = bytearray((root / name).read_bytes())
        data[at % len(data)] ^= change
        (root / name).write_bytes(bytes(data))
        assert not verify(root).is_whole


NAMES = st.text("abcABC019._-", min_size=1, max_size=12).filter(lambda name: name.strip("."))


@settings(max_examples=100, deadline=None)
@given(
    what=st.sampled_from(["removed", "renamed", "added", "linked"]),
    name=st.sampled_from(EVERY),
    other=NAMES,
    folder=st.sampled_from(["", "data/", "data/records/", "data/pictures/2026/"]),
)
def test_any_file_removed_renamed_or_added_is_found(what: str, name: str, other: str, folder: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        root = unpacked(Path(place))
        new = root / f"{folder}{other}"
        if new.exists():
            return
        if what == "removed":
            (root / name).unlink()
        elif what == "renamed":
            (root / name).rename(new)
        elif what == "added":
            new.write_bytes(b"")
        else:
            new.symlink_to(root / name)
        verdict = verify(root)
        assert not verdict.is_whole
        if what in ("added", "linked"):
            assert verdict.findings == [Finding("extra", new.relative_to(root).as_posix())]
        elif name in FILES:
            assert Finding("missing", name) in verdict.findings


@pytest.mark.parametrize("name", EVERY)
def test_a_file_changed_or_gone_is_named(name: str, tmp_path: Path) -> None:
    root = unpacked(tmp_path)
    kept = (root / name).read_bytes()
    (root / name).unlink()
    gone = verify(root)
    assert Finding("missing", name) in gone.findings
    (root / name).write_bytes(kept + b" ")
    changed = verify(root)
    assert not gone.is_whole
    assert not changed.is_whole
    if name not in (bag.TAG_MANIFEST, bag.SIGNATURE):
        assert Finding("changed", name) in changed.findings


def test_who_changes_a_record_and_every_hash_cannot_sign() -> None:
    forged = packed(
        FILES | {"data/records/hold.json": b'{"reason": "another"}\n'}, Ed25519PrivateKey.generate()
    )
    verdict = looked_at(forged)
    assert verdict.is_whole
    assert verdict.fingerprint != looked_at(whole()).fingerprint


def test_the_signature_of_one_package_does_not_hold_on_another(tmp_path: Path) -> None:
    other = packed(FILES | {"data/records/hold.json": b"{ }\n"})
    root, theirs = unpacked(tmp_path / "a"), unpacked(tmp_path / "b", other)
    shutil.copy(theirs / bag.SIGNATURE, root / bag.SIGNATURE)
    verdict = verify(root)
    assert (verdict.is_whole, verdict.signature_holds) == (False, False)
    assert Finding("broken", "the signature does not hold") in verdict.findings


def test_nobody_puts_another_agencys_name_or_key_to_a_signature(tmp_path: Path) -> None:
    root = unpacked(tmp_path)
    signature = (root / bag.SIGNATURE).read_text()
    (root / bag.SIGNATURE).write_text(signature.replace("Alder", "Elder"))
    assert not verify(root).signature_holds
    other = Ed25519PrivateKey.generate()
    listed = (root / bag.TAG_MANIFEST).read_bytes()
    mine = bag.signature_file(AGENCY, other.public_key().public_bytes_raw(), other.sign(listed))
    (root / bag.SIGNATURE).write_bytes(mine)
    assert not verify(root).is_whole


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"PK\x05\x06" + bytes(18), b"not an archive", b"[" * 100_000],
    ids=["nothing", "two bytes", "an empty archive", "no archive", "brackets"],
)
def test_what_is_no_package_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    assert not looked_at(data).is_whole
    root = unpacked(tmp_path)
    (root / bag.SIGNATURE).write_bytes(data)
    assert not verify(root).is_whole
    (root / bag.TAG_MANIFEST).write_bytes(data)
    assert not verify(root).is_whole


def test_files_beside_the_package_or_twice_in_the_archive_are_found() -> None:
    for name in ("elsewhere/data/records/hold.json", "../hold.json"):
        file = io.BytesIO(whole())
        with zipfile.ZipFile(file, "a") as opened:
            opened.writestr(name, FILES["data/records/hold.json"])
        assert "extra" in {finding.kind for finding in looked_at(file.getvalue()).findings}
    file = io.BytesIO(whole())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as opened:
        opened.writestr("evidence-12/data/records/hold.json", FILES["data/records/hold.json"])
    assert Finding("extra", "data/records/hold.json") in looked_at(file.getvalue()).findings


def test_an_archive_packed_again_is_told_from_the_one_that_was_written() -> None:
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole())) as opened, zipfile.ZipFile(again, "w") as copy:
        for each in opened.infolist():
            copy.writestr(each.filename, opened.read(each))
    verdict = looked_at(again.getvalue())
    assert verdict.findings == [Finding("broken", "the archive around the files is not as it was written")]


def test_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify(tmp_path / "none.zip")


# The archive itself


def test_an_archive_of_very_many_files() -> None:
    file = io.BytesIO()
    many = archive.Archive(file)
    for number in range(66_000):
        many.add(f"a/{number}", [b"x"], crc=archive.checksum([b"x"]), size=1)
    many.close()
    assert archive.is_as_written(file)
    with zipfile.ZipFile(file) as opened:
        assert len(opened.namelist()) == 66_000
        assert opened.read("a/65999") == b"x"


def test_an_archive_of_more_than_four_gibibytes(tmp_path: Path) -> None:
    far = 5 << 30
    with (tmp_path / "far.zip").open("w+b") as file:
        file.seek(far)
        large = archive.Archive(file)
        large.size = far
        large.add("a/far", [b"x"], crc=archive.checksum([b"x"]), size=1)
        large.close()
        with zipfile.ZipFile(file) as opened:
            assert opened.getinfo("a/far").header_offset == far
            assert opened.read("a/far") == b"x"


def test_no_file_of_four_gibibytes_goes_in() -> None:
    with pytest.raises(archive.TooLarge, match="4 GiB"):
        archive.Archive(io.BytesIO()).add("a/large", [], crc=0, size=1 << 32)
