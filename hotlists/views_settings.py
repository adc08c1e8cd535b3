"""What an administrator does with a list: settings, approval, grants, and taking it out of use."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission
from hotlists import restricted, services
from hotlists.forms_lists import GrantForm, SettingsForm, WhyForm, add_errors
from hotlists.showing import viewer
from hotlists.views_lists import found, page
from training.rules import rule


@rule(Permission.DESIGNATE_LISTS)
@require_http_methods(["GET", "POST"])
@never_cache
def hot_list_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """The settings of a list that is in use."""
    hot_list = found(request, pk)
    form = SettingsForm(request.POST if request.method == "POST" else None, hot_list=hot_list)
    if form.is_valid():
        try:
            services.list_set(actor=viewer(request), hot_list=hot_list, **form.cleaned_data)
        except ValidationError as wrong:
            add_errors(form, wrong)
        else:
            messages.success(request, f"The settings of {form.cleaned_data['name']} are saved.")
            return redirect("hot_list", pk=pk)
    context = {"hot_list": hot_list, "form": form}
    return render(request, "hotlists/hot_list_settings.html", context, status=422 if form.errors else 200)


@rule(Permission.DESIGNATE_LISTS)
@require_POST
def hot_list_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a specific list."""
    hot_list = found(request, pk)
    try:
        services.list_approve(actor=viewer(request), hot_list=hot_list)
    except ValidationError as wrong:
        messages.error(request, " ".join(wrong.messages))
    else:
        messages.success(request, f"{hot_list} is approved and takes hot plates.")
    return redirect("hot_list", pk=pk)


@rule(Permission.DESIGNATE_LISTS)
@require_POST
def hot_list_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a list out of use."""
    hot_list, form = found(request, pk), WhyForm(request.POST, auto_id="id_close_%s")
    if not form.is_valid():
        return page(request, hot_list, {"close": form}, status=422)
    services.list_deactivate(actor=viewer(request), hot_list=hot_list, **form.cleaned_data)
    messages.success(request, f"{hot_list} is out of use: its entries match nothing from now on.")
    return redirect("hot_list", pk=pk)


@rule(Permission.DESIGNATE_LISTS)
@require_POST
def hot_list_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant a restricted list to another member."""
    hot_list, member = found(request, pk), viewer(request)
    form = GrantForm(request.POST, hot_list=hot_list, member=member)
    if form.is_valid():
        granted = form.cleaned_data["member"]
        try:
            services.restricted_grant(actor=member, hot_list=hot_list, member=granted)
        except ValidationError as wrong:
            add_errors(form, wrong)
        else:
            messages.success(request, f"{granted} sees {hot_list} from now on.")
            return redirect("hot_list", pk=pk)
    return page(request, hot_list, {"grant": form}, status=422)


@rule(Permission.DESIGNATE_LISTS)
@require_POST
def hot_list_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a grant back. The member's id comes with the form."""
    hot_list, form = found(request, pk), WhyForm(request.POST, auto_id="id_withdraw_%s")
    typed = request.POST.get("member", "")
    holder = get_object_or_404(restricted.holders(hot_list), pk=int(typed) if typed.isdecimal() else 0)
    if not form.is_valid():
        return page(request, hot_list, {"withdraw": form}, status=422)
    services.restricted_withdraw(actor=viewer(request), hot_list=hot_list, member=holder, **form.cleaned_data)
    messages.success(request, f"{holder} no longer sees {hot_list}.")
    return redirect("hot_list", pk=pk)
