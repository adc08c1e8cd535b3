"""Agreements in administration and among what waits: one walk from the proposal to the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.access import held
from accounts.models import Agency, Agreement, Member
from accounts.permissions import Permission
from alpr import waiting
from detections.schedules import TABLE
from tests.agreements.conftest import PURPOSES, Agree
from tests.search.conftest import SignIn
from training.agreements import state_of

pytestmark = pytest.mark.django_db
PAGES = "/admin/accounts/agreement/"


def waits(member: Member) -> list[tuple[str, bool]]:
    """What waits at agreements for this member, and whether it is theirs to do."""
    found = waiting.what_waits(waiting.ask(member))
    return [(wait.what, wait.is_yours) for wait in found if "agreement" in wait.what]


def test_one_that_is_wrong_or_not_ones_own_is_refused(
    sign_in: SignIn, agree: Agree, neighbor: Agency, neighbor_chief: Member, administrator: Member,
    custodian: Member,
) -> None:  # fmt: skip
    giving, taking = sign_in(neighbor_chief), sign_in(administrator)
    answer = giving.post(f"{PAGES}add/", {"title": "M", "purposes": PURPOSES, "starts_on": "2050-01-01"})
    assert "Choose an agency of this installation, or name one elsewhere." in answer.content.decode()
    assert sign_in(custodian).get(PAGES).status_code == 403
    proposed, standing = agree(approved=False), agree()
    elsewhere = agree(partner=None, partner_name="River Center", lets_search=False, lets_forward=True)
    assert giving.post(f"{PAGES}{proposed.pk}/act/approve/").status_code == 302
    for name in ("approve", "grant", "end"):
        said = {"role": "operator", "why": "Not wanted"}
        assert taking.post(f"{PAGES}{standing.pk}/act/{name}/", said).status_code == 302
        assert taking.post(f"{PAGES}{elsewhere.pk}/act/{name}/", said).status_code == 404
    for agreement, state in ((proposed, "proposed"), (standing, "approved"), (elsewhere, "approved")):
        agreement.refresh_from_db()
        assert (state_of(agreement), agreement.search_roles) == (state, [])
    assert taking.get(f"{PAGES}{standing.pk}/change/").status_code == 200
    assert taking.get(f"{PAGES}{elsewhere.pk}/change/").status_code == 404


def test_an_agreement_from_its_proposal_to_its_end(
    sign_in: SignIn, agency: Agency, neighbor: Agency, neighbor_chief: Member, neighbor_second: Member,
    administrator: Member, operator: Member,
) -> None:  # fmt: skip
    first, second, today = sign_in(neighbor_chief), sign_in(neighbor_second), timezone.localdate()
    said = {
        "title": "River memorandum", "partner": agency.pk, "purposes": PURPOSES, "lets_search": "on",
        "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=20)).isoformat(),
    }  # fmt: skip
    assert first.post(f"{PAGES}add/", said).status_code == 302
    agreement = Agreement.objects.get()
    page = f"{PAGES}{agreement.pk}/"
    approval = f"Approve the {agreement}"
    assert (waits(neighbor_chief), waits(neighbor_second)) == ([(approval, False)], [(approval, True)])
    assert waits(administrator) == waits(operator) == []
    assert second.post(f"{page}act/approve/").status_code == 302
    assert first.post(f"{page}act/grant/", {"role": "operator"}).status_code == 302
    assert held(operator, neighbor) == {Permission.SEARCH}
    shown = first.get(f"{page}change/").content.decode()
    assert "In force" in shown
    assert "Operator" in shown
    renewal = f"Renew the {agreement}, or let it end"
    assert waits(neighbor_chief) == waits(administrator) == [(renewal, True)]
    assert first.post(f"{page}act/withdraw/", {"role": "operator"}).status_code == 302
    assert held(operator, neighbor) == frozenset()
    assert second.post(f"{page}act/end/", {"why": "The memorandum was cancelled"}).status_code == 302
    assert waits(neighbor_chief) == []
    assert "Ended" in first.get(PAGES).content.decode()


def test_past_agreements_are_cleared_away_each_day() -> None:
    assert TABLE["Close past agreements"]["func"] == "training.agreements.close_past"
