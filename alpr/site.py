"""Our admin site: Django's own behind the gate, with an index that opens with what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from alpr import waiting
from training import gate
from training.admin_base import GatedAdmin, allowed, declare_rule, member_of
from training.rules import public

GROUPS: dict[str, tuple[str, ...]] = {
    "Policy": ("AdoptedPolicy", "Agency", "Agreement"),
    "People": ("Member", "Certificate", "Session", "Course"),
    "Readers": ("Camera", "CameraGroup", "ReaderKey"),
    "Hot lists": ("HotList", "Entry", "Refresh", "Snapshot", "Mapping", "ListKey"),
    "Parking": ("ParkingZone", "ScofflawList"),
    "Reads and hits": ("Hit", "Detection", "Search", "ImageJob", "Transfer"),
    "Kept and gone": ("Hold", "PurgeRun"),
    "The trail": ("Event", "Inquiry"),
    "Jobs": ("Failure", "OrmQ", "Schedule"),
}
ROOMS = {"trail", "accounts", "training", "hotlists", "detections", "releases", "audits"}
NOT_OURS = {"view_on_site", "password_change_done"}


class RecordsAdminSite(AdminSite):
    """Django's admin for administrators, training managers, custodians and auditors.

    It takes gated pages alone, so that what other packages bring cannot go round the gate. Signing in, the
    second factor, passwords and signing out are allauth's.
    """

    site_header = "Plate reader records"
    site_title = "Administration"
    index_title = "Administration"
    enable_nav_sidebar = False

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Take a gated page; pass over another package's own; refuse one of our rooms that is not gated."""
        if admin_class is not None and issubclass(admin_class, GatedAdmin):
            super().register(model_or_iterable, admin_class, **options)
            return
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        maker = (admin_class.__module__ if admin_class else "").partition(".")[0]
        if maker in ROOMS | {"alpr", ""}:
            raise ImproperlyConfigured(f"The admin of {models} must extend training.admin_base.GatedAdmin.")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the gate lets this member into administration, superuser or not."""
        return allowed(request, Permission.OVERSEE)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """The view behind the gate: nobody signed in goes to sign in, everyone refused is told why."""
        inner: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, Member):
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            gate.admit(request.user, Permission.OVERSEE, on=request.user.agency)
            return inner(request, *args, **kwargs)

        declare_rule(gated, Permission.OVERSEE)
        return gated

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's addresses, each with its rule, without those that we have no use for."""
        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_OURS]
        for url in urls:
            if isinstance(url, URLPattern) and url.name != "login":
                declare_rule(url.callback, Permission.OVERSEE)
        return urls

    @public("leads to the sign-in page")
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to allauth's page, which has the notice, the lock and the second factor."""
        if isinstance(request.user, Member):
            return redirect("admin:index", permanent=False)
        return redirect_to_login(resolve_url("admin:index"), resolve_url(settings.LOGIN_URL))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to allauth's page."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to allauth's page."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits, what is kept safe, and the records, each for those whom the gate lets see it."""
        asker = waiting.ask(member_of(request))
        waits = waiting.what_waits(asker)
        return super().index(
            request,
            {
                "waits": waits,
                "lede": waiting.lede(waits),
                "kept": waiting.kept_safe(asker),
                "sees_cameras": Permission.MANAGE_CAMERAS in asker.permitted,
                "now": timezone.now(),
            }
            | (extra_context or {}),
        )

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The records that the gate lets this member see, in groups that follow the work."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        found = {
            entry["object_name"]: entry
            for room in self._build_app_dict(request).values()
            for entry in room["models"]
        }
        groups = [
            (name, [found.pop(kind) for kind in kinds if kind in found]) for name, kinds in GROUPS.items()
        ]
        groups.append(("Other", list(found.values())))
        return [{"name": name, "models": entries} for name, entries in groups if entries]
