"""How the tables of the vocabulary are written, and how a text is looked up in them."""

from __future__ import annotations

from collections.abc import Iterator


def key_of(text: str) -> str:
    """A text without case, spaces and punctuation, as it is looked up: `Mercedes-Benz` as `mercedesbenz`."""
    return "".join(filter(str.isalnum, text.casefold()))


def table_of(written: str) -> Iterator[tuple[str, str, list[str]]]:
    """The lines of a table, each `CODE name; synonym, synonym`: the code, the name, the synonyms."""
    for line in written.strip().splitlines():
        known, _, more = line.partition(";")
        code, _, name = known.strip().partition(" ")
        yield code, name.strip(), [text.strip() for text in more.split(",") if text.strip()]


def lookup(written: str) -> tuple[dict[str, str], dict[str, str]]:
    """The code of every key of a table, and every code's name. Raises ValueError for a key of two codes."""
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for code, name, synonyms in table_of(written):
        names[code] = name
        for text in (code, name, *synonyms):
            if codes.setdefault(key_of(text), code) != code:
                raise ValueError(f"{text} stands for {codes[key_of(text)]} and for {code}.")
    return codes, names
