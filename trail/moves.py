"""A workflow is one table of moves: buttons, forms, services and documents read the same table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class MoveRefused(Exception):
    """A move that the table does not have from the present state. Its text is for the person."""


@dataclass(frozen=True)
class Move:
    """One move: its name, what a button says, the states it starts from, the one it ends in, who may."""

    name: str
    label: str
    before: frozenset[str]
    after: str
    permission: str


class Moves:
    """A table of moves for one workflow."""

    def __init__(self, what: str, moves: Iterable[Move]) -> None:
        self.what = what
        self.table = {move.name: move for move in moves}

    def check(self, name: str, state: str) -> Move:
        """Return the move called `name`, or raise `MoveRefused` where it does not start from `state`."""
        move = self.table[name]
        if state not in move.before:
            raise MoveRefused(
                f"“{move.label}” is not possible: this {self.what} is {state.replace('_', ' ')}."
            )
        return move

    def open_from(self, state: str) -> list[Move]:
        """The moves that start from `state`, in the table's order."""
        return [move for move in self.table.values() if state in move.before]
