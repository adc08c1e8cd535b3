"""Policies: proposed by one person, approved by another, never edited."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts import policies as services
from accounts.models import AdoptedPolicy, Agency, Member
from accounts.permissions import Permission
from alpr.policy import RULES, Policy, PolicyError, changes, load_preset, preset_names
from training.admin_base import GatedAdmin
from training.admin_forms import ActForm

PRESENT = "in force"
EXAMPLE = "retention.detections_days = 60"


class ProposePolicy(ActForm):
    """A new version, as a preset or what is in force with other values; it rules nothing until approved."""

    name, label, permission = "add", "Propose a policy version", Permission.PROPOSE_POLICY
    explains = (
        "A proposed version rules nothing until another person approves it. The next page shows every rule "
        "that it changes, with its clause. A value outside the law is refused."
    )

    start = forms.ChoiceField(label="Begin with")
    changed = forms.CharField(
        required=False,
        label="Other values",
        help_text=f"One rule to a line, by the name on a version’s page: {EXAMPLE}",
        widget=AdminTextareaWidget(attrs={"rows": 6, "spellcheck": "false"}),
    )
    effective_from = forms.SplitDateTimeField(
        widget=AdminSplitDateTime(), required=False, help_text="Empty: as soon as it is approved."
    )

    def prepare(self) -> None:
        """Offer what is in force first, then the presets."""
        start = self.fields["start"]
        assert isinstance(start, forms.ChoiceField)
        present = [(PRESENT, "What is in force now")] if self.member.agency.adopted else []
        start.choices = present + [(name, f"Preset: {load_preset(name).label}") for name in preset_names()]

    def clean_changed(self) -> dict[str, Any]:
        """The other values by rule."""
        try:
            return dict(_flat(tomllib.loads(self.cleaned_data["changed"])))
        except tomllib.TOMLDecodeError as error:
            raise ValidationError(
                f"These lines cannot be read: {error}. Write them like {EXAMPLE}"
            ) from error

    def clean(self) -> dict[str, Any]:
        """Put the policy together, and refuse what the law does not allow."""
        said: dict[str, Any] = super().clean() or {}
        if self.errors:
            return said
        try:
            said["policy"] = self._base(said["start"]).with_values(said["changed"])
        except PolicyError as refused:
            raise ValidationError({"changed": str(refused)}) from refused
        adopted = self.member.agency.adopted
        if adopted and not changes(adopted.policy, said["policy"]):
            raise ValidationError("This changes no rule of what is in force.")
        return said

    def _base(self, start: str) -> Policy:
        return self.member.agency.policy if start == PRESENT else load_preset(start)

    def perform(self) -> str:
        """Propose through the service."""
        said, adopted = self.cleaned_data, self.member.agency.adopted
        preset = adopted.preset if adopted and said["start"] == PRESENT else said["start"]
        self.row = services.policy_propose(
            actor=self.member,
            agency=self.member.agency,
            policy=said["policy"],
            preset=preset,
            effective_from=said["effective_from"],
        )
        return f"{self.row} is proposed. Another person approves it."


class ApprovePolicy(ActForm):
    """Approval of a version by another person than its proposer."""

    name, label, permission = "approve", "Approve this version", Permission.APPROVE_POLICY
    explains = "From its date on, pages, searches, hits, training and deletion follow this version."

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where it waits, and somebody else proposed it."""
        return row.approved_by_id is None and row.proposed_by_id != member.pk

    def perform(self) -> str:
        """Approve through the service."""
        approved = services.policy_approve(actor=self.member, proposed=self.row)
        return f"{approved} is approved."


@admin.register(AdoptedPolicy)
class AdoptedPolicyAdmin(GatedAdmin):
    """Every version that was proposed, with what it changes."""

    sees = Permission.PROPOSE_POLICY
    adding = ProposePolicy
    acts = (ApprovePolicy,)
    list_display = ("version", "label", "standing", "effective_from", "proposed_by", "approved_by")
    ordering = ("-version",)
    readonly_fields = (
        "label", "version", "standing", "effective_from", "proposed_by", "proposed_at", "approved_by",
        "approved_at", "changed", "all_rules",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": readonly_fields[:-2]}),
        ("What it changes", {"fields": ("changed",)}),
        ("Every rule", {"fields": ("all_rules",)}),
    )

    @admin.display(description="policy")
    def label(self, adopted: AdoptedPolicy) -> str:
        """How people call it."""
        return adopted.policy.label

    @admin.display(description="standing")
    def standing(self, adopted: AdoptedPolicy) -> str:
        """Whether it rules, waits or is past."""
        if adopted.approved_by_id is None:
            return "Waits for approval"
        if adopted.effective_from > timezone.now():
            return "Approved, not yet in force"
        return "In force" if adopted == adopted.agency.adopted else "Past"

    @admin.display(description="against the version before")
    def changed(self, adopted: AdoptedPolicy) -> SafeString:
        """Every rule that differs from the version it follows, old and new, with its clause."""
        before = _before(adopted.agency, adopted)
        found = changes(before.policy, adopted.policy) if before else []
        shown = [
            {
                "label": RULES[change.rule].label,
                "clause": change.clause,
                "old": before.policy.describe(change.rule) if before else "",
                "new": adopted.policy.describe(change.rule),
            }
            for change in found
        ]
        return mark_safe(  # noqa: S308  (a template escapes it)
            render_to_string("admin/policy_changes.html", {"changes": shown, "before": before})
        )

    @admin.display(description="by name")
    def all_rules(self, adopted: AdoptedPolicy) -> SafeString:
        """Every rule in words, with its name and clause."""
        policy = adopted.policy
        shown = [
            {"name": name, "sentence": policy.describe(name), "clause": policy.clause(name)} for name in RULES
        ]
        return mark_safe(render_to_string("admin/policy_rules.html", {"rules": shown}))  # noqa: S308


def _before(agency: Agency, adopted: AdoptedPolicy) -> AdoptedPolicy | None:
    earlier = agency.policies.filter(approved_by__isnull=False, version__lt=adopted.version)
    return earlier.order_by("-version").first()


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
