"""Vallejo's values, one by one, and every clause of its text."""

import pytest

from alpr.policy import RULES, ClauseKind, Ending, Policy, Rung, load_preset, preset_names

VALUES = {
    "people.administrator": "Investigations Bureau Captain",
    "people.custodian": "Custodian of Records",
    "people.equipment": "Department Information Technology Manager",
    "people.audits": "Professional Standards Division Lieutenant",
    "people.training": "Training Sergeant",
    "retention.detections_days": 365,
    "retention.detections_limit": "at_most",
    "retention.purge_duty": "should",
    "retention.hits_days": 365,
    "retention.images_on_server": True,
    "retention.pictures_days": None,
    "retention.hold_review_days": 90,
    "retention.kept_at": "the department's server",
    "retention.vendor_copy_days": 30,
    "retention.parking_reads_days": 30,
    "retention.parking_hits_days": 365,
    "retention.hold_grounds": {"evidence", "likely_evidence", "discovery", "lawful_demand"},
    "retention.booked_on_portable_media": True,
    "transfer.mode": "by_procedure",
    "transfer.max_days": None,
    "transfer.purge_vehicle_after": False,
    "equipment_check.each_shift": False,
    "audit.every_months": 12,
    "audit.each_calendar_year": True,
    "audit.first_years": 0,
    "audit.first_years_every_months": None,
    "audit.minimum_sample": 10,
    "audit.drawn_at_random": True,
    "audit.windows_months": (12, 6),
    "audit.checks": {"purpose", "use"},
    "audit.memorandum_to": "Chief of Police",
    "audit.reports_data_errors": True,
    "audit.errors_reported_to": "",
    "audit.explains_kept_over_days": None,
    "audit.filed_by": "Professional Standards Division",
    "training.before_any_use": True,
    "training.valid_days": 365,
    "training.topics": (),
    "training.follows": "",
    "training.renewed_on_change": False,
    "training.records_kept": True,
    "access.authorized": ("sworn officers", "crime analysts", "police assistants"),
    "access.need_and_right_to_know": False,
    "access.individual_credentials": True,
    "access.other_systems_authorized_apart": True,
    "ladder.before_stop": (Rung.SEEN, Rung.VALIDATED),
    "ladder.only_if_practicable": False,
    "ladder.status_from": {"dispatcher", "department_computer", "clets"},
    "ladder.compare": ("characters", "state", "vehicle"),
    "ladder.person_check_lists": {"specific"},
    "ladder.alert_permits_following": True,
    "ladder.exigent_may_skip": {Rung.VALIDATED},
    "ladder.exigent_review_hours": 24,
    "ladder.result_required": True,
    "ladder.tell_entering_member": True,
    "ladder.endings": tuple(Ending),
    "ladder.open_minutes": 60,
    "ladder.same_vehicle_minutes": 10,
    "hot_lists.designated_by": "ALPR Administrator",
    "hot_lists.sources": ("NCIC", "the California DMV", "local BOLOs"),
    "hot_lists.excluded_files": ("immigration violator",),
    "hot_lists.general_lists": ("SVS", "SFR", "SLR"),
    "hot_lists.general_refresh_hours": 24,
    "hot_lists.general_overwrites": True,
    "hot_lists.specific_first_approval": "ALPR Administrator",
    "hot_lists.specific_update_approval": "member's immediate supervisor",
    "hot_lists.hot_plate_requires": {"member", "case_number", "synopsis"},
    "hot_lists.documented_in_report": True,
    "hot_lists.longest_expiry_days": 30,
    "hot_lists.partial_plates": True,
    "hot_lists.vehicle_descriptions": True,
    "hot_lists.fewest_known_characters": 3,
    "hot_lists.most_matches_a_day": 25,
    "hot_lists.look_back_days": 30,
    "search.purpose": "either",
    "search.articulable_suspicion": False,
    "search.logged": {"user", "organization", "elements", "date", "time", "purpose"},
    "search.recorded_as_criminal_history": False,
    "search.broad_cameras": 10,
    "search.broad_hours": 24,
    "search.broad_below_characters": 3,
    "release.recipients": "law_enforcement_and_prosecutors",
    "release.written_request": True,
    "release.request_contents": {"agency", "person", "purpose"},
    "release.approver": "Chief of Police",
    "release.approved_before_fulfilled": True,
    "release.values_act_considered": True,
    "release.kept_on_file": True,
    "release.public_records_route": "Records Maintenance and Release Policy",
    "sharing.immigration_enforcement": False,
    "sharing.barred_agencies": (
        "U.S. Immigration and Customs Enforcement (ICE)",
        "U.S. Customs and Border Protection (CBP)",
    ),
    "sharing.public_agencies_only": True,
    "sharing.in_state_only": True,
    "sharing.data_sold": False,
    "sharing.agreements_by": "",
    "sharing.agreements_with": (),
    "uses.allowed": (
        "identifying stolen or wanted vehicles, stolen license plates and missing persons",
        "active warrants",
        "homeland security",
        "electronic surveillance",
        "suspect interdiction",
        "recovery of stolen property",
    ),
    "uses.forbidden": (
        "invasion of privacy",
        "harassment or intimidation",
        "use solely because of a protected characteristic",
        "personal use",
        "infringing First Amendment rights",
    ),
    "uses.looks_for_swapped_plates": False,
    "posting.conspicuous": True,
    "posting.where": "the department's website",
    "posting.names_administrator": True,
    "posting.review_months": 3,
    "safeguards.clets_security": True,
    "safeguards.breach_policy": "Records Release and Maintenance Policy",
    "reporting.yearly_counts": (),
    "reporting.council_every_months": None,
    "records.audit_years": 2,
    "records.release_years": 2,
    "records.training_years": 3,
    "records.access_years": 2,
    "sessions.idle_lock_minutes": 30,
    "sessions.idle_lock_spares_vehicles_and_dispatch": False,
    "sessions.lock_after_failures": 5,
    "sessions.failures_within_minutes": 15,
    "sessions.reauthenticate_hours": 12,
    "sessions.inactive_days": 90,
    "sessions.review_months": 12,
}

