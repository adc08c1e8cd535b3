"""What holds of every batch and of every journal, whatever is in them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from detections.transfer import transfer

NAMES = some.sampled_from(["r-1", "r-2", "r-3", "data", "image", "a b", "", None, 7])


@some.composite
def lines(draw: some.DrawFn) -> list[transfer.Line]:
    """Lines of one file: rows with and without pictures, broken ones, blank ones."""
    found = []
    for number in range(draw(some.integers(0, 12))):
        row = {"sender_id": draw(NAMES), "n": number}
        raw = draw(some.sampled_from([json.dumps(row).encode(), b"{cut", b""]))
        line = transfer.Line("a.jsonl", number + 1, "", raw)
        if raw:
            line.read_row()
        if isinstance(line.name, str) and line.name and draw(some.booleans()):
            line.picture, line.content = "p.jpg", b"x" * draw(some.integers(0, transfer.MOST_BYTES))
        found.append(line)
    return found


@given(lines())
def test_batches_keep_the_order_the_limits_and_each_name_apart(some_lines: list[transfer.Line]) -> None:
    made = list(transfer.batches(some_lines))
    assert [line for batch in made for line in batch] == some_lines
    for batch in made:
        sent = [line for line in batch if line.body]
        names = [line.name for line in sent]
        assert batch
        assert all(names.count(name) == 1 for name in names)
        assert len(sent) == 1 or not any(line.is_odd for line in sent)
        assert len(batch) == 1 or sum(len(line.content) for line in batch) <= transfer.MOST_BYTES


@given(
    some.lists(some.tuples(some.sampled_from("abc"), some.integers(1, 99)), max_size=6),
    some.integers(0, 2_000),
)
def test_a_journal_cut_anywhere_claims_no_more_than_was_written(
    steps: list[tuple[str, int]], cut: int
) -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / ".transfer"
        folder.mkdir()
        for name in "abc":
            (Path(home) / name).touch()
        journal = transfer.Journal(folder)
        for name, end in steps:
            part = {
                "end": end,
                "sha256": "x",
                "receipts": {str(end): "y"},
                "reads": [["", str(end), None, None]],
            }
            journal.add(do="passed", files={name: part}, moves=[])
        whole = journal.path.read_bytes()
        journal.path.write_bytes(whole[:cut])
        written = [json.loads(line) for line in whole[:cut].split(b"\n") if _is_whole(line)]
        files = [step["files"].values() for step in written if step["do"] == "passed"]
        expected = [read[1] for parts in files for part in parts for read in part["reads"]]
        again = transfer.Journal(folder)
        claimed = [read[1] for known in again.files.values() for read in known.reads]
        assert sorted(claimed) == sorted(expected)
        assert transfer.Journal(folder).files == again.files


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
