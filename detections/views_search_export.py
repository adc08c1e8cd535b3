"""The results of a search as a file, under a reason and a case number of its own."""

from __future__ import annotations

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from detections.search_export import MOST_ROWS, Export, search_export
from detections.search_words import Asked
from detections.services_search import require_open
from detections.views_console import signed_in_member
from detections.views_search import own_search
from training.rules import rule


class ExportForm(forms.Form):
    """Why the results leave the system, and for which case."""

    case_number = forms.CharField(
        label="Case or incident number",
        max_length=30,
        widget=forms.TextInput({"class": "mono", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label="What is the file for?",
        max_length=300,
        help_text="One sentence another officer could check: who receives it, and what for.",
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
    )


@rule(Permission.SEARCH)
@require_http_methods(["GET", "POST"])
@never_cache
def search_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Asks for the reason; POST gives the file, which is recorded with its rows and its hash."""
    asked, member = own_search(request, pk), signed_in_member(request)
    require_open(member, asked)
    form = ExportForm(request.POST or None, initial={"case_number": asked.inquiry.case_number})
    if request.method == "POST" and form.is_valid():
        try:
            return _file(search_export(actor=member, search=asked, **form.cleaned_data))
        except ValidationError as problems:
            form.add_error(None, problems)
    context = {"search": asked, "asked": Asked(asked), "form": form, "most": MOST_ROWS}
    status = 422 if form.is_bound else 200
    return render(request, "detections/search_export.html", context, status=status)


def _file(export: Export) -> StreamingHttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=export.name) or "",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(export, content_type="text/csv; charset=utf-8", headers=headers)
