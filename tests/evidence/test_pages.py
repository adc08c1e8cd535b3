"""The pages of evidence packages: who may open them, what they say, and that every download is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.roles import Role
from alpr.waiting import ask as waiting_of
from alpr.waiting import what_waits
from detections.evidence.building import build
from detections.models import EvidencePackage, Hold, SigningKey
from tests.cast import enroll
from tests.evidence.conftest import BOOKED, FOR, PLATE, kept_at
from tests.search.conftest import SignIn
from trail.models import Event
from trail.verbs import Outcome, Verb

State = EvidencePackage.State


def body(answer: Any) -> str:
    """What the page says, on one line."""
    return " ".join(answer.content.decode().split())


def addresses(package: EvidencePackage) -> list[str]:
    """Every address of one package for custodians."""
    names = ("evidence_package", "evidence_file", "evidence_chain")
    moves = [reverse("evidence_move", args=[package.pk, move]) for move in ("retry", "book", "hand-on")]
    return [
        reverse("evidence"), reverse("evidence_ask", args=[package.hold_id]), *moves,
        *(reverse(name, args=[package.pk]) for name in names),
    ]  # fmt: skip


# Refusals


def test_who_is_no_custodian_opens_nothing(
    booked: EvidencePackage, operator: Member, sign_in: SignIn
) -> None:
    client = sign_in(operator)
    every = [*addresses(booked), reverse("evidence_decide", args=[booked.pk])]
    for address in every:
        assert client.get(address).status_code == 403, address
        assert client.post(address, {"reason": FOR, "decision": "approve"}).status_code == 403
    assert Event.objects.filter(verb=Verb.ATTEMPTED, outcome=Outcome.REFUSED).count() == 2 * len(every)
    assert EvidencePackage.objects.count() == 1


def test_another_agencys_custodian_finds_no_such_package(
    booked: EvidencePackage, outsider: Member, sign_in: SignIn
) -> None:
    agency: Agency = outsider.agency
    theirs = enroll(agency, Role.CUSTODIAN, "7009", approver=agency.members.get(badge__endswith="-02"))
    client = sign_in(theirs)
    for address in [*addresses(booked)[1:], reverse("evidence_decide", args=[booked.pk])]:
        assert client.get(address).status_code == 404, address
    assert "26-11873" not in body(client.get(reverse("evidence")))


def test_who_asked_is_told_that_another_person_decides(
    asked: EvidencePackage, custodian: Member, sign_in: SignIn
) -> None:
    client, address = sign_in(custodian), reverse("evidence_decide", args=[asked.pk])
    assert "another person decides" in body(client.get(address))
    refused = client.post(address, {"decision": "approve"})
    assert refused.status_code == 422
    assert "You asked for this package yourself" in body(refused)
    assert Event.objects.filter(verb=Verb.ATTEMPTED, actor=custodian, outcome=Outcome.REFUSED).exists()
    asked.refresh_from_db()
    assert asked.state == State.ASKED


def test_what_is_missing_is_said_field_by_field(
    built: EvidencePackage, custodian: Member, sign_in: SignIn
) -> None:
    client = sign_in(custodian)
    address = reverse("evidence_move", args=[built.pk, "book"])
    refused = client.post(address, {"property_number": "P-1"})
    assert refused.status_code == 422
    assert {"received_by", "medium"} <= set(refused.context["forms"]["book"].errors)
    assert client.post(reverse("evidence_move", args=[built.pk, "hand-on"]), {}).status_code == 422
    assert client.post(reverse("evidence_move", args=[built.pk, "eat"]), {}).status_code == 404
    assert client.get(reverse("evidence_chain", args=[built.pk])).status_code == 404


def test_a_changed_archive_is_not_handed_out_and_the_failure_is_recorded(
    built: EvidencePackage, custodian: Member, sign_in: SignIn, places: Path
) -> None:
    (archive,) = kept_at(places)
    archive.write_bytes(archive.read_bytes() + b" ")
    answer = sign_in(custodian).get(reverse("evidence_file", args=[built.pk]))
    assert answer.status_code == 409
    assert "its hash is another" in body(answer)
    event = Event.objects.get(verb=Verb.EVIDENCE_TAKEN)
    assert (event.outcome, event.actor) == (Outcome.FAILED, custodian)


# The way of a package


def test_from_the_hold_to_the_chain(
    hold: Hold, custodian: Member, administrator: Member, sign_in: SignIn, places: Path
) -> None:
    client, approver = sign_in(custodian), sign_in(administrator)
    assert reverse("evidence_ask", args=[hold.pk]) in body(client.get(reverse("hold", args=[hold.pk])))
    asking = reverse("evidence_ask", args=[hold.pk])
    assert "3 detections" in body(client.get(asking))
    assert client.post(asking, {"reason": "evidence"}).status_code == 422
    assert client.post(asking, {"reason": FOR}).status_code == 302
    package = EvidencePackage.objects.get()
    page = reverse("evidence_package", args=[package.pk])
    assert "Another person decides" in body(client.get(page))
    deciding = reverse("evidence_decide", args=[package.pk])
    assert FOR in body(approver.get(deciding))
    assert approver.post(deciding, {"decision": "approve", "note": ""}).status_code == 302
    assert "It is being built" in body(client.get(page))
    assert client.get(reverse("evidence_file", args=[package.pk])).status_code == 404
    assert build(package.pk)
    assert "waits to be booked" in body(client.get(page))
    answer = client.get(reverse("evidence_file", args=[package.pk]))
    (archive,) = kept_at(places)
    with pytest.warns(Warning, match="asynchronous iterators"):
        assert b"".join(answer) == archive.read_bytes()
    assert answer["Content-Disposition"] == f'attachment; filename="evidence-{package.pk}.zip"'
    assert answer["Content-Length"] == str(archive.stat().st_size)
    assert "no-store" in answer["Cache-Control"]
    assert Event.objects.filter(verb=Verb.EVIDENCE_TAKEN, actor=custodian).count() == 1
    assert client.post(reverse("evidence_move", args=[package.pk, "book"]), BOOKED).status_code == 302
    handing = {"received_by": "Deputy DA L. Ortiz", "reason": FOR, "sha256": "0" * 64}
    after = client.post(reverse("evidence_move", args=[package.pk, "hand-on"]), handing, follow=True)
    assert "is not that of the package" in body(after)
    chain = body(client.get(reverse("evidence_chain", args=[package.pk])))
    assert "P-26-0412" in chain
    assert "Deputy DA L. Ortiz" in chain
    assert "Another" in chain


def test_no_page_shows_or_names_a_plate(
    booked: EvidencePackage, custodian: Member, administrator: Member, sign_in: SignIn
) -> None:
    client = sign_in(custodian)
    pages = [address for address in addresses(booked) if "/file/" not in address]
    for address in pages:
        assert PLATE not in client.get(address).content.decode(), address
    decide = sign_in(administrator).get(reverse("evidence_decide", args=[booked.pk]))
    assert PLATE not in decide.content.decode()


def test_one_that_failed_says_why_and_is_built_again(
    approved: EvidencePackage, custodian: Member, sign_in: SignIn
) -> None:
    why = "The disk is full."
    EvidencePackage.objects.filter(pk=approved.pk).update(state=State.FAILED, error=why)
    client = sign_in(custodian)
    assert why in body(client.get(reverse("evidence_package", args=[approved.pk])))
    assert client.post(reverse("evidence_move", args=[approved.pk, "retry"])).status_code == 302
    assert build(approved.pk)


# What waits, and administration


def test_what_waits_is_said_to_whom_it_waits_for(
    asked: EvidencePackage, custodian: Member, administrator: Member, operator: Member
) -> None:
    def turns(member: Member) -> dict[str, str]:
        waits = what_waits(waiting_of(member))
        return {wait.what: wait.turn for wait in waits if "evidence package" in wait.what}

    decide = f"Decide on evidence package {asked.pk}"
    assert turns(administrator) == {decide: "You"}
    assert turns(custodian) == {decide: "Another person"}
    assert turns(operator) == {}
    rows = EvidencePackage.objects.filter(pk=asked.pk)
    decided = {"decided_by": administrator, "decided_at": timezone.now()}
    rows.update(state=State.FAILED, **decided)
    assert turns(custodian) == {f"See why evidence package {asked.pk} could not be built": "You"}
    rows.update(state=State.BUILT, built_at=timezone.now(), file="1/evidence.zip")
    assert turns(custodian) == {f"Book evidence package {asked.pk}": "You"}
    rows.update(state=State.BOOKED, property_number="P-1")
    assert turns(custodian) == {}


def test_administration_shows_packages_and_retires_keys(
    booked: EvidencePackage, custodian: Member, administrator: Member, sign_in: SignIn
) -> None:
    page = f"/admin/detections/evidencepackage/{booked.pk}/change/"
    assert "Evidence technician R. Marsh" in body(sign_in(custodian).get(page))
    key = SigningKey.objects.get()
    client = sign_in(administrator)
    assert client.get(page).status_code == 403
    assert key.public_key in body(client.get(f"/admin/detections/signingkey/{key.pk}/change/"))
    assert client.post(f"/admin/detections/signingkey/{key.pk}/act/retire/").status_code == 302
    key.refresh_from_db()
    assert key.retired_at is not None
