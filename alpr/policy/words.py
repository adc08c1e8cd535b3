"""The closed sets of words that rules are written in."""

from enum import StrEnum


class Word(StrEnum):
    """A word of a rule. Its value is what a preset file says; ``label`` is what a page says."""

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


class Rung(Word):
    """A step of a hit's ladder, lowest first. Rungs compare by their place, also with stored values."""

    ALERT = "alert"
    SEEN = "seen"
    VALIDATED = "validated"
    CONFIRMED = "confirmed"
    CLOSED = "closed"

    @property
    def order(self) -> int:
        """Place on the ladder, from 0."""
        return list(Rung).index(self)

    def __lt__(self, other: str) -> bool:
        return self.order < Rung(other).order

    def __le__(self, other: str) -> bool:
        return self.order <= Rung(other).order

    def __gt__(self, other: str) -> bool:
        return self.order > Rung(other).order

    def __ge__(self, other: str) -> bool:
        return self.order >= Rung(other).order


class ClauseKind(Word):
    """How a clause of the text is kept."""

    ENFORCED = "enforced"
    RECORDED = "recorded"
    HUMAN_DUTY = "human_duty"
    STATEMENT = "statement"


class Limit(Word):
    """Which side of a retention period the text binds."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    EXACTLY = "exactly"


class Duty(Word):
    """The force of the text's verb: shall, should or may be purged."""

    SHALL = "shall"
    SHOULD = "should"
    MAY = "may"


class HoldGround(Word):
    """Why data is kept past its time."""

    EVIDENCE = "evidence"
    LIKELY_EVIDENCE = "likely_evidence"
    DISCOVERY = "discovery"
    LAWFUL_DEMAND = "lawful_demand"

    @property
    def label(self) -> str:
        return {
            "evidence": "it is evidence in a criminal or civil action",
            "likely_evidence": "it may reasonably become evidence",
            "discovery": "a discovery request asks for it",
            "lawful_demand": "another lawful demand asks for it",
        }[self.value]


class TransferMode(Word):
    """When data leaves a vehicle for the server."""

    CONTINUOUS = "continuous"
    EACH_SHIFT = "each_shift"
    MAX_DAYS = "max_days"
    BY_PROCEDURE = "by_procedure"

    @property
    def label(self) -> str:
        return {
            "continuous": "continuously",
            "each_shift": "at the start and end of each shift",
            "max_days": "on a regular basis",
            "by_procedure": "by department procedure",
        }[self.value]


class Compared(Word):
    """What the eye compares with the image before a hit counts as seen."""

    CHARACTERS = "characters"
    STATE = "state"
    VEHICLE = "vehicle"


class ListKind(Word):
    """General lists are loaded whole from other agencies; specific lists are the department's own."""

    GENERAL = "general"
    SPECIFIC = "specific"


class Ending(Word):
    """How a hit may end. Stops first, then what ended without one, then the ways in which a hit is wrong."""

    ARREST = "arrest"
    RECOVERED = "recovered"
    CITED = "cited"
    RELEASED = "released"
    LOCATED = "located"
    NO_STOP = "no_stop"
    MISREAD = "misread"
    WRONG_STATE = "wrong_state"
    MISMATCH = "mismatch"
    NOT_LISTED = "not_listed"

    @property
    def label(self) -> str:
        return {
            "arrest": "an arrest",
            "recovered": "a recovery",
            "cited": "a citation",
            "released": "a stop without action",
            "located": "a person located",
            "no_stop": "no stop",
            "misread": "a misread plate",
            "wrong_state": "a wrong state",
            "mismatch": "a vehicle that does not match",
            "not_listed": "a plate no longer listed",
        }[self.value]


class StatusSource(Word):
    """Who may answer that a plate is still wanted."""

    DISPATCHER = "dispatcher"
    DEPARTMENT_COMPUTER = "department_computer"
    CLETS = "clets"

    @property
    def label(self) -> str:
        return {
            "dispatcher": "a dispatcher of the department",
            "department_computer": "a department computer",
            "clets": "CLETS",
        }[self.value]


class HotPlateFact(Word):
    """What a hot plate must carry."""

    MEMBER = "member"
    CASE_NUMBER = "case_number"
    SYNOPSIS = "synopsis"

    @property
    def label(self) -> str:
        return {
            "member": "the name of the entering member",
            "case_number": "the related case number",
            "synopsis": "a short synopsis",
        }[self.value]


class Purpose(Word):
    """What a stated purpose of a search must hold."""

    CASE_NUMBER = "case_number"
    REASON = "reason"
    EITHER = "either"
    BOTH = "both"

    @property
    def label(self) -> str:
        return {
            "case_number": "a case or incident number",
            "reason": "a reason",
            "either": "a case or incident number, a reason, or both",
            "both": "a case or incident number and a reason",
        }[self.value]


class Logged(Word):
    """What the record of an access holds."""

    USER = "user"
    ORGANIZATION = "organization"
    ELEMENTS = "elements"
    DATE = "date"
    TIME = "time"
    PURPOSE = "purpose"

    @property
    def label(self) -> str:
        return "the plate or other elements searched" if self is Logged.ELEMENTS else f"the {self.value}"


class AuditCheck(Word):
    """What an audit looks at."""

    PURPOSE = "purpose"
    USE = "use"
    ACCURACY = "accuracy"

    @property
    def label(self) -> str:
        return {
            "purpose": "the documented purpose of each search drawn",
            "use": "whether each use was an authorized one",
            "accuracy": "the accuracy of the data",
        }[self.value]


class RequestFact(Word):
    """What another agency's written request must say."""

    AGENCY = "agency"
    PERSON = "person"
    PURPOSE = "purpose"

    @property
    def label(self) -> str:
        return {
            "agency": "the name of the agency",
            "person": "the name of the person asking",
            "purpose": "the intended purpose",
        }[self.value]


class Recipients(Word):
    """Who may be given data on request."""

    LAW_ENFORCEMENT_AND_PROSECUTORS = "law_enforcement_and_prosecutors"
    GOVERNMENT = "government"
    AS_LAW_PERMITS = "as_law_permits"

    @property
    def label(self) -> str:
        return {
            "law_enforcement_and_prosecutors": "law enforcement and prosecutorial agencies",
            "government": "government entities with an authorized purpose",
            "as_law_permits": "prosecutors and others as the law permits",
        }[self.value]
