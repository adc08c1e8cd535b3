"""Every act that the trail knows, with the sentence in which it reads."""

from django.db import models


class Verb(models.TextChoices):
    """One enum of verbs. `{target}` in a sentence is the label of what was acted on, as it then was."""

    CREATED = "created", "created {target}"
    CHANGED = "changed", "changed {target}"
    DELETED = "deleted", "deleted {target}"

    SIGNED_IN = "signed_in", "signed in"
    SIGNED_OUT = "signed_out", "signed out"
    SIGN_IN_FAILED = "sign_in_failed", "failed to sign in as {target}"
    SIGN_IN_LOCKED = "sign_in_locked", "locked the sign-in of {target} by failing too often"
    LOCK_RELEASED = "lock_released", "released the lock on {target}"
    SESSION_LOCKED = "session_locked", "was signed out by the system"
    SECOND_FACTOR_CHANGED = "second_factor_changed", "changed the second factor of {target}"
    PASSWORD_CHANGED = "password_changed", "changed the password of {target}"

    MEMBER_APPROVED = "member_approved", "approved the account of {target}"
    MEMBER_DEACTIVATED = "member_deactivated", "deactivated {target}"
    MEMBER_REACTIVATED = "member_reactivated", "opened the account of {target} again"
    ROLES_ASSIGNED = "roles_assigned", "assigned the roles of {target}"
    POLICY_PROPOSED = "policy_proposed", "proposed {target}"
    POLICY_ADOPTED = "policy_adopted", "approved {target}"
    KEY_ISSUED = "key_issued", "issued {target}"
    KEY_REVOKED = "key_revoked", "revoked {target}"
    GRANTED = "granted", "granted access to {target}"

    CERTIFIED = "certified", "certified {target}"
    CERTIFICATE_REVOKED = "certificate_revoked", "revoked {target}"

    LIST_DESIGNATED = "list_designated", "designated {target}"
    LIST_APPROVED = "list_approved", "approved {target} for its first entry"
    LIST_LOADED = "list_loaded", "loaded {target}"
    LIST_VIEWED = "list_viewed", "viewed the entries of {target}"
    HOT_PLATE_ENTERED = "hot_plate_entered", "entered {target}"
    HOT_PLATE_APPROVED = "hot_plate_approved", "approved {target}"
    HOT_PLATE_DECLINED = "hot_plate_declined", "declined {target}"
    HOT_PLATE_CLOSED = "hot_plate_closed", "closed {target}"

    DETECTIONS_RECEIVED = "detections_received", "sent {target}"
    IMAGE_RECEIVED = "image_received", "gave {target} to be read"
    IMAGE_READ = "image_read", "read {target}"
    IMAGE_FAILED = "image_failed", "could not read {target}"
    PURPOSE_STATED = "purpose_stated", "stated the purpose of {target}"
    SEARCHED = "searched", "searched detections"
    RESULTS_VIEWED = "results_viewed", "viewed the results of {target}"
    DETECTION_VIEWED = "detection_viewed", "viewed {target}"
    IMAGE_VIEWED = "image_viewed", "viewed an image of {target}"
    HITS_VIEWED = "hits_viewed", "viewed the hits"
    HIT_VIEWED = "hit_viewed", "opened {target}"
    HIT_SEEN = "hit_seen", "compared {target} with the image"
    HIT_VALIDATED = "hit_validated", "recorded the live status of {target}"
    HIT_CONFIRMED = "hit_confirmed", "recorded the entering agency's answer on {target}"
    HIT_EXIGENT = "hit_exigent", "claimed exigent circumstances on {target}"
    HIT_EXIGENT_REVIEWED = "hit_exigent_reviewed", "reviewed the exigent circumstances of {target}"
    HIT_CLOSED = "hit_closed", "closed {target}"

    HELD = "held", "placed {target}"
    HOLD_RELEASED = "hold_released", "released {target}"
    PURGED = "purged", "purged {target}"
    TRAIL_VIEWED = "trail_viewed", "viewed the trail"
    EXPORTED = "exported", "exported {target}"
    ATTEMPTED = "attempted", "tried {target}"


class Outcome(models.TextChoices):
    """How an act ended."""

    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