CLAUSES = """
426.1
426.2(a) 426.2(b) 426.2(c) 426.2(d) 426.2(e) 426.2(f) 426.2(g)
426.3,_par._1 426.3,_par._2
426.3.1 426.3.1(a) 426.3.1(b) 426.3.1(c) 426.3.1(d) 426.3.1(e) 426.3.1(f)
426.4_Operations 426.4(a) 426.4(b) 426.4(c) 426.4(d) 426.4(e)
426.4(f) 426.4(f)(1) 426.4(f)(2) 426.4(f)(3) 426.4(f)(4) 426.4(f)(5) 426.4(f)(5),_hot_plates
426.4(g) 426.4(h)
426.4_Uses 426.4_Uses_(1) 426.4_Uses_(2) 426.4_Uses_(3) 426.4_Uses_(4) 426.4_Uses_(5) 426.4_Uses,_sanctions
426.4_Retention,_par._1 426.4_Retention,_par._2 426.4_Retention,_par._3 426.4_Retention,_par._4
426.5 426.5(a) 426.5(b) 426.5(c) 426.5(d) 426.5(e) 426.5,_breaches
426.6,_par._1 426.6,_par._2 426.6,_par._3
462.7,_par._1 462.7,_par._2 462.7,_par._3
426.8 426.8(a) 426.8(a)(1) 426.8(a)(2) 426.8(a)(3) 426.8(b) 426.8(c) 426.8(d)
426.9
"""

