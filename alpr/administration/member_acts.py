"""What can be done with an account: each a form that ends in a service of the accounts room."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import forms

from accounts import services
from accounts.models import Member
from accounts.permissions import Permission
from accounts.roles import Role
from alpr import waiting
from training.admin_forms import ActForm, Day, Line, Words


class RoleChoice(forms.MultipleChoiceField):
    """The roles of the declared table."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Role.choices, widget=forms.CheckboxSelectMultiple, **kwargs)


class AddMember(ActForm):
    """A new account, which opens nothing until another person approves it."""

    name, label, permission = "add", "Add a member", Permission.MANAGE_MEMBERS
    explains = "The account opens nothing until a second person approves it and its training is entered."

    sign_in_name = Line(max_length=60, label="Sign-in name")
    badge = Line(max_length=20, label="Badge number")
    full_name = Line(max_length=120, label="Name")
    job_title = Line(max_length=120, help_text="As the policy names who may use the system.")
    email = forms.EmailField(required=False)
    supervisor = forms.ModelChoiceField(Member.objects.none(), required=False)
    main_role = forms.ChoiceField(
        choices=Role.choices, help_text="Pages and the trail name the member by it."
    )
    other_roles = RoleChoice(required=False)
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label="First password",
        help_text="At least 12 characters. Hand it over in person and ask the member to change it.",
    )

    def prepare(self) -> None:
        """Offer the agency's open accounts as supervisors."""
        supervisor = self.fields["supervisor"]
        assert isinstance(supervisor, forms.ModelChoiceField)
        supervisor.queryset = self.member.agency.members.filter(is_active=True)

    def perform(self) -> str:
        """Add the member through the service."""
        said = self.cleaned_data
        self.row = services.member_add(
            actor=self.member,
            agency=self.member.agency,
            sign_in_name=said["sign_in_name"],
            password=said["password"],
            badge=said["badge"],
            name=said["full_name"],
            title=said["job_title"],
            email=said["email"],
            supervisor=said["supervisor"],
            roles=_main_first(said["main_role"], said["other_roles"]),
        )
        return f"{self.row} was added and waits for approval by a second person."


class ApproveMember(ActForm):
    """Approval of an account by another person than its owner."""

    name, label, permission = "approve", "Approve this account", Permission.MANAGE_MEMBERS
    explains = "You confirm that this person holds the position named and may be given these roles."

    @classmethod
    def possible(cls, member: Member, row: Member) -> bool:
        """Where it waits, and is not one's own."""
        return row.is_active and not row.is_approved and row.pk != member.pk

    def perform(self) -> str:
        """Approve through the service."""
        services.member_approve(actor=self.member, member=self.row)
        return f"{self.row} is approved. Access opens when a training certificate is entered."


class AssignRoles(ActForm):
    """The roles of a member, by another person."""

    name, label, permission = "roles", "Assign roles…", Permission.MANAGE_MEMBERS

    main_role = forms.ChoiceField(
        choices=Role.choices, help_text="Pages and the trail name the member by it."
    )
    other_roles = RoleChoice(required=False)

    @classmethod
    def possible(cls, member: Member, row: Member) -> bool:
        """Never one's own."""
        return row.is_active and row.pk != member.pk

    def prepare(self) -> None:
        """Begin with the roles held now."""
        main, *others = self.row.roles
        self.initial = {"main_role": main, "other_roles": others}

    def perform(self) -> str:
        """Assign through the service."""
        said = self.cleaned_data
        roles = _main_first(said["main_role"], said["other_roles"])
        self.row = services.member_assign_roles(actor=self.member, member=self.row, roles=roles)
        return f"{self.row} now has: {', '.join(role.label for role in roles)}."


class Deactivate(ActForm):
    """Closing an account at once."""

    name, label, permission = "deactivate", "Deactivate…", Permission.MANAGE_MEMBERS
    explains = "The account closes at once. The record stays, because the trail points at it."

    why = Words(label="Why")
    separated_on = Day(required=False, label="Left on", help_text="Where the member has left the department.")

    @classmethod
    def possible(cls, member: Member, row: Member) -> bool:
        """An open account other than one's own."""
        return row.is_active and row.pk != member.pk

    def perform(self) -> str:
        """Deactivate through the service."""
        said = self.cleaned_data
        services.member_deactivate(
            actor=self.member, member=self.row, separated_on=said["separated_on"], why=said["why"]
        )
        return f"The account of {self.row} is closed."


class Reactivate(ActForm):
    """Opening a closed account again."""

    name, label, permission = "reactivate", "Open again…", Permission.MANAGE_MEMBERS
    title = "Open this account again"
    explains = "The account then waits for approval by a second person, like a new one."

    why = Words(label="Why")

    @classmethod
    def possible(cls, member: Member, row: Member) -> bool:
        """A closed account."""
        return not row.is_active

    def perform(self) -> str:
        """Through the service."""
        services.member_reactivate(actor=self.member, member=self.row, why=self.cleaned_data["why"])
        return f"The account of {self.row} is open again and waits for approval."


class GivePassword(ActForm):
    """A new password for a member who forgot theirs."""

    name, label, permission = "password", "Give a new password…", Permission.MANAGE_MEMBERS
    explains = (
        "The member’s open sessions end. Hand the password over in person and ask for it to be changed."
    )

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters.",
    )

    @classmethod
    def possible(cls, member: Member, row: Member) -> bool:
        """An open account other than one's own."""
        return row.is_active and row.pk != member.pk

    def perform(self) -> str:
        """Through the service."""
        services.member_give_password(
            actor=self.member, member=self.row, password=self.cleaned_data["password"]
        )
        return f"{self.row} has a new password."


class ResetSecondFactor(ActForm):
    """Removing the second factors of a member who lost theirs."""

    name, label, permission = "second-factor", "Remove the second factor…", Permission.MANAGE_MEMBERS
    explains = "See the member in person first. The next sign-in asks for a new second factor."

    @classmethod
    def possible(cls, member: Member, row: Member) -> bool:
        """An open account other than one's own, that has one."""
        return row.is_active and row.pk != member.pk and is_mfa_enabled(row)

    def perform(self) -> str:
        """Through the service."""
        services.member_reset_second_factor(actor=self.member, member=self.row)
        return f"{self.row} sets up a second factor at the next sign-in."


class ReleaseLock(ActForm):
    """Releasing a sign-in name that was locked after too many failures."""

    name, label, permission = "release-lock", "Release the lock", Permission.MANAGE_MEMBERS
    explains = "Ask the member first whether the failed attempts were their own."

    @classmethod
    def possible(cls, member: Member, row: Member) -> bool:
        """Where the name is locked, and is not one's own."""
        return row.pk != member.pk and row.sign_in_name in waiting.locked_names(row.agency)

    def perform(self) -> str:
        """Release through the service."""
        services.member_release_lock(actor=self.member, member=self.row)
        return f"{self.row} may sign in again."


def _main_first(main: str, others: list[str]) -> list[Role]:
    return [Role(main), *(Role(role) for role in others if role != main)]
