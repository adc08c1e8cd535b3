"""Administration through the gate: the base of every admin class, which the site alone takes.

The rooms below the gate (trail, accounts) have their admin classes in `alpr.administration`; see
docs/decisions/0005-admin-through-the-gate.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.text import capfirst

from accounts.models import Member
from accounts.permissions import Permission
from alpr.policy import PolicyError
from trail.models import Event, Inquiry
from trail.moves import MoveRefused
from trail.purpose import VagueReason
from trail.services import record
from trail.verbs import Verb
from training import gate
from training.admin_forms import ActForm, fieldsets_of

if TYPE_CHECKING:
    Either = BaseModelAdmin[Any]
    Page = admin.ModelAdmin[Any]
    Rows = admin.TabularInline[Any, Any]
else:
    Either, Page, Rows = BaseModelAdmin, admin.ModelAdmin, admin.TabularInline

OVERSIGHT = "Oversight in administration"
SHOWN_OF_HISTORY = 200
ONE_WAY_TO_SAVE = {"show_save_and_add_another": False, "show_save_and_continue": False}
REFUSALS = (ValidationError, VagueReason, MoveRefused, PolicyError)

_answers: WeakKeyDictionary[HttpRequest, frozenset[Permission]] = WeakKeyDictionary()


def member_of(request: HttpRequest) -> Member:
    """The member who asks. The site lets nobody else through to a page."""
    assert isinstance(request.user, Member)
    return request.user


def allowed(request: HttpRequest, permission: Permission | None) -> bool:
    """Whether the gate admits whoever asks, with `permission` at their own agency; asked once a request."""
    if not isinstance(request.user, Member):
        return False
    if request not in _answers:
        _answers[request] = gate.permitted(request.user)
    return permission in _answers[request]


class Gated(Either):
    """What pages and inlines share: the gate answers for every permission, and nothing is deleted."""

    sees: Permission
    changes: Permission | None = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the gate lets this member see these records."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the gate lets this member see these records."""
        return allowed(request, self.sees)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the gate lets this member make such a record."""
        return self.has_view_permission(request) and allowed(request, self.changes)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the gate lets this member change such a record."""
        return self.has_view_permission(request) and allowed(request, self.changes)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
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

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A related record is chosen from a plain list, without windows of its own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class GatedAdmin(Gated, Page):
    """Admin pages of one kind of record, seen and changed through the gate alone, superuser or not.

    `sees` is what it takes to see the list and a page; `changes` what it takes to add and change with
    Django’s own form (None: read only). `adding` is the form whose service adds a record, `acts` are the
    forms behind the buttons of a page. `agency_path` is the look-up from record to agency, which must be the
    member's own (None: records of the whole installation). For evidence, `list_verb` and `page_verb` name the
    act that each list and each page is; it is recorded once, before the page goes out.

    Give no `search_fields` that hold a plate: what is typed there stands in the address.
    """

    agency_path: str | None = "agency"
    list_verb: Verb | None = None
    page_verb: Verb | None = None
    adding: type[ActForm] | None = None
    acts: tuple[type[ActForm], ...] = ()
    actions = ()
    view_on_site = False
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """The records of the member's own agency."""
        rows = super().get_queryset(request)
        if self.agency_path is None:
            return rows
        return rows.filter(**{self.agency_path: member_of(request).agency_id})

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the gate lets this member add, with Django's form or with the service's."""
        if self.adding is None:
            return super().has_add_permission(request, *args)
        return self.has_view_permission(request) and allowed(request, self.adding.permission)

    def get_urls(self) -> list[URLPattern]:
        """Django's pages without the one that deletes, and one for each act; each declares its rule."""
        urls = [url for url in super().get_urls() if not (url.name or "").endswith("_delete")]
        act = self.admin_site.admin_view(self.act_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        urls.insert(0, path("<path:object_id>/act/<slug:name>/", act, name=name))
        for url in urls:
            declare_rule(url.callback, self.sees)
        return urls

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, where the gate admits; an act where it is evidence."""
        self.admit(request, self.sees)
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        response = super().changelist_view(request, title | (extra_context or {}))
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
        if object_id is None and self.adding:
            return self._form_page(request, self.adding, None)
        if request.method == "POST" and self.changes:
            self.admit(request, self.changes)
        if object_id is not None:
            row = self.found(request, object_id)
            if self.page_verb:
                self.record_view(request, self.page_verb, row)
            acts, trail = self._buttons(request, row), allowed(request, Permission.READ_TRAIL)
            extra_context = {
                "acts": acts,
                "may_read_trail": trail,
                "title": capfirst(self.opts.verbose_name),
                **(extra_context or {}),
            }
        extra_context = ONE_WAY_TO_SAVE | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, extra_context)

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """The form behind one button of a record's page."""
        self.admit(request, self.sees)
        chosen = next((act for act in self.acts if act.name == name), None)
        if chosen is None:
            raise Http404("There is no such act.")
        self.admit(request, chosen.permission)
        row = self.found(request, object_id)
        if not chosen.possible(member_of(request), row):
            return self._to_page(row)
        return self._form_page(request, chosen, row)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the trail holds on one record, for those who may read the trail."""
        self.admit(request, self.sees)
        self.admit(request, Permission.READ_TRAIL)
        row = self.found(request, object_id)
        self.record_view(request, Verb.TRAIL_VIEWED, row)
        held = Event.objects.filter(
            content_type__app_label=self.opts.app_label,
            content_type__model=self.opts.model_name,
            object_pk=str(row.pk),
        )
        shown = {"title": f"History of {row}", "object": row, "events": held[:SHOWN_OF_HISTORY]}
        return TemplateResponse(request, "admin/object_history.html", self._context(request) | shown)

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The record, or Http404 where it is out of the member's sight."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404(f"There is no such {self.opts.verbose_name} here.")
        return row

    def admit(self, request: HttpRequest, permission: Permission) -> None:
        """Raise `gate.Refused`, which is answered with its reason and recorded."""
        gate.admit(member_of(request), permission, on=member_of(request).agency)

    def inquiry(self, request: HttpRequest) -> Inquiry | None:
        """The purpose under which these pages are read, where one is stated."""
        return None

    def elements(self, row: Any) -> dict[str, Any]:
        """The data elements that the page of this record shows, for the trail."""
        return {}

    def record_view(self, request: HttpRequest, verb: Verb, target: models.Model | str) -> None:
        """Put a viewed page on the trail: a record with its elements, a list with its filters."""
        shown = {"filters": request.GET.dict()} if isinstance(target, str) else self.elements(target)
        inquiry = self.inquiry(request)
        record(member_of(request), verb, target, inquiry=inquiry, purpose=OVERSIGHT, elements=shown)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the trail has it, from the service or from auditlog."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the trail has it, from the service or from auditlog."""

    def _form_page(self, request: HttpRequest, chosen: type[ActForm], row: Any) -> HttpResponse:
        self.admit(request, chosen.permission)
        given = (request.POST, request.FILES) if request.method == "POST" else ()
        form = chosen(*given, member=member_of(request), row=row)
        if form.is_valid():
            try:
                done = form.perform()
            except REFUSALS as refused:
                form.add_error(None, getattr(refused, "messages", [str(refused)]))
            else:
                return self._done(request, form, done)
        shown = {
            "title": chosen.title or chosen.label.removesuffix("…"),
            "subtitle": str(row or ""),
            "form": form,
            "object": row,
            "explains": chosen.explains,
            "adminform": fieldsets_of(form, self),
            "errors": form.errors,
        }
        return TemplateResponse(request, "admin/act.html", self._context(request) | shown)

    def _done(self, request: HttpRequest, form: ActForm, done: str) -> HttpResponse:
        if form.shown_once:
            shown = {"title": done, "secret": form.shown_once, "explains": form.explains, "object": form.row}
            page = TemplateResponse(request, "admin/shown_once.html", self._context(request) | shown)
            add_never_cache_headers(page)
            return page
        self.message_user(request, done)
        return self._to_page(form.row)

    def _to_page(self, row: Any) -> HttpResponse:
        return HttpResponseRedirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        )

    def _buttons(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        url, member = f"admin:{self.opts.app_label}_{self.opts.model_name}_act", member_of(request)
        return [
            (act.label, reverse(url, args=[row.pk, act.name]))
            for act in self.acts
            if allowed(request, act.permission) and act.possible(member, row)
        ]

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media}

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404(f"There is no such {opts.verbose_name} here.")


class GatedInline(Gated, Rows):
    """Records shown on the page of another, read only."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Never: a row shown here was written by its own service."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a row shown here was written by its own service."""
        return False


def declare_rule(view: Callable[..., Any], rule: Permission | str) -> None:
    """Write the rule on a view that Django's admin made, as `training.rules` does on ours."""
    view.rule = rule  # type: ignore[attr-defined]
