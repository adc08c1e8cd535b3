"""How well an engine reads a folder of pictures whose plates are known.

Two kinds of folder are understood. Scenes: beside each picture a text file of the same name with one line,
parted by tabs: file, x, y, width, height, plate (the box in pixels). Plates alone: a `groundtruth.csv` with
the columns file and plate.
"""

import csv
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Final, TextIO

from detections.recognition.images import BadImage, open_image
from detections.recognition.protocol import Box, PlateRead, PlateReader

TRUTH_TABLE: Final = "groundtruth.csv"
FIELDS: Final = ("file", "truth", "read", "confidence", "found", "ms", "processor_ms")


class NoTruth(ValueError):
    """The folder cannot be scored; the message says what is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a picture shows: its plate, and where, if that is known."""

    path: Path
    plate: str
    box: Box | None


@dataclass(frozen=True, slots=True)
class Result:
    """What the engine made of one picture. Times in milliseconds; `found` is None where no box is known."""

    file: str
    truth: str
    read: str
    confidence: float
    found: bool | None
    ms: float
    processor_ms: float

    @property
    def exact(self) -> bool:
        return self.read == self.truth

    @property
    def exact_but_for_o(self) -> bool:
        """Whether the read is exact with the letter O and the digit 0 taken as one."""
        return _o_as_0(self.read) == _o_as_0(self.truth)


@dataclass(frozen=True, slots=True)
class Score:
    """The whole folder: rates from 0 to 1, times in milliseconds an image."""

    pictures: int
    exact: float
    exact_but_for_o: float
    found: float | None
    median_ms: float
    p95_ms: float
    median_processor_ms: float
    p95_processor_ms: float


def truths(folder: Path) -> list[Truth]:
    """The truth of a folder, sorted by file name. Raises `NoTruth` where there is none or it is damaged."""
    if not folder.is_dir():
        raise NoTruth(f"{folder} is no folder.")
    table = folder / TRUTH_TABLE
    found = list(_from_table(table)) if table.is_file() else list(_from_lines(folder))
    if not found:
        raise NoTruth(
            f"{folder} holds no truth: neither {TRUTH_TABLE} nor a text file beside each picture "
            "with file, x, y, width, height and plate, parted by tabs."
        )
    missing = [truth.path.name for truth in found if not truth.path.is_file()]
    if missing:
        raise NoTruth(f"The truth names {len(missing)} pictures that are not there, the first {missing[0]}.")
    return sorted(found, key=lambda truth: truth.path.name)


def results(reader: PlateReader, known: Iterable[Truth]) -> Iterator[Result]:
    """Read each picture and compare. A picture that cannot be opened raises `NoTruth` with its name."""
    for truth in known:
        try:
            image, _ = open_image(truth.path.read_bytes())
        except BadImage as error:
            raise NoTruth(f"{truth.path.name}: {error}") from error
        started, busy = time.perf_counter(), time.process_time()
        reads = reader.read(image)
        ms, processor_ms = 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - busy)
        best = reads[0] if reads else None
        yield Result(
            file=truth.path.name,
            truth=truth.plate,
            read=best.text if best else "",
            confidence=best.confidence if best else 0.0,
            found=_found(best, truth.box),
            ms=ms,
            processor_ms=processor_ms,
        )


def score(outcome: Sequence[Result]) -> Score:
    """Sum up. Raises `NoTruth` for no results at all."""
    if not outcome:
        raise NoTruth("There was no picture to score.")
    placed = [result.found for result in outcome if result.found is not None]
    median_ms, p95_ms = _median_and_p95([result.ms for result in outcome])
    median_processor_ms, p95_processor_ms = _median_and_p95([result.processor_ms for result in outcome])
    return Score(
        pictures=len(outcome),
        exact=_rate([result.exact for result in outcome]),
        exact_but_for_o=_rate([result.exact_but_for_o for result in outcome]),
        found=_rate(placed) if placed else None,
        median_ms=median_ms,
        p95_ms=p95_ms,
        median_processor_ms=median_processor_ms,
        p95_processor_ms=p95_processor_ms,
    )


def write_csv(outcome: Sequence[Result], file: TextIO) -> None:
    """One line per picture, in the order read."""
    writer = csv.writer(file)
    writer.writerow(FIELDS)
    for result in outcome:
        found = "" if result.found is None else "yes" if result.found else "no"
        times = (f"{result.ms:.1f}", f"{result.processor_ms:.1f}")
        writer.writerow((result.file, result.truth, result.read, f"{result.confidence:.3f}", found, *times))


def _from_table(table: Path) -> Iterator[Truth]:
    with table.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        if not {"file", "plate"} <= set(rows.fieldnames or ()):
            raise NoTruth(f"{table} has no columns file and plate.")
        for row in rows:
            yield Truth(table.parent / str(row["file"]), _plate(row["plate"]), None)


def _from_lines(folder: Path) -> Iterator[Truth]:
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip():
                yield _from_line(folder, line, source=f"{path.name}, line {number}")


def _from_line(folder: Path, line: str, *, source: str) -> Truth:
    fields = line.split("\t")
    try:
        name, plate = fields[0], fields[5]
        x, y, width, height = (int(field) for field in fields[1:5])
    except (IndexError, ValueError):
        raise NoTruth(
            f"{source}: expected file, x, y, width, height and plate, parted by tabs; the numbers whole."
        ) from None
    return Truth(folder / name, _plate(plate), (x, y, width, height))


def _plate(text: str | None) -> str:
    return "".join(character for character in (text or "").upper() if character.isalnum())


def _found(best: PlateRead | None, box: Box | None) -> bool | None:
    """Whether the centre of the first read lies inside the plate's box."""
    if box is None:
        return None
    if best is None:
        return False
    x, y = best.box[0] + best.box[2] / 2, best.box[1] + best.box[3] / 2
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]


def _o_as_0(text: str) -> str:
    return text.replace("O", "0")


def _rate(outcomes: Sequence[bool]) -> float:
    return sum(outcomes) / len(outcomes)


def _median_and_p95(times: Sequence[float]) -> tuple[float, float]:
    if len(times) == 1:
        return times[0], times[0]
    cuts = quantiles(times, n=20, method="inclusive")
    return cuts[9], cuts[18]
