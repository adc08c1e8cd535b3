"""The agency's key: its public half in the database, its private half in a file or in the environment.

An Ed25519 key is made at its first use, in `keys/<agency>.pem` of the data folder, readable by its owner
alone. Where `ALPR_EVIDENCE_KEY_<agency>` is set, it holds the private key as PEM, and no file is made.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from alpr import environment
from detections.evidence import bag
from detections.models import SigningKey
from trail.actors import Actor, System
from trail.moves import MoveRefused
from trail.services import act, record
from trail.verbs import Verb
from training import gate


class NoKey(Exception):
    """The private key cannot be used; the message says why and what to do."""


@transaction.atomic
def signer(agency: Agency) -> tuple[SigningKey, bag.Signer]:
    """The agency's key in use with its private half; made, and put on the trail, where there is none.

    Raises `NoKey` where the private half is missing, is another key's, or can be read by others.
    """
    Agency.objects.select_for_update().get(pk=agency.pk)
    used = SigningKey.objects.filter(agency=agency, retired_at=None).first()
    private = _private(agency, may_make=used is None)
    public = private.public_key().public_bytes_raw().hex()
    if used is None:
        used = _register(System("Evidence", agency), agency, public)
    elif used.public_key != public:
        raise NoKey(
            f"The private key of {agency} is not that of {used}. Put back the right one ({_place(agency)}), "
            "or retire the key in administration and move the file away: a new one is then made."
        )
    return used, bag.Signer(agency.name, private)


@act
def key_retire(*, actor: Member, key: SigningKey) -> SigningKey:
    """Retire a key: it signs nothing any more, and the next package makes a new one.

    What it has signed can be verified as before, by its fingerprint. Its private file is deleted. Raises
    `MoveRefused` where it is retired already.
    """
    gate.require(actor, Permission.APPROVE_EVIDENCE, on=key)
    key = SigningKey.objects.select_for_update(of=("self",)).select_related("agency").get(pk=key.pk)
    if key.retired_at is not None:
        raise MoveRefused("This key is retired already.")
    key.retired_at = timezone.now()
    key.save()
    record(actor, Verb.KEY_REVOKED, key, elements={"fingerprint": fingerprint(key)})
    transaction.on_commit(lambda: _delete_file(key))
    return key


def fingerprint(key: SigningKey) -> str:
    """The SHA-256 of its public half, in hexadecimal."""
    return bag.fingerprint(bytes.fromhex(key.public_key))


def _register(actor: Actor, agency: Agency, public: str) -> SigningKey:
    if SigningKey.objects.filter(public_key=public).exists():
        raise NoKey(f"The key of {_place(agency)} was retired, or is another agency's: put another there.")
    key = SigningKey.objects.create(agency=agency, public_key=public)
    record(actor, Verb.KEY_ISSUED, key, elements={"fingerprint": fingerprint(key)})
    return key


def _private(agency: Agency, *, may_make: bool) -> Ed25519PrivateKey:
    if given := environment.text(_variable(agency), ""):
        return _loaded(given.replace("\\n", "\n").encode(), _variable(agency))
    file = _file(agency)
    try:
        if not file.exists():
            if not may_make:
                raise NoKey(
                    f"The private key of {agency} is missing: {file} is not there. Put it back from the "
                    "backup, or retire the key in administration: a new one is then made."
                )
            _make(file)
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise NoKey(
                f"Others may read the private key {file}: close it (chmod 600), and ask whether they did."
            )
        return _loaded(file.read_bytes(), str(file))
    except OSError as error:
        raise NoKey(f"The private key {file} cannot be used ({error.strerror}).") from error


def _loaded(pem: bytes, place: str) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NoKey(f"{place} holds no private key that can be read.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKey(f"{place} holds another kind of key: an Ed25519 key is needed.")
    return key


def _make(file: Path) -> None:
    """Put a new key in place whole, and on the disk, before anything is signed with it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            target.write(pem)
            target.flush()
            os.fsync(target.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _delete_file(key: SigningKey) -> None:
    """Delete the private file of a retired key; that of another stays."""
    file = _file(key.agency)
    with suppress(OSError, NoKey):
        if _loaded(file.read_bytes(), "").public_key().public_bytes_raw().hex() == key.public_key:
            file.unlink()


def _variable(agency: Agency) -> str:
    return f"ALPR_EVIDENCE_KEY_{agency.pk}"


def _file(agency: Agency) -> Path:
    return Path(settings.DATA_DIR) / "keys" / f"{agency.pk}.pem"


def _place(agency: Agency) -> str:
    return _variable(agency) if environment.text(_variable(agency), "") else str(_file(agency))
