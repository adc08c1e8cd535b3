"""Agencies, their members, the policies they adopted and the agreements between them."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles import Role
from alpr.policy import Policy
from trail import context


class NeverDeleted(Exception):
    """Members and agencies stay for the trail's sake; a member who leaves is deactivated."""


class Agency(models.Model):
    """A department or other public agency with its own policy, members, cameras and lists."""

    name = models.CharField(max_length=120, unique=True)
    short_name = models.CharField(max_length=40, unique=True)
    ori = models.CharField("ORI", max_length=9, blank=True, help_text="Originating agency identifier.")
    is_demonstration = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]
        default_permissions = ()
        permissions = [(permission.value, f"May {permission.sentence}") for permission in Permission]

    def __str__(self) -> str:
        return self.short_name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Always raises `NeverDeleted`."""
        raise NeverDeleted("An agency is never deleted.")

    @property
    def adopted(self) -> AdoptedPolicy | None:
        """The policy version in force now, or None before the first adoption. Remembered within a request."""
        return context.remembered(self._adopted_key, lambda: self.policies.in_force(timezone.now()))

    def adopted_anew(self) -> None:
        """Let the rest of the request see a version that was approved in it."""
        context.forget(self._adopted_key)

    @property
    def _adopted_key(self) -> tuple[str, int]:
        return ("adopted policy", self.pk)

    @property
    def policy(self) -> Policy:
        """The rules in force now. Raises `NoPolicy` before the first adoption."""
        adopted = self.adopted
        if adopted is None:
            raise NoPolicy(f"{self} has adopted no policy, so nothing of the data may be used yet.")
        return adopted.policy

    @property
    def policy_label(self) -> str:
        """Label of the version in force, for the trail; empty before the first adoption."""
        return str(self.adopted or "")


class NoPolicy(Exception):
    """An agency without a policy in force uses no ALPR data (Civil Code 1798.90.51)."""


class MemberManager(BaseUserManager["Member"]):
    """Finds members by sign-in name. Members are made by `accounts.services` alone."""

    def get_by_natural_key(self, username: str | None) -> Member:
        """The member with that sign-in name, whatever its case."""
        return self.get(sign_in_name__iexact=username)


class Member(AbstractBaseUser, PermissionsMixin):
    """A person with individual credentials. Deactivated on leaving, never deleted."""

    class Theme(models.TextChoices):
        """How pages are painted; empty leaves it to the browser."""

        LIGHT = "light", "Light"
        DARK = "dark", "Dark"
        NIGHT = "night", "Night"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="members")
    sign_in_name = models.CharField(max_length=60, unique=True)
    badge = models.CharField("badge number", max_length=20)
    name = models.CharField(max_length=120)
    title = models.CharField(
        max_length=120, help_text="Job title, as the policy names who may use the system."
    )
    email = models.EmailField(blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), help_text="The main role first.")
    supervisor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supervises"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may open administration", default=False)
    approved_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    separated_on = models.DateField(null=True, blank=True)
    theme = models.CharField(max_length=5, choices=Theme, blank=True)
    keys_on = models.BooleanField("single keys in the console", default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = MemberManager()

    USERNAME_FIELD = "sign_in_name"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["badge"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "badge"], name="badge_once_per_agency"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("id")),
                name="member_approved_by_another",
                violation_error_message="An account is approved by somebody else than its owner.",
            ),
            models.CheckConstraint(
                condition=Q(separated_on=None) | Q(is_active=False),
                name="separated_member_is_inactive",
                violation_error_message="A member who has left is deactivated.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role.label} {self.badge}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Always raises `NeverDeleted`."""
        raise NeverDeleted("A member is deactivated, never deleted.")

    @property
    def role(self) -> Role:
        """The main role."""
        return Role(self.roles[0])

    @property
    def is_approved(self) -> bool:
        """Whether a second person approved the account (State Auditor 2019-118)."""
        return self.approved_by_id is not None

    trail_kind = "member"

    @property
    def trail_label(self) -> str:
        """A role and a number."""
        return str(self)

    @property
    def trail_agency(self) -> Agency:
        """The member's agency."""
        return self.agency

    @property
    def trail_policy(self) -> str:
        """The policy version in force at the member's agency."""
        return self.agency.policy_label


