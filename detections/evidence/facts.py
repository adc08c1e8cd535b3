"""What the page on top of a package and its bag-info.txt say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from alpr.templatetags.look import clock, day
from detections.evidence import bag
from detections.evidence.records import Taken
from detections.models import EvidencePackage, Hold

Rows = list[list[str]]
CHECK = (
    "Anyone can check this package with “manage.py verify_evidence PATH” of the same system, or any BagIt "
    "validator with sha256sum and an Ed25519 library. It is whole where every file has the SHA-256 that "
    "manifest-sha256.txt names, that file the one that tagmanifest-sha256.txt names, and signature.json "
    "signs the latter with the key below. Ask the agency, by a way of your own, whether this key is theirs."
)
PROOF = (
    "The manifest hash is the SHA-256 of the manifest’s lines of all files but this page. A detection is "
    "what a reader made of a picture, and may be misread: compare it with its picture."
)


def facts_of(
    package: EvidencePackage, taken: Taken, contents_sha256: str, signing: bag.Signer, at: datetime
) -> dict[str, Any]:
    """The page's texts, for report.typ: rows of label and text, and a third in mono ones."""
    hold = package.hold
    return {
        "agency": package.agency.name,
        "title": f"Evidence package {package.pk}, case {hold.case_number}",
        "number": f"evidence-{package.pk}",
        "lede": f"{counted(taken.detections, 'detection')}, {counted(taken.hits, 'hit')} and "
        f"{counted(taken.pictures_taken, 'picture')} of plate readers, as they were kept on {moment(at)}.",
        "why": [
            ["Case", hold.case_number, "mono"],
            ["Ground", hold.get_ground_display().capitalize() if hold.ground else "None was asked for"],
            *_subject(hold),
            ["Reason of the hold", hold.reason],
            ["Reason of this package", package.reason],
        ],
        "inside": _inside(taken),
        "who": _who(package, at),
        "check": CHECK,
        "hashes": [
            ["Manifest hash", contents_sha256, "mono"],
            ["Key fingerprint", bag.fingerprint(signing.public_key), "mono"],
        ],
        "proof": PROOF,
    }


def info_of(package: EvidencePackage, at: datetime) -> dict[str, str]:
    """The lines of bag-info.txt (RFC 8493, 2.2.2)."""
    return {
        "Bagging-Date": f"{timezone.localtime(at):%Y-%m-%d}",
        "Bag-Software-Agent": "Plate reader records",
        "External-Identifier": f"evidence-{package.pk}",
        "External-Description": "Detections, hits and pictures of plate readers, held as evidence",
        "Case-Number": package.hold.case_number,
        "Policy-Version": package.agency.policy_label,
    }


def counted(count: int, one: str) -> str:
    """A number with its noun."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def moment(at: datetime) -> str:
    """A day and a time in the department's time zone, which is named."""
    return f"{day(at)}, {clock(at)} {timezone.localtime(at):%Z}"


def _inside(taken: Taken) -> Rows:
    between = "Nothing was captured"
    if taken.first and taken.last:
        between = f"{moment(taken.first)} to {moment(taken.last)}"
    rows = [
        ["Captured", between],
        [
            "Records",
            "data/records: detections, hits with their steps, photographs, stated purposes, the hold",
        ],
        ["Pictures", f"data/pictures: {counted(taken.pictures_taken, 'file')}, byte for byte as kept"],
    ]
    if taken.pictures_missing:
        missing = counted(len(taken.pictures_missing), "picture")
        rows.append(
            ["Not there", f"{missing} that the records name could not be found; hold.json lists them"]
        )
    if taken.hits_left_out:
        left = counted(taken.hits_left_out, "hit")
        rows.append(["Left out", f"{left} on hot lists that are restricted to others than those below"])
    return rows


def _who(package: EvidencePackage, at: datetime) -> Rows:
    assert package.decided_at is not None
    return [
        ["Hold placed by", f"{package.hold.placed_by}, {moment(package.hold.placed_at)}"],
        ["Asked for by", f"{package.asked_by}, {moment(package.asked_at)}"],
        ["Approved by", f"{package.decided_by}, {moment(package.decided_at)}"],
        ["Built", moment(at)],
        ["Policy", package.agency.policy_label or "None adopted"],
    ]


def _subject(hold: Hold) -> Rows:
    rows = [["What is held", str(hold.get_kind_display())]]
    if hold.kind == Hold.Kind.PLATE:
        rows.append(["Plate", hold.plate, "mono"])
    if hold.camera is not None:
        rows.append(["Camera", f"{hold.camera.code}, {hold.camera.name}"])
    if hold.since is not None:
        rows.append(["From", moment(hold.since)])
    if hold.until is not None:
        rows.append(["To", moment(hold.until)])
    return rows
