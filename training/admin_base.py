"""Administration through the gate: the base of every admin class, which the site alone takes.

The rooms below the gate (trail, accounts) have their admin classes in `alpr.administration`; see
docs/decisions/0005-admin-through-the-gate.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern

from accounts.models import Member
from accounts.permissions import Permission
from trail.models import Event, Inquiry
from trail.services import record
from trail.verbs import Verb
from training import gate

M = TypeVar("M", bound=models.Model)
OVERSIGHT = "Oversight in administration"

_answers: WeakKeyDictionary[HttpRequest, dict[Permission, bool]] = WeakKeyDictionary()


def member_of(request: HttpRequest) -> Member:
    """The member who asks. The site lets nobody else through to a page."""
    assert isinstance(request.user, Member)
    return request.user


def allowed(request: HttpRequest, permission: Permission | None) -> bool:
    """Whether the gate admits whoever asks, with `permission` at their own agency; asked once a request."""
    if permission is None:
        return False
    answers = _answers.setdefault(request, {})
    if permission not in answers:
        answers[permission] = gate.allows(request.user, permission)
    return answers[permission]


class Gated(admin.options.BaseModelAdmin[M]):
    """What pages and inlines share: the gate answers for every permission, and nothing is deleted."""

    sees: Permission
    changes: Permission | None = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the gate lets this member see these records."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Whether the gate lets this member see these records."""
        return allowed(request, self.sees)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the gate lets this member make such a record."""
        return self.has_view_permission(request) and allowed(request, self.changes)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Whether the gate lets this member change such a record."""
        return self.has_view_permission(request) and allowed(request, self.changes)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Never: the trail points at these records. They are closed, revoked or deactivated."""
        return False

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer only what the member may see in administration."""
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(related, GatedAdmin):
            kwargs.setdefault("queryset", related.get_queryset(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class GatedAdmin(Gated[M], admin.ModelAdmin[M]):
    """Admin pages of one kind of record, seen and changed through the gate alone, superuser or not.

    `sees` is what it takes to see the list and a page; `changes` what it takes to add and change (None: read
    only). `agency_path` is the look-up from the record to its agency, which must be the member's own (None:
    records of the whole installation). For evidence, `list_verb` and `page_verb` name the act that each list
    and each page is; it is recorded once, before the page goes out.

    Give no `search_fields` that hold a plate: what is typed there stands in the address.
    """

    agency_path: str | None = "agency"
    list_verb: Verb | None = None
    page_verb: Verb | None = None
    actions = ()
    view_on_site = False
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        """The records of the member's own agency."""
        rows = super().get_queryset(request)
        if self.agency_path is None:
            return rows
        return rows.filter(**{self.agency_path: member_of(request).agency_id})

    def get_urls(self) -> list[URLPattern]:
        """Django's pages without the one that deletes; each declares its rule."""
        urls = [url for url in super().get_urls() if not (url.name or "").endswith("_delete")]
        for url in urls:
            declare_rule(url.callback, self.sees)
        return urls

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, where the gate admits; an act where it is evidence."""
        self.admit(request, self.sees)
        response = super().changelist_view(request, extra_context)
        if self.list_verb and isinstance(response, TemplateResponse):
            self.record_view(request, self.list_verb, f"the list of {self.opts.verbose_name_plural}")
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One record, where the gate admits; an act where it is evidence."""
        self.admit(request, self.sees)
        if request.method == "POST" and self.changes:
            self.admit(request, self.changes)
        if self.page_verb and object_id is not None:
            self.record_view(request, self.page_verb, self.found(request, object_id))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the trail holds on one record, for those who may read the trail."""
        self.admit(request, self.sees)
        self.admit(request, Permission.READ_TRAIL)
        row = self.found(request, object_id)
        self.record_view(request, Verb.TRAIL_VIEWED, row)
        held = Event.objects.filter(content_type__app_label=self.opts.app_label, object_pk=str(row.pk))
        held = held.filter(content_type__model=self.opts.model_name)[:200]
        context = self.admin_site.each_context(request) | {
            "title": f"History of {row}", "opts": self.opts, "object": row, "events": held,
        }  # fmt: skip
        return TemplateResponse(request, "admin/object_history.html", context | (extra_context or {}))

    def found(self, request: HttpRequest, object_id: str) -> M:
        """The record, or Http404 where it is out of the member's sight."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404(f"There is no such {self.opts.verbose_name} here.")
        return row

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404(f"There is no such {opts.verbose_name} here.")

    def admit(self, request: HttpRequest, permission: Permission) -> None:
        """Raise `gate.Refused`, which is answered with its reason and recorded."""
        gate.admit(member_of(request), permission, on=member_of(request).agency)

    def inquiry(self, request: HttpRequest) -> Inquiry | None:
        """The purpose under which these pages are read, where one is stated."""
        return None

    def record_view(self, request: HttpRequest, verb: Verb, target: models.Model | str) -> None:
        """Put a viewed page on the trail, with the filters of a list as its elements."""
        inquiry, shown = self.inquiry(request), {"filters": request.GET.dict()} if request.GET else {}
        record(member_of(request), verb, target, inquiry=inquiry, purpose=OVERSIGHT, elements=shown)

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> Any:
        """Nothing: the trail has it, from the service or from auditlog."""

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        """Nothing: the trail has it, from the service or from auditlog."""


class GatedInline(Gated[M], admin.TabularInline[Any, Any]):
    """Records shown on the page of another, read only."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Never: a row shown here was written by its own service."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a row shown here was written by its own service."""
        return False


def declare_rule(view: Callable[..., Any], rule: Permission | str) -> None:
    """Write the rule on a view that Django's admin made, as `training.rules` does on ours."""
    view.rule = rule  # type: ignore[attr-defined]
