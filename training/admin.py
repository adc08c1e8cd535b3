"""Courses, sessions and certificates, for the training manager. They show no ALPR data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.models import Member
from accounts.permissions import Permission
from training import services
from training.admin_base import GatedAdmin, declare_rule, member_of
from training.admin_forms import ActForm, Day, Words
from training.models import Certificate, Course, Session

SOON = timedelta(days=30)


@admin.register(Course)
class CourseAdmin(GatedAdmin):
    """Courses that the department approved."""

    sees = changes = Permission.MANAGE_TRAINING
    list_display = ("name", "opens_access", "valid_days")
    fields = ("name", "topics", "opens_access", "valid_days")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new course belongs to the agency of whoever adds it."""
        if not change:
            obj.agency = member_of(request).agency
        super().save_model(request, obj, form, change)


@admin.register(Session)
class SessionAdmin(GatedAdmin):
    """Holdings of a course."""

    sees = changes = Permission.MANAGE_TRAINING
    agency_path = "course__agency"
    list_display = ("course", "held_on", "trainer", "place")
    list_filter = ("held_on",)
    list_select_related = ("course",)
    fields = ("course", "held_on", "trainer", "place")


class EnterCertificate(ActForm):
    """That a member completed a session; it opens the system at once."""

    name, label, permission = "add", "Enter a certificate", Permission.MANAGE_TRAINING
    explains = "A certificate opens the system to its member at once, for as long as the policy says."

    who = forms.ModelChoiceField(Member.objects.none(), label="Member")
    session = forms.ModelChoiceField(Session.objects.none())
    completed_on = Day()
    document = forms.FileField(required=False, help_text="The signed sheet or certificate: PDF, JPEG or PNG.")

    def prepare(self) -> None:
        """Offer the agency's open accounts, but nobody themselves, and its sessions."""
        agency = self.member.agency
        members = agency.members.filter(is_active=True).exclude(pk=self.member.pk)
        _choose_from(self.fields["who"], members)
        _choose_from(self.fields["session"], Session.objects.filter(course__agency=agency))

    def perform(self) -> str:
        """Enter it through the service."""
        said = self.cleaned_data
        self.row = services.certificate_enter(
            actor=self.member,
            member=said["who"],
            session=said["session"],
            completed_on=said["completed_on"],
            document=said["document"],
        )
        return f"The {self.row} is entered."


class RevokeCertificate(ActForm):
    """Taking a certificate back; its member loses access at once."""

    name, label, permission = "revoke", "Revoke…", Permission.MANAGE_TRAINING
    explains = "The member loses access at once, unless another certificate stands."

    why = Words(label="Why")

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Once."""
        return row.revoked_on is None

    def perform(self) -> str:
        """Revoke through the service."""
        services.certificate_revoke(actor=self.member, certificate=self.row, why=self.cleaned_data["why"])
        return f"The {self.row} is revoked."


class EndsFilter(admin.SimpleListFilter):
    """Certificates by when they end, as stored when they were entered."""

    title = "end"
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [("soon", "Within 30 days"), ("over", "Past"), ("revoked", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that end so."""
        today = timezone.localdate()
        if self.value() == "soon":
            return queryset.filter(revoked_on=None, valid_until__range=(today, today + SOON))
        if self.value() == "over":
            return queryset.filter(valid_until__lt=today)
        return queryset.filter(revoked_on__isnull=False) if self.value() == "revoked" else queryset


@admin.register(Certificate)
class CertificateAdmin(GatedAdmin):
    """Certificates: entered with their document, revoked with the reason, never edited."""

    sees = Permission.MANAGE_TRAINING
    agency_path = "member__agency"
    adding = EnterCertificate
    acts = (RevokeCertificate,)
    list_display = ("member", "session", "completed_on", "ends", "standing")
    list_filter = (EndsFilter,)
    list_select_related = ("member__agency", "session__course")
    search_fields = ("member__badge", "member__name")
    fields = readonly_fields = (
        "member", "session", "completed_on", "ends", "standing", "certified_by", "certified_at", "attached",
        "revoked_on",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        """One address more: the document, which lies under no public address."""
        document = self.admin_site.admin_view(self.document_view)
        declare_rule(document, self.sees)
        name = "training_certificate_document"
        return [path("<int:object_id>/document/", document, name=name), *super().get_urls()]

    def document_view(self, request: HttpRequest, object_id: int) -> FileResponse:
        """The document attached to a certificate."""
        self.admit(request, self.sees)
        certificate = self.found(request, str(object_id))
        if not certificate.document:
            raise Http404("No document is attached.")
        return FileResponse(certificate.document.open(), as_attachment=True)

    @admin.display(description="counts until")
    def ends(self, certificate: Certificate) -> str:
        """The last day on which it counts, under the policy in force now."""
        if certificate.member.agency.adopted is None:
            return "No policy is adopted"
        end = certificate.ends_on()
        return f"{end:%b} {end.day}, {end.year}" if end else "No end"

    @admin.display(description="standing")
    def standing(self, certificate: Certificate) -> str:
        """Whether it opens the system today."""
        if certificate.revoked_on:
            return "Revoked"
        if certificate.member.agency.adopted is None:
            return "Not counted yet"
        return "Current" if certificate.stands_on(timezone.localdate()) else "Does not open the system"

    @admin.display(description="document")
    def attached(self, certificate: Certificate) -> str:
        """A link to the document."""
        if not certificate.document:
            return "None attached"
        url = reverse("admin:training_certificate_document", args=[certificate.pk])
        return format_html('<a href="{}">Download the document</a>', url)


def _choose_from(field: forms.Field, rows: QuerySet[Any]) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
