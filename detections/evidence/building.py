"""The job that builds a package. It may be killed at any point and run again: one package comes of it."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django import db
from django.db import connection, transaction
from django.utils import timezone

from detections import images
from detections.evidence import bag, pdf, storing, verifying
from detections.evidence.archive import TooLarge
from detections.evidence.facts import facts_of, info_of
from detections.evidence.records import Contents, Record, Taken, lines, pictures_of, written
from detections.evidence.signing import NoKey, signer
from detections.models import Detection, EvidencePackage, Hit, Hold
from trail.actors import System
from trail.services import record
from trail.verbs import Outcome, Verb

State = EvidencePackage.State
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
MOST_ATTEMPTS = 5
_LOCK = 7_310_020


class NotBuilt(Exception):
    """The package could not be built; the message says why and what to do."""


def build(package_id: int) -> bool:
    """Build an approved package, and say whether it was built now.

    Left to the other where it is being built already; nothing is done where it is built, or not approved.
    What goes wrong stands on the package, which can then be built again.
    """
    with _alone(package_id) as alone:
        package = _begin(package_id) if alone else None
        if package is None:
            return False
        folder = storing.workplace(package)
        try:
            storing.make(folder)
            return _built(package, folder)
        except (NotBuilt, NoKey, TooLarge) as reason:
            _fail(package, str(reason))
        except OSError as error:
            _fail(package, _of_the_disk(error))
        except Exception as error:
            _fail(package, f"An unexpected fault: {type(error).__name__}. It is among the failed jobs.")
            raise
        finally:
            storing.clear(folder)
    return False


@contextmanager
def _alone(package_id: int) -> Iterator[bool]:
    """Whether nobody else builds this package; the database lets go by itself where the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, package_id])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with suppress(db.Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, package_id])


@transaction.atomic
def _begin(package_id: int) -> EvidencePackage | None:
    """The package with one attempt more; None where there is nothing to build."""
    locked = EvidencePackage.objects.select_for_update(of=("self",))
    rows = locked.select_related("agency", "hold__search__inquiry", "asked_by", "decided_by")
    package = rows.get(pk=package_id)
    if package.state != State.APPROVED:
        return None
    package.attempts += 1
    package.save()
    if package.attempts > MOST_ATTEMPTS:
        _fail(package, f"The building was cut off {MOST_ATTEMPTS} times, for want of time or memory.")
        return None
    return package


def _built(package: EvidencePackage, folder: Path) -> bool:
    _standing(package)
    key, signing = signer(package.agency)
    path = folder / "package.zip"
    taken = _write(package, signing, path)
    if not verifying.verify(path).is_whole:
        raise NotBuilt("What was written cannot be verified: the disk may be failing. Nothing was kept.")
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    package.size, package.sha256, package.signed_with = path.stat().st_size, sha256, key
    package.detections, package.hits = taken.detections, taken.hits
    package.pictures = taken.pictures_taken
    package.file = storing.put(package, path)
    try:
        return _finish(package, taken)
    except NotBuilt:
        # After any other fault it is not sure what was committed: the sweep removes what no package names.
        storing.remove(package.file)
        raise


@transaction.atomic
def _finish(package: EvidencePackage, taken: Taken) -> bool:
    """Say that it is built, where its hold stands still: then it stood all the while."""
    Hold.objects.select_for_update().get(pk=package.hold_id)
    _standing(package)
    now = EvidencePackage.objects.select_for_update().get(pk=package.pk)
    if (now.state, now.attempts) != (State.APPROVED, package.attempts):
        raise NotBuilt("It was built at the same time elsewhere.")
    package.state, package.built_at, package.error = State.BUILT, timezone.now(), ""
    package.save()
    numbers = {
        "detections": package.detections, "hits": package.hits, "pictures": package.pictures,
        "hits_left_out": taken.hits_left_out, "pictures_missing": len(taken.pictures_missing),
        "sha256": package.sha256,
    }  # fmt: skip
    case = f"case {package.hold.case_number}"
    record(System("Evidence", package.agency), Verb.EVIDENCE_BUILT, package, purpose=case, elements=numbers)
    return True


def _standing(package: EvidencePackage) -> None:
    if Hold.objects.filter(pk=package.hold_id, released_at__isnull=False).exists():
        raise NotBuilt("Its hold was released: what it kept may be gone.")


def _fail(package: EvidencePackage, reason: str) -> None:
    with transaction.atomic():
        attempt = EvidencePackage.objects.filter(
            pk=package.pk, state=State.APPROVED, attempts=package.attempts
        )
        if attempt.update(state=State.FAILED, error=reason[:300]):
            case = f"case {package.hold.case_number}"
            who = System("Evidence", package.agency)
            record(who, Verb.EVIDENCE_FAILED, package, purpose=case, detail=reason, outcome=Outcome.FAILED)


def _of_the_disk(error: OSError) -> str:
    if error.errno in FULL:
        return "The disk is full. Nothing was kept of it: make room, and have it built again."
    return f"A file could not be read or written ({error.strerror or type(error).__name__})."


def _write(package: EvidencePackage, signing: bag.Signer, path: Path) -> Taken:
    """Write the archive; the rows and pictures are read as they go in."""
    contents, at = Contents(package), timezone.now()
    taken = Taken(hits_left_out=contents.hits_left_out)
    with path.open("xb") as file:
        made = bag.Bag(file, f"evidence-{package.pk}")
        _add_records(made, path.parent, contents, taken)
        _add_pictures(made, taken)
        counts = {
            "detections": taken.detections, "hits": taken.hits, "hits_left_out": taken.hits_left_out,
            "pictures": taken.pictures_taken, "pictures_missing": taken.pictures_missing,
        }  # fmt: skip
        made.add("data/records/hold.json", written(contents.of_hold() | {"contents": counts}) + b"\n")
        page = pdf.report(facts_of(package, taken, made.contents_sha256(), signing, at), at=at)
        made.add(verifying.REPORT, page)
        made.close(info_of(package, at), signing)
    return taken


def _add_records(made: bag.Bag, folder: Path, contents: Contents, taken: Taken) -> None:
    files: list[tuple[str, Iterable[Record]]] = [
        ("detections", (contents.as_kept(row) for row in _noted(contents.detections(), taken))),
        ("hits", (contents.of_hit(hit) for hit in _noted_hits(contents.hits(), taken))),
        ("photographs", contents.photographs(taken.pictures)),
        ("inquiries", contents.purposes()),
    ]
    for name, rows in files:
        draft = folder / f"{name}.json"
        with draft.open("xb") as file:
            file.writelines(lines(rows))
        made.add_file(f"data/records/{name}.json", draft)
        draft.unlink()


def _noted(rows: Iterable[Detection], taken: Taken) -> Iterator[Detection]:
    for row in rows:
        taken.detections += 1
        taken.note(row.captured_at, [row.image])
        yield row


def _noted_hits(rows: Iterable[Hit], taken: Taken) -> Iterator[Hit]:
    for hit in rows:
        taken.hits += 1
        taken.note(hit.captured_at, pictures_of(hit))
        yield hit


def _add_pictures(made: bag.Bag, taken: Taken) -> None:
    """Take in the pictures byte for byte, under the names by which the records call them."""
    for name in taken.pictures:
        try:
            with images.open(name) as file:
                made.add(f"data/pictures/{name}", file.read())
        except FileNotFoundError:
            taken.pictures_missing.append(name)
