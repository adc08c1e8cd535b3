"""Every row in which the departments' policies differ is a typed rule."""

import pytest

from alpr.policy import RULES, Policy

ROWS = {
    "detections kept": [
        "retention.detections_days",
        "retention.detections_limit",
        "retention.purge_duty",
        "retention.images_on_server",
        "retention.pictures_days",
        "retention.kept_at",
        "retention.vendor_copy_days",
        "retention.parking_reads_days",
    ],
    "hits kept": ["retention.hits_days", "retention.parking_hits_days"],
    "hold": [
        "retention.hold_grounds",
        "retention.hold_review_days",
        "retention.booked_on_portable_media",
        "audit.explains_kept_over_days",
    ],
    "transfer from vehicles": ["transfer.mode", "transfer.max_days", "transfer.purge_vehicle_after"],
    "equipment check": ["equipment_check.each_shift"],
    "audit": [
        "audit.every_months",
        "audit.each_calendar_year",
        "audit.first_years",
        "audit.first_years_every_months",
        "audit.minimum_sample",
        "audit.drawn_at_random",
        "audit.windows_months",
        "audit.checks",
        "audit.memorandum_to",
        "audit.reports_data_errors",
        "audit.errors_reported_to",
        "audit.filed_by",
        "reporting.council_every_months",
    ],
    "training": ["training.before_any_use", "training.topics", "training.follows"],
    "training renewed": ["training.valid_days", "training.renewed_on_change", "training.records_kept"],
    "who may use it": ["access.authorized", "access.need_and_right_to_know"],
    "administrator": [
        "people.administrator",
        "people.custodian",
        "people.equipment",
        "people.audits",
        "people.training",
    ],
    "before a stop": [
        "ladder.before_stop",
        "ladder.only_if_practicable",
        "ladder.status_from",
        "ladder.compare",
        "ladder.person_check_lists",
        "ladder.alert_permits_following",
    ],
    "exigent exception": ["ladder.exigent_may_skip", "ladder.exigent_review_hours"],
    "after a stop": ["ladder.result_required", "ladder.tell_entering_member", "ladder.endings"],
    "hot lists": [
        "hot_lists.designated_by",
        "hot_lists.sources",
        "hot_lists.excluded_files",
        "hot_lists.general_lists",
        "hot_lists.general_refresh_hours",
        "hot_lists.general_overwrites",
        "hot_lists.specific_first_approval",
        "hot_lists.specific_update_approval",
        "hot_lists.hot_plate_requires",
        "hot_lists.documented_in_report",
        "hot_lists.longest_expiry_days",
        "hot_lists.partial_plates",
        "hot_lists.vehicle_descriptions",
    ],
    "search": [
        "search.purpose",
        "search.articulable_suspicion",
        "search.logged",
        "search.recorded_as_criminal_history",
        "search.broad_cameras",
        "search.broad_hours",
        "search.broad_below_characters",
        "access.individual_credentials",
    ],
    "release": [
        "release.recipients",
        "release.written_request",
        "release.request_contents",
        "release.approver",
        "release.approved_before_fulfilled",
        "release.kept_on_file",
        "release.public_records_route",
        "sharing.public_agencies_only",
        "sharing.in_state_only",
        "sharing.data_sold",
    ],
    "immigration bar": [
        "sharing.immigration_enforcement",
        "sharing.barred_agencies",
        "release.values_act_considered",
    ],
    "agreements": ["sharing.agreements_by", "sharing.agreements_with"],
    "uses forbidden": ["uses.forbidden"],
    "uses allowed": ["uses.allowed"],
    "CLETS or other systems' data": ["access.other_systems_authorized_apart"],
    "posted policy": [
        "posting.conspicuous",
        "posting.where",
        "posting.names_administrator",
        "posting.review_months",
    ],
    "other": [
        "reporting.yearly_counts",
        "uses.looks_for_swapped_plates",
        "safeguards.clets_security",
        "safeguards.breach_policy",
    ],
}

FROM_THE_LAW_ALONE = {"records", "sessions"}
# No department's text speaks of these; each preset says which default it takes, and why.
FROM_NO_TEXT = {
    "ladder.open_minutes",
    "ladder.same_vehicle_minutes",
    "hot_lists.fewest_known_characters",
    "hot_lists.most_matches_a_day",
    "hot_lists.look_back_days",
}


@pytest.mark.parametrize("row", ROWS)
def test_row_has_its_rules(row: str) -> None:
    assert ROWS[row]
    assert [rule for rule in ROWS[row] if rule not in RULES] == []


def test_every_rule_has_its_row() -> None:
    in_rows = {rule for row in ROWS.values() for rule in row}
    assert not in_rows & FROM_NO_TEXT
    rest = {rule.group for key, rule in RULES.items() if key not in in_rows | FROM_NO_TEXT}
    assert rest == FROM_THE_LAW_ALONE


@pytest.mark.parametrize("rule", sorted(FROM_NO_TEXT | {"ladder.endings"}))
def test_a_rule_of_no_text_is_a_default_with_its_reason(vallejo: Policy, rule: str) -> None:
    newer = RULES[rule].newer
    assert newer is not None
    assert newer.reason.endswith(".")
    assert vallejo.citation(rule).default_reason.endswith(".")


def test_a_version_adopted_before_a_rule_is_read_with_the_default_of_the_rule(vallejo: Policy) -> None:
    stored = vallejo.to_dict()
    del stored["ladder"]["open_minutes"], stored["ladder"]["endings"]
    del stored["hot_lists"]["look_back_days"]
    read = Policy.from_dict(stored)
    assert (read.ladder.open_minutes, read.hot_lists.look_back_days) == (60, None)
    assert len(read.ladder.endings) == 10
    assert read.clause("ladder.open_minutes").default_reason.startswith("The text sets no limit")
