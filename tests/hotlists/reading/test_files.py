"""Whole files: what is no list, how characters and lines are written, and where a file was cut off."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zipfile

import pytest

from hotlists.reading import BadFile, Problem, Row, decoding, opening
from tests.hotlists.reading.files import at, fixed, mapping, opened, read

LIST = b"plate,reason\n1A,Stolen\n"


def zipped() -> bytes:
    """The list in an archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("list.csv"), LIST)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\n \r\n", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text file"),
        (b"plate,reason\n1A,Stolen\n\0", "no text file"),
        (zipped(), "workbook or an archive"),
        (gzip.compress(LIST, mtime=0), "compressed"),
        (bz2.compress(LIST), "compressed"),
        (lzma.compress(LIST), "compressed"),
        (b"\x28\xb5\x2f\xfd" + LIST, "compressed"),
        (b"7z\xbc\xaf\x27\x1c" + LIST, "compressed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + LIST, "workbook"),
        (b"%PDF-1.7\n" + LIST, "PDF"),
        (b"<!DOCTYPE html><title>502</title>", "web page"),
        (b"\xef\xbb\xbf\r\n<html><body>Gateway", "web page"),
        (b"<?xml version='1.0'?><rows/>", "web page or XML"),
        ("plate,reason\n".encode("utf-32"), "UTF-32"),
        (b"8ABC123,CA,Stolen\n", "must name the columns, and plate and reason are missing"),
        (b"plate,state\n8ABC123,CA\n", "reason is missing"),
        (b"plate,reason,Plate\n", "names plate twice"),
        (b"plate,reason,LIC\n", "names plate twice"),
    ],
)
def test_a_file_that_is_no_list(content: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read(content)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(BadFile, match="compressed"):
        opened(gzip.compress(b"plate,reason\n" + b"1A,Stolen\n" * 2_000_000, mtime=0))


def test_a_file_over_the_limit_of_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LARGEST", 1024**2)
    with pytest.raises(BadFile, match="larger than 1 MB"):
        opened(b"plate,reason\n" + b"8ABC123,Stolen\n" * 80_000)


def test_a_file_of_another_layout_ends_at_its_first_lines() -> None:
    content = b"plate,reason\n" + b",Stolen\n" * 1_500
    with pytest.raises(BadFile, match=r"first 1,000 lines are bad.*Line 1001: The plate is missing"):
        read(content)


def test_bad_lines_after_a_good_one_are_kept_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"plate,reason\n1A,Stolen\n" + b",Stolen\n" * 1_500
    assert len(read(content)) == 1_501
    monkeypatch.setattr(opening, "MOST_PROBLEMS", 1_400)
    with pytest.raises(BadFile, match=r"More than 1,400 lines are bad, so this is likely .* another layout"):
        read(content)


@pytest.mark.parametrize("delimiter", [",", ";", ":", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_byte_order_marks(delimiter: str, ending: str, encoding: str) -> None:
    lines = [["state", "plate", "reason"], ["NV", "1A", "Stolen"], ["", "", ""], ["", "1C", "Stolen"]]
    content = ending.join(delimiter.join(line) for line in lines).encode(encoding)
    found = read(content)
    assert (found[0].line, found[-1].line) == (2, 4)
    assert isinstance(found[0], Row)
    assert (found[0].state, found[0].plate) == ("NV", "1A")


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", "UTF-8"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")]
)
def test_the_encoding_is_told_and_named(encoding: str, said: str) -> None:
    reading = opened("plate,reason,model\n1A,Stolen,Citroën\n".encode(encoding))
    assert reading.layout == f"separated by comma, columns named on line 1, {said}"
    (row,) = reading.rows()
    assert isinstance(row, Row)
    assert row.model == "Citroën"


def test_the_encoding_that_a_mapping_says() -> None:
    said = mapping(at(plate=0, reason=1, model=2), has_header=False, encoding="cp037")
    reading = opened("1A;Stolen;Citroën\x851B;Lost;\x85".encode("cp037"), said)
    first, second = reading.rows()
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.model, second.reason) == ("Citroën", "Lost")
    assert reading.layout == "Test: separated by semicolon, EBCDIC (037)"
    said.encoding = "cp1252"
    (row,) = read("1A;Stolen;Citroën".encode("cp1252"), said)
    assert isinstance(row, Row)
    assert row.model == "Citroën"
    said.encoding = "utf-8"
    assert isinstance(read("1A;Stolen;Citroën".encode("cp1252"), said)[0], Problem)


def test_a_byte_order_mark_is_believed_before_the_mapping() -> None:
    said = mapping([{"field": "plate", "column": "p"}, {"field": "reason", "column": "r"}], encoding="cp1252")
    for content in (codecs.BOM_UTF8 + b"p;r\n1A;Stolen", "p;r\n1A;Stolen".encode("utf-16")):
        (row,) = read(content, said)
        assert isinstance(row, Row)


def test_a_letter_that_windows_has_not_spoils_its_line_alone() -> None:
    good, bad, again = read(b"plate,reason\n1A,caf\xe9\n1B,caf\x81\n1C,Stolen\n")
    assert isinstance(good, Row)
    assert isinstance(again, Row)
    assert bad == Problem(3, "It holds a character that cannot be shown.")


def test_a_file_that_ends_with_its_last_line_is_whole() -> None:
    for content in (LIST, LIST.rstrip(), LIST + b"\n\n", b"plate,reason\n1A,Sto"):
        reading = opened(content)
        assert all(isinstance(each, Row) for each in reading.rows())
        assert not reading.looks_cut_off


@pytest.mark.parametrize("end", [b"1B", b'1B,"Stol', b"1B,Citro\xc3"])
def test_a_file_that_ends_within_a_line_looks_cut_off(end: bytes) -> None:
    reading = opened(LIST + b"1C,Stolen\n" + end)
    assert not reading.looks_cut_off
    found = list(reading.rows())
    assert reading.looks_cut_off
    assert isinstance(found[-1], Problem)


def test_a_last_line_that_is_bad_for_its_values_is_not_cut_off() -> None:
    reading = opened(LIST + b",Stolen")
    assert isinstance(list(reading.rows())[-1], Problem)
    assert not reading.looks_cut_off


def test_a_bad_line_in_the_middle_is_not_cut_off() -> None:
    reading = opened(LIST + b"1B\n1C,Stolen")
    assert len(list(reading.rows())) == 3
    assert not reading.looks_cut_off


def test_a_fixed_file_whose_last_line_is_notably_shorter_looks_cut_off() -> None:
    said = fixed(("plate", 8), ("reason", 20), ("case_number", 12))
    whole = b"1A      Stolen vehicle      26-1        \n"
    for end, cut in ((whole[:-1], False), (whole[:34], False), (whole[:20], True)):
        reading = opened(whole * 2 + end, said)
        assert len(list(reading.rows())) == 3
        assert reading.looks_cut_off is cut


def test_how_far_it_has_read() -> None:
    content = b"plate,reason\n" + b"8ABC123,Stolen\n" * 40_000
    reading = opened(content)
    rows = reading.rows()
    next(rows)
    assert 0 < reading.bytes_read < len(content)
    assert sum(1 for _ in rows) == 39_999
    assert reading.bytes_read == len(content)


def test_one_endless_line_is_one_bad_line() -> None:
    endless = b"plate,reason\n" + b"x" * 3_000_000
    assert read(endless) == [Problem(2, "It has more than 4,000 characters.")]
