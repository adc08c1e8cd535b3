"""Courses, their sessions, and the certificates that open the system."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Member
from alpr.policy import Policy


class Course(models.Model):
    """A course that the department approved, with its topics."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="courses")
    name = models.CharField(max_length=120)
    topics = ArrayField(
        models.CharField(max_length=120), help_text="One topic after another, separated by commas."
    )
    opens_access = models.BooleanField(
        default=True,
        help_text="Whether its certificate is the training before access that the policy asks for.",
    )
    valid_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days that a certificate stands, where shorter than the policy says."
    )

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="course_name_once_per_agency")]

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """One holding of a course."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    held_on = models.DateField()
    trainer = models.CharField(max_length=120)
    place = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-held_on"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.course}, {self.held_on:%b} {self.held_on.day}, {self.held_on.year}"


class Certificate(models.Model):
    """That a member completed a session: when, until when it counts, who certified it, with its document."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="certificates")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="certificates")
    completed_on = models.DateField()
    valid_until = models.DateField(null=True, blank=True, editable=False)
    certified_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    certified_at = models.DateTimeField(auto_now_add=True)
    document = models.FileField(upload_to="certificates/%Y/", blank=True)
    revoked_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-completed_on"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["member", "session"], name="certificate_once_per_session"),
            models.CheckConstraint(
                condition=~Q(certified_by=F("member")),
                name="certified_by_another",
                violation_error_message="Nobody certifies themselves.",
            ),
        ]

    def __str__(self) -> str:
        return f"certificate of {self.member}: {self.session.course}"

    def ends_on(self, policy: Policy | None = None) -> date | None:
        """The last day on which the certificate counts, the sooner of policy and course; None for no end.

        `policy` is the agency's in force, given where many certificates are asked; it is looked up else.
        """
        rules = policy or self.member.agency.policy
        days = [rules.training.valid_days, self.session.course.valid_days]
        spans = [span for span in days if span is not None]
        return self.completed_on + timedelta(days=min(spans)) if spans else None

    def stands_on(self, day: date, policy: Policy | None = None) -> bool:
        """Whether the certificate opens the system on `day`, under the policy in force now (as `ends_on`)."""
        if self.revoked_on is not None or not self.session.course.opens_access or day < self.completed_on:
            return False
        ends = self.ends_on(policy)
        return ends is None or day <= ends
