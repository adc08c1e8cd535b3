"""Where detections go takes two people, an agreement in force, and an address that hides them on the way."""

from __future__ import annotations

import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Agreement, Member
from alpr import waiting
from detections.forwarding import line, secret, sending, services, sources
from detections.models import Forwarding, ForwardRefused, ForwardSource
from tests.forwarding.conftest import Feed, Forward
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused

ADDRESS = "https://centre.example.gov"


@pytest.mark.parametrize(
    "address",
    [
        "", "centre.example.gov", "ftp://centre.example.gov", "http://centre.example.gov", "https://", "https://a:b@c",
        "https://c.gov/?key=1", "https://c.gov/#x", "http://localhost.example.gov", "https://c.gov:0",
        "https://c.gov:99999", "https://[", "https://c gov\n", "https://é.gov", "https://" + "c" * 200,
    ],
)  # fmt: skip
def test_an_address_where_keys_go_in_the_clear_or_nowhere_is_refused(address: str) -> None:
    """Only https, or http to this computer."""
    with pytest.raises(ValidationError):
        line.check(address)
    assert line.check("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    assert line.check(" https://centre.example.gov/records/ ") == "https://centre.example.gov/records"


def test_it_takes_two_people_and_a_key(
    agreement: Agreement, administrator: Member, second_chief: Member, operator: Member, evidence: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    """Who proposes does not approve, in the database as well; nobody without the permission does either."""
    with pytest.raises(Refused):
        services.forwarding_propose(actor=operator, agreement=agreement, address=ADDRESS)
    proposed = services.forwarding_propose(actor=administrator, agreement=agreement, address=ADDRESS)
    with pytest.raises(Refused) as refused:
        services.forwarding_approve(actor=administrator, forwarding=proposed)
    assert refused.value.kind == "two people"
    with pytest.raises(IntegrityError), transaction.atomic():
        Forwarding.objects.filter(pk=proposed.pk).update(approved_by=administrator)
    with pytest.raises(ValidationError, match="key is not entered"):
        services.forwarding_approve(actor=second_chief, forwarding=proposed)
    with pytest.raises(ValidationError):
        services.forwarding_key(actor=administrator, forwarding=proposed, secret_of_centre="a\nb")
    services.forwarding_key(actor=administrator, forwarding=proposed, secret_of_centre="s3cret-of-centre")
    file = evidence.parent / "data" / "forwarding" / f"{proposed.pk}.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    approved = services.forwarding_approve(actor=second_chief, forwarding=proposed)
    assert approved.state == "active"
    with pytest.raises(MoveRefused):
        services.forwarding_approve(actor=second_chief, forwarding=proposed)
    with pytest.raises(ValidationError):
        services.forwarding_propose(actor=administrator, agreement=agreement, address=ADDRESS)
    file.chmod(0o644)
    with pytest.raises(secret.NoSecret, match="Others may read"):
        secret.of(approved)
    with django_capture_on_commit_callbacks(execute=True):
        services.forwarding_end(actor=administrator, forwarding=approved, why="Done.")
    assert not file.exists()
    said = "".join(f"{event.elements}{event.detail}{event.changes}" for event in Event.objects.all())
    assert "s3cret" not in said
    assert ADDRESS in said


def test_an_agreement_must_let_detections_be_forwarded(
    agreement: Agreement, administrator: Member, outsider: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one that is proposed only, over, of another agency, or for searching alone."""
    today = timezone.localdate()
    changes: list[dict[str, Any]] = [
        {"approved_by": None}, {"partner": outsider.agency},
        {"lets_forward": False, "lets_search": True, "partner": outsider.agency},
        {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=1)},
    ]  # fmt: skip
    for change in changes:
        with transaction.atomic():
            Agreement.objects.filter(pk=agreement.pk).update(**change)
            with pytest.raises(ValidationError):
                services.forwarding_propose(actor=administrator, agreement=agreement, address=ADDRESS)
            assert services.agreements(agreement.agency) == []
            transaction.set_rollback(True)
    with pytest.raises(ValidationError):
        services.forwarding_propose(
            actor=administrator, agreement=agreement, address=ADDRESS, earlier_since=date(2001, 1, 1)
        )
    assert services.agreements(agreement.agency) == [agreement]
    proposed = services.forwarding_propose(actor=administrator, agreement=agreement, address=ADDRESS)
    monkeypatch.setenv(f"ALPR_FORWARDING_KEY_{proposed.pk}", "by-environment")
    assert secret.of(proposed) == "by-environment"
    with pytest.raises(ValidationError, match="environment"):
        services.forwarding_key(actor=administrator, forwarding=proposed, secret_of_centre="other")


def test_what_waits_reaches_the_administrator(
    forward: Forward, feed: Feed, administrator: Member, second_chief: Member, operator: Member
) -> None:
    """The second person, a centre that cannot be served, refusals; nobody else sees them."""
    forwarding = forward("http://127.0.0.1:9")
    feed("a")
    sending.run(forwarding.pk)
    assert not [wait for wait in _waits(administrator) if "reaches" in wait]
    long_ago = timezone.now() - timedelta(hours=1)
    Forwarding.objects.update(failing_since=long_ago)
    ForwardRefused.objects.create(
        forwarding=forwarding, camera=feed("b").transfer.camera, detection_id="0" * 32, refused_at=long_ago
    )
    found = _waits(administrator)
    assert "See why nothing reaches Norcal Regional Centre" in found
    assert "See why Norcal Regional Centre refused 1 detection" in found
    assert not [wait for wait in _waits(operator) if "Norcal" in wait]
    Forwarding.objects.update(state="proposed")
    assert "Approve forwarding to Norcal Regional Centre" in _waits(second_chief)


def _waits(member: Member) -> list[str]:
    return [wait.what for wait in waiting.yours(waiting.ask(member))]


def test_a_source_is_registered_by_whoever_makes_agreements(
    source: ForwardSource, centre_chief: Member, operator: Member
) -> None:
    """Its short name is its own; ended, it gets no key; silent for a day, it is asked about."""
    with pytest.raises(Refused):
        sources.source_register(
            actor=operator, agency=operator.agency, name="X", prefix="xx", reference="r"
        )  # fmt: skip
    for prefix in ("a", "ALD", "ald", "a-b", "toolongname"):
        with pytest.raises(ValidationError):
            sources.source_register(
                actor=centre_chief, agency=source.agency, name="X", prefix=prefix, reference="r"
            )
    ForwardSource.objects.update(receipt_at=timezone.now() - timedelta(days=3))
    assert "Find out why Alder Police Department sends nothing" in _waits(centre_chief)
    sources.source_end(actor=centre_chief, source=source, why="Over.")
    with pytest.raises(MoveRefused):
        sources.source_key_issue(actor=centre_chief, source=source)
    with pytest.raises(MoveRefused):
        sources.source_end(actor=centre_chief, source=source, why="Again.")
    assert Event.objects.filter(verb=Verb.AGREEMENT_ENDED, object_pk=str(source.pk)).count() == 1
