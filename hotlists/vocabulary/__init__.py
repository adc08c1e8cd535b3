"""The words of the national vehicle file (NCIC) as data: colors, makes, styles, and the codes of its fields.

Every function takes what a file, a person or a camera writes, and answers from a table. `color`, `make` and
`body` give a code, empty where the text is not known; `name_of_…` give the words in which an entry reads.
"""

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
    "make",
    "name_of_body",
    "name_of_color",
    "name_of_make",
]
