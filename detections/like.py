"""SQL's LIKE, which Django has no lookup for, and a partial plate in its signs."""

from __future__ import annotations

from django.db.models import BooleanField, Func

from hotlists.patterns import ANY, ONE

_LIKE = str.maketrans({ONE: "_", ANY: "%"})


class Like(Func):
    """`column LIKE pattern`. Patterns of `as_like` hold nothing that would need escaping."""

    arg_joiner = " LIKE "
    template = "%(expressions)s"
    output_field = BooleanField()


def as_like(pattern: str) -> str:
    """A pattern in the signs of SQL's LIKE."""
    return pattern.translate(_LIKE)
