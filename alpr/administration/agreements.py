"""Agreements with other agencies: what each lets another do with whose data, and who may search."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Agency, Agreement, Member
from accounts.permissions import Permission
from accounts.roles import Role
from training import agreements as services
from training.admin_base import GatedAdmin, member_of
from training.admin_forms import ActForm, Day, Line, Words

MAKE = Permission.MAKE_AGREEMENTS


class ProposeAgreement(ActForm):
    """What the document says; it opens nothing until approved."""

    name, label, permission = "add", "Propose an agreement", MAKE
    explains = (
        "What your department lets another do with its detections. It opens nothing until another person "
        "approves it; then search is granted to roles of the partner one by one."
    )

    title = Line(max_length=120, help_text="As the document is headed.")  # type: ignore[assignment]
    reference = Line(max_length=60, required=False, help_text="The document’s number in the files.")
    partner = forms.ModelChoiceField(
        Agency.objects.none(),
        required=False,
        label="Partner in this installation",
        empty_label="None of these",
    )
    partner_name = Line(max_length=120, required=False, label="Partner elsewhere", help_text="Its name.")
    purposes = Words(help_text="What the data may be used for, in the agreement’s words.")
    lets_search = forms.BooleanField(required=False, label="Members of the partner may search")
    lets_forward = forms.BooleanField(required=False, label="Detections are forwarded to the partner")
    starts_on = Day(label="First day", initial=timezone.localdate)
    ends_on = Day(required=False, label="Last day", help_text="Empty: until it is ended.")

    def prepare(self) -> None:
        """Offer every agency but the member's own."""
        others = Agency.objects.exclude(pk=self.member.agency_id)
        self.fields["partner"].queryset = others  # type: ignore[attr-defined]

    def perform(self) -> str:
        """Propose through the service."""
        agency = self.member.agency
        self.row = services.agreement_propose(actor=self.member, agency=agency, **self.cleaned_data)
        return f"The {self.row} is proposed. Another person approves it."


class OwnAct(ActForm):
    """An act of the giving agency on its agreement; the partner sees it and does nothing to it."""

    permission = MAKE

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where the data are one's own department's and the table of moves has it."""
        moves = services.AGREEMENT_MOVES.open_from(services.state_of(row))
        return row.agency_id == member.agency_id and cls.name in {move.name for move in moves}


class ApproveAgreement(OwnAct):
    """Approval by another person than its proposer."""

    name, label = "approve", "Approve this agreement"
    explains = (
        "From its first day on it is in force, and search can be granted or detections forwarded under it."
    )

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where it waits, and somebody else proposed it."""
        return super().possible(member, row) and row.proposed_by_id != member.pk

    def perform(self) -> str:
        """Approve through the service."""
        approved = services.agreement_approve(actor=self.member, agreement=self.row)
        return f"The {approved} is approved."


class GrantSearch(OwnAct):
    """Search of one's own department's detections, for a role of the partner."""

    name, label, title = "grant", "Let a role search…", "Let a role of the partner search"
    explains = (
        "Members of the partner in this role may search your department’s detections, and nothing else, as "
        "long as the agreement is in force. Each search is on your trail."
    )
    role = forms.ChoiceField(label="Role at the partner")

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where the agreement lets the partner search, today."""
        in_force = row.lets_search and row.stands_on(timezone.localdate())
        return in_force and super().possible(member, row) and bool(_roles(row, granted=False))

    def prepare(self) -> None:
        """Offer the roles that search at home and are not granted yet."""
        self.fields["role"].choices = _roles(self.row, granted=False)  # type: ignore[attr-defined]

    def perform(self) -> str:
        """Grant through the service."""
        role = Role(self.cleaned_data["role"])
        services.search_grant(actor=self.member, agreement=self.row, role=role)
        return f"{role.label}s of {self.row.partner} may search your department’s detections."


class WithdrawSearch(OwnAct):
    """The grant taken back."""

    name, label, title = "withdraw", "Take search back…", "Take search back from a role"
    explains = "Nothing more is shown from now on, not even results that are open."
    role = forms.ChoiceField(label="Role at the partner")

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where a role has it."""
        return super().possible(member, row) and bool(row.search_roles)

    def prepare(self) -> None:
        """Offer the roles that have it."""
        self.fields["role"].choices = _roles(self.row, granted=True)  # type: ignore[attr-defined]

    def perform(self) -> str:
        """Take it back through the service."""
        role = Role(self.cleaned_data["role"])
        services.search_withdraw(actor=self.member, agreement=self.row, role=role)
        return f"{role.label}s of {self.row.partner} search your department’s detections no more."


class EndAgreement(OwnAct):
    """The end of an agreement, or of a proposal."""

    name, label, title = "end", "End this agreement…", "End this agreement"
    explains = "Every grant under it ends at once, and nothing more is forwarded under it."
    why = Words(label="Why does it end?")

    def perform(self) -> str:
        """End it through the service."""
        ended = services.agreement_end(actor=self.member, agreement=self.row, why=self.cleaned_data["why"])
        return f"The {ended} is ended."


def _roles(agreement: Agreement, *, granted: bool) -> list[tuple[str, str]]:
    roles = [role for role in services.SEARCHING if (role.value in agreement.search_roles) == granted]
    return [(role.value, role.label) for role in roles]


@admin.register(Agreement)
class AgreementAdmin(GatedAdmin):
    """The agreements over one's own data, and those under which one's own members search others'."""

    sees = MAKE
    adding = ProposeAgreement
    acts = (ApproveAgreement, GrantSearch, WithdrawSearch, EndAgreement)
    list_display = ("title", "agency", "partner_name", "opens", "standing", "starts_on", "ends_on")
    list_select_related = ("agency", "partner")
    ordering = ("-proposed_at",)
    readonly_fields = (
        "title", "reference", "agency", "partner_name", "purposes", "opens", "searching", "standing",
        "starts_on", "ends_on", "proposed_by", "proposed_at", "approved_by", "approved_at", "ended_by",
        "ended_at", "ended_why",
    )  # fmt: skip
    fields = readonly_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        """Those in which the member's own agency gives or is given."""
        own = member_of(request).agency_id
        return Agreement.objects.filter(Q(agency=own) | Q(partner=own)).order_by("-proposed_at")

    @admin.display(description="lets the partner")
    def opens(self, agreement: Agreement) -> str:
        """What is let, in words."""
        said = ["search"] * agreement.lets_search + ["have detections forwarded"] * agreement.lets_forward
        return " and ".join(said)

    @admin.display(description="granted to")
    def searching(self, agreement: Agreement) -> str:
        """The partner's roles that may search under it."""
        return ", ".join(Role(role).label for role in agreement.search_roles) or "Nobody"

    @admin.display(description="standing")
    def standing(self, agreement: Agreement) -> str:
        """Whether it is in force, waits or is over."""
        state = services.state_of(agreement)
        if state == services.PROPOSED:
            return "Waits for approval"
        if state == services.OVER:
            return "Ended"
        return "In force" if agreement.stands_on(timezone.localdate()) else "Approved, not yet in force"
