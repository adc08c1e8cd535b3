"""Scoring: folders without truth are refused, and the figures are what they say."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from detections.recognition.protocol import Image, PlateRead
from detections.recognition.score import NoTruth, Result, results, score, truths, write_csv
from tests.recognition.drawn import draw_plate, draw_scene, pixels, save


class Says:
    """A reader that gives the texts it was told, each in the picture's middle."""

    name, version = "says", "1"

    def __init__(self, *texts: str) -> None:
        self._texts = list(texts)

    def read(self, image: Image) -> list[PlateRead]:
        text = self._texts.pop(0)
        rows, columns = image.shape[:2]
        box = (columns // 2 - 20, rows // 2 - 10, 40, 20)
        return [PlateRead(text, 0.9, box, tuple(((sign, 0.9),) for sign in text))] if text else []


def scenes(folder: Path, *plates: str, box: str = "120\t60\t80\t40") -> Path:
    for number, plate in enumerate(plates):
        save(pixels(draw_plate(plate)), folder / f"{number}.png")
        (folder / f"{number}.txt").write_text(f"{number}.png\t{box}\t{plate}\n")
    return folder


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "holds no truth"),
        ({"note.md": "nothing"}, "holds no truth"),
        ({"groundtruth.csv": "name,state\na.png,ca\n"}, "has no columns file and plate"),
        ({"groundtruth.csv": "file,plate\n"}, "holds no truth"),
        ({"groundtruth.csv": "file,plate\na.png,7KRB412\n"}, "names 1 pictures that are not there"),
        ({"a.txt": "a.png\t1\t2\t3\t4\t7KRB412\n"}, r"names 1 pictures .* the first a.png"),
        ({"a.txt": "a.png 1 2 3 4 7KRB412\n"}, r"a.txt, line 1: expected file, x, y"),
        ({"a.txt": "a.png\t1\t2\twide\t4\t7KRB412\n"}, r"a.txt, line 1: expected file, x, y"),
    ],
)
def test_a_folder_without_truth_is_refused(files: dict[str, str], sentence: str, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)

    with pytest.raises(NoTruth, match=sentence):
        truths(tmp_path)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoTruth, match="is no folder"):
        truths(tmp_path / "nowhere")


def test_a_damaged_picture_is_named(tmp_path: Path) -> None:
    known = truths(scenes(tmp_path, "7KRB412"))
    (tmp_path / "0.png").write_bytes(b"no picture")

    with pytest.raises(NoTruth, match=r"0\.png: The file is not a JPEG"):
        list(results(Says("7KRB412"), known))


def test_nothing_read_is_nothing_to_sum_up() -> None:
    with pytest.raises(NoTruth):
        score([])


def test_the_rates_count_exact_reads_with_and_without_o_as_0(tmp_path: Path) -> None:
    known = truths(scenes(tmp_path, "AC0M7V", "7KRB412", "6MTP929", "ABC1234"))

    total = score(list(results(Says("ACOM7V", "7KRB412", "6MTP92", ""), known)))

    assert (total.pictures, total.exact, total.exact_but_for_o) == (4, 0.25, 0.5)
    assert total.found == 0.75


def test_a_plate_is_found_when_the_reads_centre_lies_in_its_box(tmp_path: Path) -> None:
    known = truths(scenes(tmp_path, "7KRB412", box="0\t0\t80\t40"))

    assert [result.found for result in results(Says("7KRB412"), known)] == [False]


def test_plates_alone_are_scored_without_a_rate_of_finding(tmp_path: Path) -> None:
    save(pixels(draw_plate("7KRB412")), tmp_path / "a.png")
    (tmp_path / "groundtruth.csv").write_text("file,state,plate\na.png,ca,7krb-412\n")

    total = score(list(results(Says("7KRB412"), truths(tmp_path))))

    assert (total.exact, total.found) == (1.0, None)


def test_times_are_median_and_95th_percentile() -> None:
    outcome = [Result("a", "A", "A", 1.0, None, float(ms), 2.0 * ms) for ms in range(1, 102)]

    total = score(outcome)

    assert (total.median_ms, total.p95_ms) == (51.0, 96.0)
    assert (total.median_processor_ms, total.p95_processor_ms) == (102.0, 192.0)


def test_the_csv_has_one_line_per_picture() -> None:
    file = StringIO()

    write_csv([Result("a.png", "7KRB412", "7KR8412", 0.876, True, 291.04, 512.3)], file)

    header, line = csv.reader(StringIO(file.getvalue()))
    assert header == ["file", "truth", "read", "confidence", "found", "ms", "processor_ms"]
    assert line == ["a.png", "7KRB412", "7KR8412", "0.876", "yes", "291.0", "512.3"]


def test_the_command_refuses_a_folder_without_truth(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no truth"):
        call_command("score_recognition", str(tmp_path))


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_the_command_refuses_a_limit_below_one(limit: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="from 1"):
        call_command("score_recognition", str(tmp_path), "--limit", limit)


def test_the_command_refuses_a_csv_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("score_recognition", str(_one_scene(tmp_path)), "--csv", str(tmp_path / "no" / "a.csv"))


def test_the_command_prints_the_figures_and_writes_the_csv(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "scores.csv"

    call_command("score_recognition", str(_one_scene(tmp_path)), "--csv", str(table), "--limit", "1")

    printed = capsys.readouterr().out
    assert "exact, O and 0 alike   100.0%" in printed
    assert "plate found            100.0%" in printed
    assert "rapidocr" in printed
    assert [row["read"] for row in csv.DictReader(table.open())] == ["7KRB412"]


def _one_scene(folder: Path) -> Path:
    image, (x, y, width, height) = draw_scene("7KRB412")
    save(image, folder / "a.png")
    (folder / "a.txt").write_text(f"a.png\t{x}\t{y}\t{width}\t{height}\t7KRB412\n")
    return folder
