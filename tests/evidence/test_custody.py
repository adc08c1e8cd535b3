"""From the archive into the evidence room and on: downloaded, booked, handed on, removed with its hold."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import AdoptedPolicy, Member
from alpr.policy import load_preset
from detections.evidence import sweeping
from detections.evidence.building import build
from detections.evidence.services import (
    PackageChanged,
    evidence_ask,
    evidence_book,
    evidence_decide,
    evidence_hand_on,
    evidence_take,
)
from detections.holds import hold_release_ask, hold_release_decide
from detections.models import CustodyStep, EvidencePackage, Hold
from tests.evidence.conftest import BOOKED, FOR, kept_at
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused

State = EvidencePackage.State
END = "The district attorney closed this case."
HEARING = "The deputy district attorney takes it to the hearing."


def end(hold: Hold, custodian: Member, administrator: Member) -> None:
    """Release a hold."""
    asked = hold_release_ask(actor=custodian, hold=hold, why=END)
    hold_release_decide(actor=administrator, hold=asked, approve=True)


def again(package: EvidencePackage) -> EvidencePackage:
    """The package as it stands now."""
    return EvidencePackage.objects.get(pk=package.pk)


def meddle(places: Path) -> None:
    """Change one byte of the archive that is kept."""
    (archive,) = kept_at(places)
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    archive.write_bytes(bytes(data))


# Downloads


@pytest.mark.parametrize("who", ["operator", "administrator", "outsider"])
def test_only_custodians_of_the_agency_take_a_package(
    who: str, built: EvidencePackage, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(Refused):
        evidence_take(actor=request.getfixturevalue(who), package=built)
    assert not Event.objects.filter(verb=Verb.EVIDENCE_TAKEN).exists()


def test_nothing_is_taken_before_it_is_built(approved: EvidencePackage, custodian: Member) -> None:
    with pytest.raises(MoveRefused):
        evidence_take(actor=custodian, package=approved)


def test_a_download_is_the_archive_and_on_the_trail(
    built: EvidencePackage, custodian: Member, places: Path
) -> None:
    with evidence_take(actor=custodian, package=built) as file:
        assert file.read() == kept_at(places)[0].read_bytes()
    event = Event.objects.get(verb=Verb.EVIDENCE_TAKEN)
    assert (event.actor, event.purpose) == (custodian, "case 26-11873")
    assert event.elements == {"sha256": built.sha256, "size": built.size}


def test_an_archive_that_was_changed_or_is_gone_is_not_handed_out(
    built: EvidencePackage, custodian: Member, places: Path
) -> None:
    meddle(places)
    with pytest.raises(PackageChanged, match="its hash is another"):
        evidence_take(actor=custodian, package=built)
    with pytest.raises(PackageChanged):
        evidence_book(actor=custodian, package=built, **BOOKED)
    kept_at(places)[0].unlink()
    with pytest.raises(PackageChanged, match="not where it was kept"):
        evidence_take(actor=custodian, package=built)
    assert not Event.objects.filter(verb=Verb.EVIDENCE_TAKEN).exists()
    assert again(built).state == State.BUILT


# Booking


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"property_number": ""}, "property_number"),
        ({"property_number": "evidence"}, "property_number"),
        ({"property_number": "P-1\n2" + "0" * 50}, "property_number"),
        ({"received_by": " "}, "received_by"),
        ({"received_by": "x" * 121}, "received_by"),
        ({"medium": " "}, "medium"),
    ],
)
def test_booking_names_number_custodian_and_medium(
    facts: dict[str, str], field: str, built: EvidencePackage, custodian: Member
) -> None:
    with pytest.raises(ValidationError) as refused:
        evidence_book(actor=custodian, package=built, **{**BOOKED, **facts})
    assert set(refused.value.message_dict) == {field}
    assert (again(built).state, CustodyStep.objects.count()) == (State.BUILT, 0)


@pytest.mark.parametrize("who", ["operator", "administrator", "outsider"])
def test_only_custodians_book(who: str, built: EvidencePackage, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        evidence_book(actor=request.getfixturevalue(who), package=built, **BOOKED)


def test_booking_begins_the_chain_of_custody(built: EvidencePackage, custodian: Member) -> None:
    booked = evidence_book(actor=custodian, package=built, **BOOKED)
    assert (booked.state, booked.property_number) == (State.BOOKED, "P-26-0412")
    (step,) = booked.custody.all()
    assert (step.released_by, step.received_by) == ("Custodian 1210", "Evidence technician R. Marsh")
    assert step.reason == "Booked into evidence on USB drive, serial 0412, property number P-26-0412"
    assert step.sha256 == built.sha256
    with pytest.raises(MoveRefused):
        evidence_book(actor=custodian, package=built, **BOOKED)


def test_without_the_rule_no_medium_is_asked_for(built: EvidencePackage, custodian: Member) -> None:
    policy = load_preset("vallejo").with_values({"retention.booked_on_portable_media": False})
    AdoptedPolicy.objects.update(rules=policy.to_dict())
    evidence_book(actor=custodian, package=again(built), **{**BOOKED, "medium": ""})
    assert CustodyStep.objects.get().reason == "Booked into evidence, property number P-26-0412"


# The chain


def test_the_chain_has_no_gap_and_says_the_hash_of_each_step(
    booked: EvidencePackage, custodian: Member, places: Path
) -> None:
    taken = evidence_hand_on(
        actor=custodian, package=booked, received_by="Deputy DA L. Ortiz", reason=HEARING,
        sha256=booked.sha256.upper(),
    )  # fmt: skip
    assert (taken.released_by, taken.sha256) == ("Evidence technician R. Marsh", booked.sha256)
    back = evidence_hand_on(
        actor=custodian, package=booked, received_by="Evidence technician R. Marsh", sha256="0" * 64,
        reason="It comes back from the hearing unsealed.",
    )  # fmt: skip
    assert (back.released_by, back.sha256) == ("Deputy DA L. Ortiz", "0" * 64)
    events = Event.objects.filter(verb=Verb.EVIDENCE_HANDED_ON).order_by("pk")
    assert [event.elements["as_built"] for event in events] == [True, False]
    assert evidence_hand_on(
        actor=custodian, package=booked, received_by="Sergeant 3017", reason=HEARING
    ).sha256 == booked.sha256  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"received_by": ""}, "received_by"), ({"reason": "court"}, "reason"), ({"sha256": "abc"}, "sha256")],
)
def test_a_step_says_who_takes_it_and_why(
    facts: dict[str, str], field: str, booked: EvidencePackage, custodian: Member
) -> None:
    said: dict[str, Any] = {"received_by": "Deputy DA L. Ortiz", "reason": HEARING, **facts}
    with pytest.raises(ValidationError) as refused:
        evidence_hand_on(actor=custodian, package=booked, **said)
    assert set(refused.value.message_dict) == {field}
    assert booked.custody.count() == 1


def test_nothing_is_handed_on_before_it_is_booked(built: EvidencePackage, custodian: Member) -> None:
    with pytest.raises(MoveRefused):
        evidence_hand_on(actor=custodian, package=built, received_by="Deputy DA", reason=HEARING)


def test_an_archive_changed_here_shows_in_the_chain(
    booked: EvidencePackage, custodian: Member, places: Path
) -> None:
    meddle(places)
    step = evidence_hand_on(actor=custodian, package=booked, received_by="Deputy DA", reason=HEARING)
    assert step.sha256 != booked.sha256


# With its hold


def test_the_copy_goes_with_the_hold_and_the_record_stays(
    booked: EvidencePackage, custodian: Member, administrator: Member, places: Path
) -> None:
    assert sweeping.sweep() == 0
    assert len(kept_at(places)) == 1
    end(booked.hold, custodian, administrator)
    assert (sweeping.sweep(), sweeping.sweep()) == (1, 0)
    assert kept_at(places) == []
    package = again(booked)
    assert (package.state, package.file, package.sha256) == (State.BOOKED, "", booked.sha256)
    event = Event.objects.get(verb=Verb.PURGED, content_type__model="evidencepackage")
    assert event.elements == {"sha256": booked.sha256, "size": booked.size}
    with pytest.raises(PackageChanged, match="No copy is kept"):
        evidence_take(actor=custodian, package=package)
    with pytest.raises(ValidationError, match="No copy is kept"):
        evidence_hand_on(actor=custodian, package=package, received_by="Deputy DA", reason=HEARING)
    evidence_hand_on(
        actor=custodian, package=package, received_by="Deputy DA", reason=HEARING, sha256=booked.sha256
    )


def test_one_that_was_never_booked_goes_with_the_hold_too(
    built: EvidencePackage, custodian: Member, administrator: Member, places: Path
) -> None:
    end(built.hold, custodian, administrator)
    assert sweeping.sweep() == 1
    assert kept_at(places) == []
    with pytest.raises(PackageChanged):
        evidence_book(actor=custodian, package=built, **BOOKED)


def test_what_broken_off_builds_left_is_swept_and_nothing_else(built: EvidencePackage, places: Path) -> None:
    name = built.file.rpartition("/")[2]
    stray = places / "packages" / built.file.replace("-1.zip", "-7.zip")
    stray.write_bytes(b"left")
    left = places / "building" / f"evidence-{built.pk}"
    left.mkdir(parents=True)
    (left / "package.zip").write_bytes(b"left")
    sweeping.sweep()
    assert [path.name for path in kept_at(places)] == [name]
    assert not left.exists()


def test_what_is_being_built_is_not_swept(approved: EvidencePackage, places: Path) -> None:
    work = places / "building" / f"evidence-{approved.pk}"
    work.mkdir(parents=True)
    stored = places / "packages" / f"{approved.agency_id}" / f"evidence-{approved.pk}-1.zip"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"nearly done")
    sweeping.sweep()
    assert work.exists()
    assert stored.exists()


def test_another_package_of_the_same_hold_may_follow(
    booked: EvidencePackage, custodian: Member, administrator: Member, places: Path
) -> None:
    second = evidence_ask(actor=custodian, hold=booked.hold, reason=FOR)
    evidence_decide(actor=administrator, package=second, approve=True)
    EvidencePackage.objects.filter(pk=second.pk).update(decided_at=timezone.now() + timedelta(seconds=1))
    assert build(second.pk)
    assert len(kept_at(places)) == 2
