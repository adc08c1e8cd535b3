"""Files of hot lists, from bytes to rows: any layout, streamed, a line at a time.

`open_file` says what a file is and refuses what is no list; `Reading.rows` gives its lines. What repeats
another line is not asked here: a file may be larger than memory.
"""

from hotlists.reading.decoding import LARGEST
from hotlists.reading.layouts import REQUIRED
from hotlists.reading.opening import Reading, open_file, open_sample
from hotlists.reading.results import FIELDS, PUT, REMOVE, BadFile, LeftOut, Problem, Row
from hotlists.reading.values import end_of

__all__ = [
    "FIELDS",
    "LARGEST",
    "PUT",
    "REMOVE",
    "REQUIRED",
    "BadFile",
    "LeftOut",
    "Problem",
    "Reading",
    "Row",
    "end_of",
    "open_file",
    "open_sample",
]
