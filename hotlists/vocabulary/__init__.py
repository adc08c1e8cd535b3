"""The words of the national vehicle file (NCIC) as data: colors, makes, styles, and the codes of its fields.

Every function takes what a file, a person or a camera writes, and answers from a table. `color`, `make` and
`body` give a code, empty where the text is not known; `name_of_…` give the words in which an entry reads.
"""

from collections.abc import Collection

from hotlists.vocabulary import vco, vma, vst
from hotlists.vocabulary.ncic import FIELD_OF_CODE
from hotlists.vocabulary.vco import COLORS, alike_colors, color, colors, name_of_color
from hotlists.vocabulary.vma import make, name_of_make
from hotlists.vocabulary.vst import body, name_of_body

__all__ = [
    "COLORS",
    "FIELD_OF_CODE",
    "alike_colors",
    "body",
    "color",
    "colors",
    "in_words",
    "make",
    "name_of_body",
    "name_of_color",
    "name_of_make",
    "vehicle",
    "written",
]
_NAMES = {"make": name_of_make, "color": name_of_color, "body": name_of_body}
_TABLES = {"make": vma.CODES, "color": vco.CODES, "body": vst.CODES}


def written(name: str, codes: Collection[str] | None = None) -> frozenset[str]:
    """Every way in which these codes of a make, color or body are written, as `tables.key_of` writes it.

    None stands for all that the vocabulary knows.
    """
    return frozenset(key for key, code in _TABLES[name].items() if codes is None or code in codes)


def in_words(name: str, said: str) -> str:
    """An attribute of a vehicle (`make`, `model`, `color`, `body`) as people say it, `gray` for `GRY`.

    What is not known stays as it is.
    """
    return _NAMES[name](said) if name in _NAMES else said


def vehicle(*, color: str, make: str, model: str, body: str, year: int | None = None) -> str:
    """A vehicle as people say it, `2014 gray Honda CIVIC sedan`; empty where nothing is known of it."""
    said = {"color": color, "make": make, "model": model, "body": body}
    return " ".join(part for part in (str(year or ""), *(in_words(*each) for each in said.items())) if part)
