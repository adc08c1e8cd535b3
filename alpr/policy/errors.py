"""The one error of this package."""


class PolicyError(ValueError):
    """A policy, a preset or a single value that cannot stand.

    ``problem`` is the sentence for the person who wrote it; ``rule`` names the rule or the place in the
    file ("retention.detections_days"); ``section`` is the law that sets the bound, where one does;
    ``source`` is the file it was read from.
    """

    def __init__(self, problem: str, *, rule: str = "", section: str = "", source: str = "") -> None:
        self.problem = problem
        self.rule = rule
        self.section = section
        self.source = source
        place = ": ".join(part for part in (source, rule) if part)
        law = f" ({section})" if section else ""
        super().__init__(f"{place}: {problem}{law}" if place else f"{problem}{law}")

    def within(self, source: str) -> "PolicyError":
        """The same error, said of the file or record ``source``."""
        return PolicyError(self.problem, rule=self.rule, section=self.section, source=source)
