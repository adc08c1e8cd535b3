"""The agency's key: made at first use, closed to others, never in the database, retired by a person."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.models import Agency, Member
from detections.evidence.building import build
from detections.evidence.services import evidence_retry
from detections.evidence.signing import NoKey, key_retire, signer
from detections.evidence.verifying import verify
from detections.models import EvidencePackage, SigningKey
from tests.evidence.conftest import room_for
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused


def pem(key: object = None) -> str:
    """A private key as text."""
    made = key or Ed25519PrivateKey.generate()
    return made.private_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def file_of(agency: Agency, places: Path) -> Path:
    """Where its private key lies."""
    return places / "keys" / f"{agency.pk}.pem"


def test_it_is_made_once_and_closed_to_others(agency: Agency, places: Path) -> None:
    key, first = signer(agency)
    again, second = signer(agency)
    assert key == again
    assert first.public_key == second.public_key == bytes.fromhex(key.public_key)
    file = file_of(agency, places)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    issued = Event.objects.get(verb=Verb.KEY_ISSUED)
    assert first.key.private_bytes_raw().hex() not in f"{issued.elements}{issued.object_repr}"


def test_a_key_that_was_made_but_never_noted_is_taken_up(agency: Agency, places: Path) -> None:
    _, first = signer(agency)
    SigningKey.objects.all().delete()
    key, second = signer(agency)
    assert first.public_key == second.public_key == bytes.fromhex(key.public_key)


def test_a_missing_private_key_is_said_and_no_other_is_made(agency: Agency, places: Path) -> None:
    signer(agency)
    file_of(agency, places).unlink()
    with pytest.raises(NoKey, match=r"is missing: .*\.pem is not there"):
        signer(agency)
    assert not file_of(agency, places).exists()


def test_a_full_disk_leaves_no_half_a_key(agency: Agency, places: Path) -> None:
    (places / "keys").mkdir(mode=0o700)
    with room_for(50), pytest.raises(NoKey, match="cannot be used"):
        signer(agency)
    assert list((places / "keys").iterdir()) == []
    assert not SigningKey.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing", "holds no private key"),
        (pem(generate_private_key(SECP256R1())), "another kind of key"),
        (pem(), "is not that of"),
    ],
    ids=["no key", "another kind", "another key"],
)
def test_a_private_key_that_is_not_the_agencys_is_refused(
    text: str, said: str, agency: Agency, places: Path
) -> None:
    signer(agency)
    file_of(agency, places).write_text(text)
    with pytest.raises(NoKey, match=said) as refused:
        signer(agency)
    assert "PRIVATE KEY" not in str(refused.value)


def test_a_private_key_that_others_may_read_signs_nothing(agency: Agency, places: Path) -> None:
    signer(agency)
    os.chmod(file_of(agency, places), 0o644)
    with pytest.raises(NoKey, match="Others may read"):
        signer(agency)


def test_it_may_come_from_the_environment(
    agency: Agency, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = Ed25519PrivateKey.generate()
    monkeypatch.setenv(f"ALPR_EVIDENCE_KEY_{agency.pk}", pem(given).replace("\n", "\\n"))
    key, signing = signer(agency)
    assert bytes.fromhex(key.public_key) == given.public_key().public_bytes_raw() == signing.public_key
    assert not file_of(agency, places).exists()


def test_only_who_approves_evidence_retires_a_key(agency: Agency, places: Path, operator: Member) -> None:
    key, _ = signer(agency)
    with pytest.raises(Refused):
        key_retire(actor=operator, key=key)


def test_a_retired_key_signs_nothing_and_what_it_signed_stands(
    built: EvidencePackage, administrator: Member, places: Path,
    django_capture_on_commit_callbacks: object,
) -> None:  # fmt: skip
    key = built.signed_with
    assert key is not None
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        key_retire(actor=administrator, key=key)
    assert not file_of(built.agency, places).exists()
    with pytest.raises(MoveRefused):
        key_retire(actor=administrator, key=key)
    newer, _ = signer(built.agency)
    assert newer.public_key != key.public_key
    assert SigningKey.objects.filter(agency=built.agency, retired_at=None).get() == newer
    assert verify(places / "packages" / built.file).is_whole


def test_a_retired_key_that_is_put_back_is_refused(
    agency: Agency, administrator: Member, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"ALPR_EVIDENCE_KEY_{agency.pk}", pem())
    key, _ = signer(agency)
    key_retire(actor=administrator, key=key)
    with pytest.raises(NoKey, match="was retired"):
        signer(agency)


def test_without_its_key_a_package_waits_for_a_person(
    approved: EvidencePackage, custodian: Member, places: Path
) -> None:
    signer(approved.agency)
    file = file_of(approved.agency, places)
    kept = file.read_bytes()
    file.unlink()
    assert build(approved.pk) is False
    approved.refresh_from_db()
    assert "is missing" in approved.error
    file.write_bytes(kept)
    file.chmod(0o600)
    evidence_retry(actor=custodian, package=approved)
    assert build(approved.pk)
