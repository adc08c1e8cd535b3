"""The list of members, and the words of the records: fixed numbers of questions, the department's terms."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from accounts.roles import Role
from tests.administration.conftest import SignIn
from tests.cast import enroll

pytestmark = pytest.mark.django_db
MEMBERS = "/admin/accounts/member/"


# The list of members


def test_a_long_list_of_members_costs_no_more_questions(
    sign_in: SignIn, administrator: Member, chief: Member, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(administrator)
    client.get(MEMBERS)
    with CaptureQueriesContext(connection) as few:
        client.get(MEMBERS)
    for number in range(12):
        enroll(administrator.agency, Role.OPERATOR, f"5{number:03}", approver=chief)
    with django_assert_max_num_queries(len(few)):
        page = client.get(MEMBERS).content.decode()
    assert "5011" in page
    assert page.count("To ") >= 12


def test_what_waits_asks_no_more_for_more_members(
    sign_in: SignIn, chief: Member, training_manager: Member, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(training_manager)
    client.get("/admin/")
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/")
    for number in range(12):
        enroll(chief.agency, Role.OPERATOR, f"5{number:03}", approver=chief)
    with django_assert_max_num_queries(len(few)):
        client.get("/admin/")


def test_records_are_named_in_the_words_of_the_department() -> None:
    names = {model.__name__: str(model._meta.verbose_name_plural) for model in admin.site._registry}
    assert names["AdoptedPolicy"] == "policies"
    assert names["PurgeRun"] == "deletion runs"
    assert names["ImageJob"] == "photographs"
    assert names["Transfer"] == "batches"
    assert names["Snapshot"] == "loaded files"
    assert names["Refresh"] == "received files"
