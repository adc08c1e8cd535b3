"""Evidence packages with their chain of custody, and the keys that sign them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.models import Member
from accounts.permissions import Permission
from detections.evidence import signing
from detections.models import CustodyStep, EvidencePackage, SigningKey
from training.admin_base import GatedAdmin, GatedInline
from training.admin_forms import ActForm


class Custody(GatedInline):
    """Who had the package from whom, when and why."""

    model = CustodyStep
    sees = Permission.HOLD
    verbose_name_plural = "chain of custody"
    fields = readonly_fields = ("at", "released_by", "received_by", "reason", "sha256", "by")


@admin.register(EvidencePackage)
class EvidencePackageAdmin(GatedAdmin):
    """Packages, for the custodian, who asks for, takes and books them on their own pages."""

    sees = Permission.HOLD
    inlines = (Custody,)
    list_display = ("id", "hold", "state", "asked_by", "decided_by", "built_at", "property_number")
    list_filter = ("state", "asked_at")
    list_select_related = ("hold", "asked_by", "decided_by")
    search_fields = ("hold__case_number", "property_number")
    fields = readonly_fields = (
        "hold", "state", "reason", "asked_by", "asked_at", "decided_by", "decided_at", "decision_note",
        "detections", "hits", "pictures", "built_at", "sha256", "size", "signed_with", "attempts", "error",
        "property_number",
    )  # fmt: skip


class RetireKey(ActForm):
    """Retiring a key."""

    name, label, permission = "retire", "Retire this key…", Permission.APPROVE_EVIDENCE
    title = "Retire this key"
    explains = (
        "It signs nothing any more, its private file is deleted, and the next package makes a new key. What "
        "it has signed can be verified as before: tell those who check by its fingerprint until when it was "
        "in use."
    )

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where it is in use."""
        return row.retired_at is None

    def perform(self) -> str:
        """Through the service."""
        signing.key_retire(actor=self.member, key=self.row)
        return "The key is retired."


@admin.register(SigningKey)
class SigningKeyAdmin(GatedAdmin):
    """The agency's keys by their public halves and fingerprints."""

    sees = Permission.APPROVE_EVIDENCE
    acts = (RetireKey,)
    list_display = ("fingerprint", "made_at", "retired_at")
    fields = readonly_fields = ("fingerprint", "public_key", "made_at", "retired_at")

    @admin.display(description="fingerprint")
    def fingerprint(self, key: SigningKey) -> str:
        """The SHA-256 of the public half."""
        return signing.fingerprint(key)
