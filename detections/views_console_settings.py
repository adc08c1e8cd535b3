"""What a member sets in the console: sound, filters and keys. Every page and form works without a script."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from detections import services_console as services
from detections.console_board import filter_choices
from detections.console_choice import (
    ACTIONS,
    LEAST_VOLUME_OF_HIGH,
    choice_of,
    is_filtering,
    keys_of,
    sound_of,
)
from detections.forms_console import KeysForm, MuteForm, SoundForm
from detections.views_console import back, signed_in_member
from training.rules import rule


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def console_settings(request: HttpRequest) -> HttpResponse:
    """Sound, filters and keys of the member's console."""
    return _settings(request, KeysForm(initial=keys_of(choice_of(signed_in_member(request)))))


def _settings(request: HttpRequest, form: KeysForm, *, status: int = 200) -> HttpResponse:
    member = signed_in_member(request)
    choice = choice_of(member)
    context = {
        "form": form,
        "defaults": {name: action.key.title() for name, action in ACTIONS.items()},
        "changed": bool(choice.keys),
        "sound": sound_of(choice),
        "least_high": LEAST_VOLUME_OF_HIGH,
        "filters": filter_choices(member, choice),
        "filtering": is_filtering(choice),
    }
    return render(request, "detections/console_settings.html", context, status=status)


@rule(Permission.SEE_HITS)
@require_POST
def console_sound(request: HttpRequest) -> HttpResponse:
    """Set the volume, mute or unmute (`do`: volume, mute, mute_high, unmute), and come back."""
    member, do = signed_in_member(request), request.POST.get("do", "")
    if do == "volume":
        loudness = SoundForm(request.POST)
        if not loudness.is_valid():
            raise BadRequest("A volume lies between 0 and 100.")
        services.volume_set(actor=member, volume=loudness.cleaned_data["volume"])
    elif do == "mute":
        silence = MuteForm(request.POST)
        if not silence.is_valid():
            raise BadRequest("Mute for 10 minutes, for an hour, or until switched on again.")
        services.mute(actor=member, minutes=silence.cleaned_data["minutes"])
    elif do == "mute_high":
        services.mute_high(actor=member)
    elif do == "unmute":
        services.unmute(actor=member)
    else:
        raise BadRequest("Say what to do with the sound.")
    return back(request)


@rule(Permission.SEE_HITS)
@require_POST
def console_filters(request: HttpRequest) -> HttpResponse:
    """Show what is ticked alone, or all again (`all`), and come back."""
    names = ("lists", "priorities", "areas")
    ticked = {name: [] if "all" in request.POST else _numbers(request, name) for name in names}
    services.filters_set(actor=signed_in_member(request), **ticked)
    return back(request)


@rule(Permission.SEE_HITS)
@require_POST
@never_cache
def console_keys_set(request: HttpRequest) -> HttpResponse:
    """Give the actions other keys, or all of them as they come (`reset`)."""
    member = signed_in_member(request)
    if "reset" in request.POST:
        services.keys_reset(actor=member)
        messages.success(request, "Every action has its key as it comes.")
        return redirect("console_settings")
    form = KeysForm(request.POST)
    if form.is_valid():
        try:
            services.keys_set(actor=member, keys=form.cleaned_data)
        except ValidationError as wrong:
            for name, errors in wrong.message_dict.items():
                form.add_error(name, errors)
    if form.errors:
        return _settings(request, form, status=422)
    messages.success(request, "The keys are changed.")
    return redirect("console_settings")


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [int(value) for value in request.POST.getlist(name) if value.isdecimal()]
