"""Vehicle checks: a member gives a photograph under a stated purpose, and sees what was read in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import Member
from accounts.permissions import Permission
from detections import console, pictures
from detections.forms_purpose import PurposeForm
from detections.models import Detection, Hit, ImageJob
from detections.services_images import photograph_give
from trail.services import record
from trail.verbs import Verb
from training import gate
from training.rules import rule


class PhotographForm(PurposeForm):
    """The purpose, then the photograph."""

    photograph = forms.FileField(
        label="Photograph",
        help_text="JPEG, PNG or WebP. It is kept as it is, as evidence.",
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    captured_at = forms.DateTimeField(
        label="Taken at",
        required=False,
        help_text="Leave empty for now.",
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


@rule(Permission.GIVE_PICTURES)
def photographs(request: HttpRequest) -> HttpResponse:
    """The form, and the photographs that this member gave last. GET and POST."""
    member = _member(request)
    form = PhotographForm(request.POST or None, request.FILES or None, member=member)
    if request.method == "POST" and form.is_valid():
        job = _give(form, member)
        if job is not None:
            return redirect("photograph", job.pk)
    given = ImageJob.objects.filter(given_by=member).select_related("inquiry")[:20]
    status = 422 if form.is_bound else 200
    return render(request, "detections/photographs.html", {"form": form, "given": given}, status=status)


def _give(form: PhotographForm, member: Member) -> ImageJob | None:
    file: UploadedFile[bytes] = form.cleaned_data["photograph"]
    try:
        return photograph_give(
            actor=member,
            inquiry=form.state_purpose(),
            data=file.read(),
            captured_at=form.cleaned_data["captured_at"],
        )
    except ValidationError as problems:
        for field, messages in problems.message_dict.items():
            form.add_error("photograph" if field == "image" else field, messages)
        return None


def _own_job(request: HttpRequest, pk: int) -> ImageJob:
    member = _member(request)
    jobs = ImageJob.objects.select_related("inquiry", "camera__agency")
    job = get_object_or_404(jobs, pk=pk, given_by=member)
    gate.require(member, Permission.GIVE_PICTURES, on=job, inquiry=job.inquiry)
    return job


@rule(Permission.GIVE_PICTURES)
def photograph(request: HttpRequest, pk: int) -> HttpResponse:
    """One photograph with what was read in it; the page asks again by itself while it waits."""
    job = _own_job(request, pk)
    context: dict[str, Any] = {"job": job, "reads": _reads(job, _member(request))}
    if job.state != ImageJob.State.WAITING:
        plates = [detection.plate for detection, _ in context["reads"]]
        record(_member(request), Verb.RESULTS_VIEWED, job, inquiry=job.inquiry, elements={"plates": plates})
    part = request.headers.get("HX-Request") == "true"
    return render(request, f"detections/{'_photograph_result' if part else 'photograph'}.html", context)


def _reads(job: ImageJob, member: Member) -> list[tuple[Detection, list[Hit]]]:
    detections = {str(d.pk): d for d in Detection.objects.filter(pk__in=job.detection_ids)}
    hits = console.visible(member).filter(detection_id__in=job.detection_ids)
    return [
        (detections[key], [hit for hit in hits if str(hit.detection_id) == key])
        for key in job.detection_ids
        if key in detections
    ]


@rule(Permission.GIVE_PICTURES)
def photograph_image(request: HttpRequest, pk: int) -> HttpResponse:
    """The photograph itself, recorded each time."""
    job = _own_job(request, pk)
    record(_member(request), Verb.IMAGE_VIEWED, job, inquiry=job.inquiry)
    return pictures.whole(job.image)