class AdoptedPolicyQuerySet(models.QuerySet["AdoptedPolicy"]):
    """Finds the version in force."""

    def in_force(self, moment: Any) -> AdoptedPolicy | None:
        """The latest approved version that is effective at `moment`."""
        approved = self.filter(approved_by__isnull=False, effective_from__lte=moment, approved_at__lte=moment)
        return approved.order_by("-effective_from", "-version").first()


class AdoptedPolicy(models.Model):
    """One version of an agency's policy: proposed by one person, approved by another, never edited after."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    preset = models.CharField(max_length=40)
    rules = models.JSONField(help_text="The whole policy, as `Policy.to_dict` writes it.")
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateTimeField()

    objects = AdoptedPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "policy"
        verbose_name_plural = "policies"
        ordering = ["agency", "-version"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "version"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
                name="policy_approved_by_another",
                violation_error_message="A policy is approved by somebody else than its proposer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy.label}, version {self.version}"

    @property
    def policy(self) -> Policy:
        """The typed rules of this version."""
        return _parsed(json.dumps(self.rules, sort_keys=True))


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Finds what is in force."""

    def in_force(self, day: date) -> AgreementQuerySet:
        """Those approved that have begun and not ended on `day`."""
        begun = self.filter(approved_by__isnull=False, starts_on__lte=day, ended_at=None)
        return begun.filter(Q(ends_on=None) | Q(ends_on__gte=day))

    def opening_search(self, day: date) -> AgreementQuerySet:
        """Those under which members of the partner may search on `day`, once a role of theirs is granted."""
        return self.in_force(day).filter(lets_search=True, partner__isnull=False)


class Agreement(models.Model):
    """What one agency lets another do with its ALPR data: proposed by one person, approved by another.

    `agency` is the one whose data it speaks of. The other is an agency of this installation (`partner`) or
    one elsewhere that only has a name, such as a regional centre (San Leandro Policy 418: a memorandum with
    the centre; Piedmont Policy 438: the Chief may contract with another agency). `search_roles` are the
    partner's roles to which search is granted under it; `accounts.grants` gives guardian's grants for them.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="agreements")
    title = models.CharField(max_length=120, help_text="As the document is headed.")
    reference = models.CharField(max_length=60, blank=True, help_text="The document’s number in the files.")
    partner = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements_of_others"
    )
    partner_name = models.CharField(max_length=120)
    purposes = models.TextField(help_text="What the data may be used for, in the agreement’s words.")
    lets_search = models.BooleanField("members of the partner may search", default=False)
    search_roles = ArrayField(
        models.CharField(max_length=20, choices=Role), default=list, blank=True, editable=False
    )
    lets_forward = models.BooleanField("detections are forwarded to the partner", default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Its last day; empty until it is ended.")
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)
    proposed_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_why = models.CharField(max_length=300, blank=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
                name="agreement_approved_by_another",
                violation_error_message="An agreement is approved by another than who proposes it.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="agreement_ends_after_start",
                violation_error_message="An agreement ends on the day it starts or later.",
            ),
            models.CheckConstraint(
                condition=Q(partner=None) | ~Q(partner=F("agency")),
                name="agreement_with_another",
                violation_error_message="An agency makes no agreement with itself.",
            ),
            models.CheckConstraint(
                condition=Q(lets_search=True) | Q(lets_forward=True),
                name="agreement_lets_something",
                violation_error_message="An agreement lets the partner search, or detections go to it.",
            ),
            models.CheckConstraint(
                condition=Q(lets_search=False) | Q(partner__isnull=False),
                name="agreement_search_within_installation",
                violation_error_message="Only members of an agency of this installation can search here.",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.title} with {self.partner_name}"

    def stands_on(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        approved = self.approved_by_id is not None and self.ended_at is None
        return approved and self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@lru_cache(maxsize=64)
def _parsed(rules: str) -> Policy:
    return Policy.from_dict(json.loads(rules))
