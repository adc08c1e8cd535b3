"""What must hold of a whole policy, beyond the type of each value."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from alpr.policy.errors import PolicyError
from alpr.policy.rules import RULES
from alpr.policy.words import ClauseKind, Rung, TransferMode

if TYPE_CHECKING:
    from alpr.policy.model import Policy


def check(policy: "Policy") -> None:
    """PolicyError for the first thing that cannot stand: a value outside the law, rules that contradict
    one another, a rule without a clause, a clause that is cited but not there."""
    for name, text in vars(policy.department).items():
        if not text:
            raise PolicyError("a value is needed", rule=f"department.{name}")
    for key, rule in RULES.items():
        rule.check(policy.value(key))
    _check_ladder(policy)
    _check_together(policy)
    _check_clauses(policy)
    _check_citations(policy)


def _check_ladder(policy: "Policy") -> None:
    steps, skipped = policy.ladder.before_stop, policy.ladder.exigent_may_skip
    if list(steps) != sorted(steps):
        raise PolicyError("the rungs are out of order", rule="ladder.before_stop")
    if {Rung.ALERT, Rung.CLOSED} & set(steps):
        raise PolicyError("only seen, validated and confirmed come before a stop", rule="ladder.before_stop")
    if not skipped <= set(steps):
        raise PolicyError("it names a rung that ladder.before_stop does not", rule="ladder.exigent_may_skip")


def _check_together(policy: "Policy") -> None:
    limited = policy.transfer.mode is TransferMode.MAX_DAYS
    if limited is not (policy.transfer.max_days is not None):
        raise PolicyError(
            "a number of days goes with the mode max_days, and only with it", rule="transfer.max_days"
        )
    if bool(policy.audit.first_years) is not (policy.audit.first_years_every_months is not None):
        raise PolicyError(
            "it goes with audit.first_years, and only with it", rule="audit.first_years_every_months"
        )
    if any(months < 1 for months in policy.audit.windows_months):
        raise PolicyError("a window is at least 1 month", rule="audit.windows_months")


def _check_clauses(policy: "Policy") -> None:
    _refuse_doubles((clause.number for clause in policy.clauses), "clauses")
    for clause in policy.clauses:
        if not (clause.number and clause.heading and clause.summary):
            raise PolicyError(
                "a clause needs a number, a heading and a summary", rule=f"clauses.{clause.number}"
            )
        if bool(clause.owner) is not (clause.kind is ClauseKind.HUMAN_DUTY):
            raise PolicyError(
                "an owner goes with a human duty, and only with it", rule=f"clauses.{clause.number}"
            )


def _check_citations(policy: "Policy") -> None:
    _refuse_doubles((citation.rule for citation in policy.citations), "citations")
    cited = {citation.rule for citation in policy.citations}
    for key in RULES:
        if key not in cited:
            raise PolicyError("it has no clause, no law and no reason for a default", rule=key)
    numbers = {clause.number for clause in policy.clauses}
    for citation in policy.citations:
        if not (citation.clauses or citation.laws or citation.default_reason):
            raise PolicyError("it has no clause, no law and no reason for a default", rule=citation.rule)
        _refuse_unknown(citation.rule, citation.clauses, numbers)
    for oddity in policy.oddities:
        _refuse_unknown("oddities", oddity.clauses, numbers)


def _refuse_doubles(names: Iterable[str], place: str) -> None:
    double = [name for name, count in Counter(names).items() if count > 1]
    if double:
        raise PolicyError(f"{double[0]} stands there twice", rule=place)


def _refuse_unknown(place: str, cited: tuple[str, ...], numbers: set[str]) -> None:
    for number in cited:
        if number not in numbers:
            raise PolicyError(f"it cites the clause {number}, which is not in the text", rule=place)
