"""The ladder that a hit climbs before a stop: one table of moves, and what may not happen yet in one
sentence.

An alert is not a match. Buttons, forms, services and docs/ladder.md read this table; which rungs come before
a stop, and what may excuse them, is the policy's to say.
"""

from detections.ladder.endings import endings, outcomes, suggested
from detections.ladder.moves import MOVES, RUNG_OF, LadderMove, check, is_possible, was_first
from detections.ladder.standing import (
    Fact,
    claim_declined,
    excusable,
    facts,
    is_past,
    latest,
    may_stop,
    missing,
    review_due,
    unclimbed,
    undone,
    was_impracticable,
)
from detections.ladder.verdict import Need, Verdict, verdict
from detections.ladder.words import SHUT_WORDS, answered, at, entered_by, need_words, shut_words

__all__ = [
    "MOVES",
    "RUNG_OF",
    "SHUT_WORDS",
    "Fact",
    "LadderMove",
    "Need",
    "Verdict",
    "answered",
    "at",
    "check",
    "claim_declined",
    "endings",
    "entered_by",
    "excusable",
    "facts",
    "is_past",
    "is_possible",
    "latest",
    "may_stop",
    "missing",
    "need_words",
    "outcomes",
    "review_due",
    "shut_words",
    "suggested",
    "unclimbed",
    "undone",
    "verdict",
    "was_first",
    "was_impracticable",
]