CLAUSE_OF = {
    "people.administrator": "426.2(c)",
    "retention.detections_days": "426.4 Retention, par. 2",
    "retention.vendor_copy_days": "426.4 Retention, par. 3",
    "audit.windows_months": "462.7, par. 2",
    "audit.memorandum_to": "462.7, par. 3",
    "training.before_any_use": "426.4(d)",
    "access.authorized": "426.3.1(a)",
    "ladder.compare": "426.4(f)(2)",
    "ladder.exigent_may_skip": "426.4(f)(1)",
    "ladder.result_required": "426.4(f)(3)",
    "ladder.endings": "426.4(f)(3)",
    "ladder.open_minutes": "426.4(f)(3)",
    "ladder.same_vehicle_minutes": "",
    "hot_lists.look_back_days": "426.4(b)",
    "hot_lists.general_refresh_hours": "426.4(f)(4)",
    "hot_lists.specific_first_approval": "426.4(f)(5)",
    "hot_lists.hot_plate_requires": "426.4(f)(5), hot plates",
    "search.purpose": "426.5(e)",
    "release.approver": "426.8(b)",
    "sharing.immigration_enforcement": "426.6, par. 3",
    "posting.conspicuous": "426.3.1(f)",
}


def test_vallejo_is_a_preset() -> None:
    assert "vallejo" in preset_names()
    assert load_preset("vallejo").label == "Vallejo Policy 426"


@pytest.mark.parametrize("rule", VALUES)
def test_value(vallejo: Policy, rule: str) -> None:
    assert vallejo.value(rule) == VALUES[rule]


def test_no_rule_is_left_out_above() -> None:
    assert set(VALUES) == set(RULES)


@pytest.mark.parametrize("rule", CLAUSE_OF)
def test_clause_of_a_rule(vallejo: Policy, rule: str) -> None:
    assert vallejo.clause(rule).number == CLAUSE_OF[rule]


def test_every_clause_of_the_text_is_there_in_its_order(vallejo: Policy) -> None:
    assert [clause.number.replace(" ", "_") for clause in vallejo.clauses] == CLAUSES.split()


def test_a_clause_that_is_enforced_has_a_rule_that_enforces_it(vallejo: Policy) -> None:
    enforced = [clause.number for clause in vallejo.clauses if clause.kind is ClauseKind.ENFORCED]
    assert [number for number in enforced if not vallejo.rules_under(number)] == []


def test_human_duties_name_who_owes_them(vallejo: Policy) -> None:
    owners = {clause.number: clause.owner for clause in vallejo.clauses if clause.owner}
    assert owners["426.9"] == "Training Sergeant"
    assert owners["426.3, par. 2"] == "Department Information Technology Manager"
    assert owners["462.7, par. 1"] == "Professional Standards Division Lieutenant"


def test_a_rule_on_which_the_text_is_silent_gives_its_reason(vallejo: Policy) -> None:
    clause = vallejo.clause("hot_lists.longest_expiry_days")
    assert clause.number == ""
    assert clause.source == "Default"
    assert "sets no expiry" in clause.default_reason
    assert clause.summary == "A hot plate expires after at most 30 days unless it is renewed."


def test_a_rule_that_rests_on_the_fbi_policy_alone_cites_it(vallejo: Policy) -> None:
    assert vallejo.clause("sessions.inactive_days").source == "CJIS Security Policy 5.9.5, AC-2"
    assert vallejo.clauses_of("sessions.inactive_days") == ()


def test_a_rule_may_rest_on_several_clauses(vallejo: Policy) -> None:
    numbers = [clause.number for clause in vallejo.clauses_of("training.before_any_use")]
    assert numbers == ["426.4(d)", "426.4(g)", "426.3.1(b)"]
    assert vallejo.rules_under("426.4(g)") == ("training.before_any_use",)


@pytest.mark.parametrize(
    "words",
    [
        "Two windows",
        "if practicable",
        "462.5(e)",
        "Two sections bear",
        "training requirement is printed twice",
        "CPB",
    ],
)
def test_oddities_are_shown(vallejo: Policy, words: str) -> None:
    assert [oddity for oddity in vallejo.oddities if words in oddity.says and oddity.run]
