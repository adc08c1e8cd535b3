"""From columns to text: against every path spelled out one by one."""

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detections.recognition.decoding import (
    ALPHABET,
    BLANK,
    DOUBT,
    OTHER,
    Alphabet,
    Columns,
    align,
    log_likelihoods,
    spell,
)


def columns_for(path: str, *, sureness: float = 0.9) -> Columns:
    """One column per sign of `path`: A-Z and 0-9, "-" for blank, "?" for what no plate has."""
    columns = np.full((len(path), len(ALPHABET) + 2), (1 - sureness) / (len(ALPHABET) + 1), dtype=np.float32)
    for row, sign in enumerate(path):
        columns[row, {"-": BLANK, "?": OTHER}.get(sign, ALPHABET.find(sign))] = sureness
    return columns


@pytest.mark.parametrize(
    ("path", "text"),
    [("", ""), ("---", ""), ("77-KK", "7K"), ("7-7", "77"), ("A?A", "AA"), ("??B??", "B"), ("AAB", "AB")],
)
def test_runs_become_characters_and_blanks_part_them(path: str, text: str) -> None:
    spelled, places = spell(columns_for(path)) if path else ("", [])

    assert spelled == text
    assert [path[place] for place in places] == list(text)


def test_a_networks_classes_fold_into_plate_characters() -> None:
    alphabet = Alphabet.of(["blank", "a", "A", "中", "·", "7", "ß"])
    folded = alphabet.fold(np.array([[0.1, 0.2, 0.3, 0.1, 0.1, 0.15, 0.05]], dtype=np.float32))

    assert folded[0, ALPHABET.index("A")] == pytest.approx(0.5)
    assert folded[0, ALPHABET.index("7")] == pytest.approx(0.15)
    assert folded[0, BLANK] == pytest.approx(0.1)
    assert folded[0, OTHER] == pytest.approx(0.25)
    assert folded.sum() == pytest.approx(1.0)


@given(st.integers(0, 2**32 - 1), st.text("AB7", min_size=1, max_size=3))
def test_a_texts_likelihood_is_the_sum_over_all_paths_that_spell_it(seed: int, text: str) -> None:
    random = np.random.default_rng(seed)
    columns = random.dirichlet(np.full(len(ALPHABET) + 2, 0.2), size=4).astype(np.float32)

    assert np.exp(log_likelihoods(columns, [text])[0]) == pytest.approx(by_hand(columns, text), rel=1e-6)


def by_hand(columns: Columns, text: str) -> float:
    steps = columns[:, : BLANK + 1].astype(float)
    steps[:, BLANK] += columns[:, OTHER]
    steps = steps * (1 - DOUBT) + DOUBT / steps.shape[1]
    signs = [*(ALPHABET.index(sign) for sign in sorted(set(text))), BLANK]
    return float(
        sum(
            np.prod([steps[row, sign] for row, sign in enumerate(path)])
            for path in product(signs, repeat=len(steps))
            if "".join(ALPHABET[sign] for sign, _ in groupby(path) if sign != BLANK) == text
        )
    )


def test_texts_of_several_lengths_are_weighed_together_as_alone() -> None:
    columns = columns_for("7-KK-R", sureness=0.7)
    texts = ["7KR", "7", "7KRB412", "KR"]

    together = log_likelihoods(columns, texts)

    assert together == pytest.approx([log_likelihoods(columns, [text])[0] for text in texts])
    assert int(together.argmax()) == 0


@given(st.text("ABC123", min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_a_text_is_aligned_from_left_to_right(text: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    columns = random.dirichlet(np.full(len(ALPHABET) + 2, 0.2), size=14).astype(np.float32)

    places = align(columns, text)

    assert len(places) == len(text)
    assert places == sorted(set(places))


def test_each_character_is_aligned_to_its_own_column() -> None:
    path = "-7-K-RR-B-"

    assert [path[place] for place in align(columns_for(path), "7KRB")] == list("7KRB")
