"""What can be permitted. Each is granted, through roles, on an agency (django-guardian, on small parents)."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """Every permission that the gate knows; its value is the codename on the agency."""

    SEE_HITS = "see_hits"
    COMPARE_HITS = "compare_hits"
    ANSWER_STATUS = "answer_status"
    CONFIRM_HITS = "confirm_hits"
    CLOSE_HITS = "close_hits"
    REVIEW_EXIGENT = "review_exigent"
    SEARCH = "search_detections"
    APPROVE_SEARCHES = "approve_searches"
    GIVE_PICTURES = "give_pictures"
    DRIVE_SHIFTS = "drive_shifts"
    SEE_LISTS = "see_lists"
    ENTER_HOT_PLATES = "enter_hot_plates"
    APPROVE_HOT_PLATES = "approve_hot_plates"
    LOAD_LISTS = "load_lists"
    DESIGNATE_LISTS = "designate_lists"
    MANAGE_CAMERAS = "manage_cameras"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_TRAINING = "manage_training"
    PROPOSE_POLICY = "propose_policy"
    APPROVE_POLICY = "approve_policy"
    HOLD = "place_holds"
    APPROVE_EVIDENCE = "approve_evidence"
    DECIDE_RELEASES = "decide_releases"
    MAKE_AGREEMENTS = "make_agreements"
    REVIEW_FINDINGS = "review_findings"
    ENFORCE_PARKING = "enforce_parking"
    READ_TRAIL = "read_trail"
    OVERSEE = "oversee"

    @property
    def sentence(self) -> str:
        """What the permission lets a person do, to follow "You may not"."""
        return SENTENCES[self]

    @property
    def needs_training(self) -> bool:
        """Whether a current certificate is asked for.

        Every permission but the five without which nobody could be admitted and trained at all, and no
        policy adopted that says what training counts; those show no ALPR data (State Auditor 2019-118:
        training before access).
        """
        return self not in _BEFORE_TRAINING

    @property
    def needs_purpose(self) -> bool:
        """Whether a stated purpose must stand before it is used (Civil Code 1798.90.52(b))."""
        return self in _WITH_PURPOSE


_BEFORE_TRAINING = frozenset(
    {
        Permission.MANAGE_MEMBERS,
        Permission.MANAGE_TRAINING,
        Permission.PROPOSE_POLICY,
        Permission.APPROVE_POLICY,
        Permission.OVERSEE,
    }
)
_WITH_PURPOSE = frozenset({Permission.SEARCH, Permission.GIVE_PICTURES, Permission.REVIEW_FINDINGS})

SENTENCES: dict[Permission, str] = {
    Permission.SEE_HITS: "see hits",
    Permission.COMPARE_HITS: "compare hits with their images",
    Permission.ANSWER_STATUS: "record the live status of a hit",
    Permission.CONFIRM_HITS: "record the entering agency’s answer",
    Permission.CLOSE_HITS: "close hits",
    Permission.REVIEW_EXIGENT: "review exigent circumstances",
    Permission.SEARCH: "search detections",
    Permission.APPROVE_SEARCHES: "approve broad searches",
    Permission.GIVE_PICTURES: "give photographs to be read",
    Permission.DRIVE_SHIFTS: "begin and end shifts with a patrol car",
    Permission.SEE_LISTS: "see hot lists",
    Permission.ENTER_HOT_PLATES: "enter hot plates",
    Permission.APPROVE_HOT_PLATES: "approve hot plates",
    Permission.LOAD_LISTS: "load hot lists",
    Permission.DESIGNATE_LISTS: "designate hot lists",
    Permission.MANAGE_CAMERAS: "manage cameras and their keys",
    Permission.MANAGE_MEMBERS: "manage members",
    Permission.MANAGE_TRAINING: "manage training",
    Permission.PROPOSE_POLICY: "propose a policy",
    Permission.APPROVE_POLICY: "approve a policy",
    Permission.HOLD: "place holds",
    Permission.APPROVE_EVIDENCE: "approve evidence packages and releases of holds",
    Permission.DECIDE_RELEASES: "decide releases",
    Permission.MAKE_AGREEMENTS: "make agreements with other agencies",
    Permission.REVIEW_FINDINGS: "review findings of swapped or counterfeit plates",
    Permission.ENFORCE_PARKING: "enforce parking",
    Permission.READ_TRAIL: "read the trail",
    Permission.OVERSEE: "open administration",
}
