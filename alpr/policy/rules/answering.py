"""Answering for it: audits, records, releases, sharing, and what the public is shown."""

from dataclasses import dataclass
from typing import Annotated

from alpr.policy import law
from alpr.policy.declaring import Always, AtLeast, AtMost, RuleGroup, Says
from alpr.policy.words import AuditCheck, Recipients, RequestFact


@dataclass(frozen=True, kw_only=True)
class Audit(RuleGroup):
    """Periodic audits (Civil Code 1798.90.53). ``windows_months`` holds each window the text names; a
    sample is drawn for each of them."""

    every_months: Annotated[
        int, Says("How often", "An audit is made at least every {:month}."), AtLeast(1, law.END_USER)
    ]
    each_calendar_year: Annotated[
        bool,
        Says(
            "In each calendar year",
            "At least one audit falls in each calendar year.",
            "The policy does not tie audits to the calendar year.",
        ),
    ]
    first_years: Annotated[
        int,
        Says(
            "First years",
            "For the first {:year} audits are made at least every {first_years_every_months:month}.",
            "The first years have no shorter rhythm.",
        ),
        AtLeast(0),
    ]
    first_years_every_months: Annotated[
        int | None,
        Says(
            "How often in the first years",
            "In the first years an audit is made at least every {:month}.",
            "The first years have no rhythm of their own.",
        ),
        AtLeast(1),
    ]
    minimum_sample: Annotated[
        int, Says("Sample", "At least {:search} are drawn for an audit."), AtLeast(1, law.END_USER)
    ]
    drawn_at_random: Annotated[
        bool,
        Says(
            "Drawn at random",
            "The sample is drawn at random.",
            "The policy does not say how a sample is drawn.",
        ),
    ]
    windows_months: Annotated[
        tuple[int, ...],
        Says(
            "Window",
            "The sample is drawn from the preceding {:month}.",
            "The policy names no window for the sample.",
        ),
    ]
    checks: Annotated[frozenset[AuditCheck], Says("What is checked", "An audit checks {}.")]
    memorandum_to: Annotated[
        str, Says("Memorandum", "The audit is written up for the {}.", "The policy asks for no memorandum.")
    ]
    reports_data_errors: Annotated[
        bool,
        Says(
            "Data errors",
            "The audit names the data errors found, so that they can be corrected.",
            "The policy does not ask an audit for data errors.",
        ),
    ]
    errors_reported_to: Annotated[
        str,
        Says("Errors reported to", "Errors are reported to {}.", "Errors are corrected in the department."),
    ]
    explains_kept_over_days: Annotated[
        int | None,
        Says(
            "Data kept longer",
            "The audit explains whatever is kept longer than {:day}.",
            "The policy asks for no account of what is kept longer.",
        ),
        AtLeast(1),
    ]
    filed_by: Annotated[
        str,
        Says(
            "Filed by",
            "The {} files and keeps the memorandum.",
            "The policy does not say who files an audit.",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Records(RuleGroup):
    """How long the records about the data are kept, in years."""

    audit_years: Annotated[
        int, Says("Audit records", "Audit records are kept at least {:year}."), AtLeast(2, law.CITY_RECORDS)
    ]
    release_years: Annotated[
        int,
        Says("Release records", "Release requests are kept on file at least {:year}."),
        AtLeast(2, law.CITY_RECORDS),
    ]
    training_years: Annotated[
        int,
        Says("Training records", "Training records are kept at least {:year}."),
        AtLeast(3, law.TRAINING_RECORDS),
    ]
    access_years: Annotated[
        int, Says("Access records", "Access records are kept at least {:year}."), AtLeast(2, law.CITY_RECORDS)
    ]


@dataclass(frozen=True, kw_only=True)
class Release(RuleGroup):
    """Another agency's request for data (Civil Code 1798.90.55)."""

    recipients: Annotated[Recipients, Says("Who may be given data", "Data may be released to {}.")]
    written_request: Annotated[
        bool,
        Says(
            "In writing",
            "A request is made in writing.",
            "The policy does not ask that a request be in writing.",
        ),
    ]
    request_contents: Annotated[
        frozenset[RequestFact],
        Says("What a request says", "A request gives {}.", "The policy does not say what a request gives."),
    ]
    approver: Annotated[str, Says("Approval", "The {} decides on a request.")]
    approved_before_fulfilled: Annotated[
        bool,
        Says(
            "Approval first",
            "A request is reviewed and approved before it is fulfilled.",
            "The policy does not ask for approval first.",
        ),
    ]
    values_act_considered: Annotated[
        bool,
        Says(
            "Values Act",
            "The approver considers the California Values Act before a release.",
        ),
        Always(True, law.VALUES_ACT),
    ]
    kept_on_file: Annotated[
        bool,
        Says("Kept on file", "The approved request is kept on file."),
        Always(True, law.CITY_RECORDS),
    ]
    public_records_route: Annotated[
        str, Says("Everyone else", "Requests of others are processed as the {} provides.")
    ]


@dataclass(frozen=True, kw_only=True)
class Sharing(RuleGroup):
    """Standing arrangements, and what is never shared."""

    immigration_enforcement: Annotated[
        bool,
        Says(
            "Immigration enforcement",
            "Data is shared for immigration enforcement.",
            "Data is never shared for immigration enforcement.",
        ),
        Always(False, law.VALUES_ACT),
    ]
    barred_agencies: Annotated[
        tuple[str, ...],
        Says(
            "Agencies named",
            "The policy names as immigration agencies {}.",
            "The policy names no immigration agency; the law bars all.",
        ),
    ]
    public_agencies_only: Annotated[
        bool,
        Says("Public agencies only", "Data is shared with public agencies only."),
        Always(True, law.PUBLIC_AGENCIES),
    ]
    in_state_only: Annotated[
        bool,
        Says("California agencies only", "Data is not shared with out-of-state or federal bodies."),
        Always(True, law.IN_STATE),
    ]
    data_sold: Annotated[
        bool, Says("Sale", "Data is sold.", "Data is never sold."), Always(False, law.PUBLIC_AGENCIES)
    ]
    agreements_by: Annotated[
        str,
        Says(
            "Who may make agreements",
            "The {} may make agreements with other agencies.",
            "The policy speaks of no agreements with other agencies.",
        ),
    ]
    agreements_with: Annotated[
        tuple[str, ...],
        Says(
            "Standing agreements",
            "The department has an agreement with {}.",
            "The policy names no agreement.",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Posting(RuleGroup):
    """The public text of the policy (Civil Code 1798.90.51)."""

    conspicuous: Annotated[
        bool, Says("Posted", "The policy is posted conspicuously."), Always(True, law.POSTED_POLICY)
    ]
    where: Annotated[str, Says("Where", "The policy is posted on {}.")]
    names_administrator: Annotated[
        bool,
        Says(
            "Title and name",
            "The title and name of the person who oversees the system are kept up to date.",
            "The policy does not ask for the name of the person who oversees the system.",
        ),
    ]
    review_months: Annotated[
        int,
        Says("Review of the page", "The public page is reviewed every {:month}."),
        AtLeast(1),
        AtMost(3, law.PUBLIC_PAGE),
    ]


@dataclass(frozen=True, kw_only=True)
class Reporting(RuleGroup):
    """Figures that the policy asks for."""

    yearly_counts: Annotated[
        tuple[str, ...],
        Says("Counted each year", "Counted each year: {}.", "The policy asks for no yearly count."),
    ]
    council_every_months: Annotated[
        int | None,
        Says(
            "Report to council",
            "A report goes to the council every {:month}.",
            "The policy asks for no report to the council.",
        ),
        AtLeast(1),
    ]
