"""Members: added, approved by another, given roles, deactivated; never deleted, no password ever shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.models import Member
from accounts.permissions import Permission
from accounts.roles import Role
from alpr import waiting
from alpr.administration import member_acts
from alpr.policy import Policy
from training.admin_base import GatedAdmin, member_of


class StandsFilter(admin.SimpleListFilter):
    """Where an account stands."""

    title = "standing"
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [
            ("waiting", "Waits for approval"),
            ("locked", "Locked"),
            ("open", "Open"),
            ("closed", "Closed"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The members who stand so."""
        if self.value() == "locked":
            return queryset.filter(sign_in_name__in=waiting.locked_names(member_of(request).agency))
        wanted: dict[str | None, dict[str, object]] = {
            "waiting": {"approved_by": None, "is_active": True},
            "open": {"approved_by__isnull": False, "is_active": True},
            "closed": {"is_active": False},
        }
        return queryset.filter(**wanted.get(self.value(), {}))


@admin.register(Member)
class MemberAdmin(GatedAdmin):
    """Members of the agency, for whoever manages them."""

    sees = changes = Permission.MANAGE_MEMBERS
    adding = member_acts.AddMember
    acts = (
        member_acts.ApproveMember,
        member_acts.AssignRoles,
        member_acts.ReleaseLock,
        member_acts.GivePassword,
        member_acts.ResetSecondFactor,
        member_acts.Deactivate,
        member_acts.Reactivate,
    )
    list_display = ("badge", "name", "role_names", "title", "standing", "trained")
    list_filter = (StandsFilter,)
    search_fields = ("badge", "name", "sign_in_name")
    readonly_fields = (
        "sign_in_name", "role_names", "standing", "trained", "approved_by", "approved_at", "separated_on",
        "joined_at", "last_login",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("name", "badge", "title", "email", "supervisor")}),
        ("Account", {"fields": ("sign_in_name", "role_names", "standing", "trained", "last_login")}),
        ("Approval", {"fields": ("joined_at", "approved_by", "approved_at", "separated_on")}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the service, with what the form changed."""
        said = {name: form.cleaned_data[name] for name in form.changed_data}
        services.member_change(actor=member_of(request), member=obj, **said)

    @admin.display(description="roles")
    def role_names(self, member: Member) -> str:
        """The roles in words, the main one first."""
        return ", ".join(Role(role).label for role in member.roles)

    @admin.display(description="standing")
    def standing(self, member: Member) -> str:
        """Open, closed, or waiting for approval."""
        if not member.is_active:
            return "Closed"
        return "Open" if member.is_approved else "Waits for approval"

    @admin.display(description="training")
    def trained(self, member: Member) -> str:
        """Until when the training counts."""
        return _trained(member, member.agency.policy if member.agency.adopted else None)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns; the policy by which training counts is looked up once for all rows."""
        agency = member_of(request).agency
        policy = agency.policy if agency.adopted else None

        @admin.display(description="training")
        def trained(member: Member) -> str:
            return _trained(member, policy)

        return [*self.list_display[:-1], trained]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With certificates, for the training column."""
        return super().get_queryset(request).prefetch_related("certificates__session__course")


def _trained(member: Member, policy: Policy | None) -> str:
    if policy is None:
        return "Not counted yet"
    today = timezone.localdate()
    ends = [held.ends_on(policy) for held in member.certificates.all() if held.stands_on(today, policy)]
    if not ends:
        return "None current"
    known = [end for end in ends if end]
    return "No end" if len(known) < len(ends) else f"To {max(known):%b} {max(known).day}, {max(known).year}"
