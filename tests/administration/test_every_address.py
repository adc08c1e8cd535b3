"""Every address of the system, asked by those who must find nothing open.

A new address without a rule fails here; so does one that names a record and is not in `addresses.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import Member
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS, Role
from accounts.services import member_assign_roles
from tests.administration.addresses import Address, every_address
from tests.administration.conftest import CASE, PLATE, SignIn, World
from tests.cast import certify
from training.admin_base import GatedAdmin

pytestmark = pytest.mark.django_db

# Views of the sign-in package, which shows no ALPR data: why each is open, or asks who one is by itself.
FRAMEWORK = {
    "account_login": "public: the way in",
    "account_logout": "public: the way out",
    "account_inactive": "public: says that an account is closed",
    "mfa_authenticate": "public: the second step of signing in",
    "mfa_login_webauthn": "public: signing in with a passkey",
    "account_reauthenticate": "signed in: the password again",
    "account_change_password": "signed in: the member's own password",
    "mfa_index": "signed in: the member's own second factor",
    "mfa_reauthenticate": "signed in: the second factor again",
    "mfa_activate_totp": "signed in: the member's own second factor",
    "mfa_deactivate_totp": "signed in: the member's own second factor",
    "mfa_view_recovery_codes": "signed in: the member's own recovery codes",
    "mfa_generate_recovery_codes": "signed in: the member's own recovery codes",
    "mfa_download_recovery_codes": "signed in: the member's own recovery codes",
    "mfa_list_webauthn": "signed in: the member's own passkeys",
    "mfa_add_webauthn": "signed in: the member's own passkeys",
    "mfa_reauthenticate_webauthn": "signed in: the passkey again",
    "mfa_remove_webauthn": "signed in: the member's own passkeys",
    "mfa_edit_webauthn": "signed in: the member's own passkeys",
}
# Of the installation, not of an agency: jobs carry ids alone.
SHARED = {"django_q.failure", "django_q.ormq", "django_q.schedule"}
# Asked of a key before anything else, whoever is signed in.
KEYED = ("api_image", "api_hot_list_file", "api_hot_list_refresh")
# An agreement is made with another agency of the installation, which is chosen by its name.
NAMES_AGENCIES = {"accounts_agreement_add"}
ALL_ROLES = [Role.ADMINISTRATOR, *(role for role in Role if role != Role.ADMINISTRATOR)]


def rule_of(address: Address) -> Permission | str | None:
    if address.name in FRAMEWORK:
        return FRAMEWORK[address.name]
    rule: Permission | str | None = getattr(address.view, "rule", None)
    return rule


def answers(client: Client, address: Address) -> list[tuple[str, int, bytes, str]]:
    """What GET and an empty POST are answered: method, status, what was shown, where it leads."""
    found = []
    lists_only = address.name.endswith(("_changelist", "_history")) or not address.name
    for method in ("get",) if lists_only else ("get", "post"):
        answer = getattr(client, method)(address.path)
        shown = b"" if answer.streaming else answer.content
        found.append((method.upper(), answer.status_code, shown, answer.headers.get("Location", "")))
    return found


def test_every_view_declares_its_rule(world: World) -> None:
    without = [address.path for address in every_address(world) if rule_of(address) is None]
    assert without == []


def test_nobody_signed_in_finds_nothing_open(client: Client, world: World) -> None:
    opened = []
    for address in every_address(world):
        rule = rule_of(address)
        public = isinstance(rule, str) and rule.startswith("public: ")
        for method, status, shown, place in answers(client, address):
            shut = public or status in (401, 403, 404, 405) or "/accounts/login/" in place
            if not shut or status >= 500 or PLATE.encode() in shown or CASE.encode() in shown:
                opened.append((method, address.path, status, place))
    assert opened == []


@pytest.mark.parametrize("who", ["lapsed", "lapsed_superuser"])
def test_without_a_certificate_nothing_of_the_data_opens(
    who: str, request: Any, sign_in: SignIn, world: World
) -> None:
    client = sign_in(request.getfixturevalue(who))
    opened = []
    for address in every_address(world):
        if address.name == "account_logout":
            continue
        rule = rule_of(address)
        # Django's own short address of a record's page leads to the page itself and shows nothing.
        leads_on = not address.name
        needs = isinstance(rule, Permission) and rule.needs_training and not leads_on
        for method, status, shown, place in answers(client, address):
            if (needs and status not in (403, 404, 405)) or PLATE.encode() in shown or status >= 500:
                opened.append((method, address.path, status, place))
    assert opened == []


def test_a_superuser_without_a_certificate_sees_no_list_of_detections_or_hits(
    client: Client, sign_in: SignIn, lapsed_superuser: Member, world: World
) -> None:
    client = sign_in(lapsed_superuser)
    for kind in ("detection", "hit", "search"):
        answer = client.get(f"/admin/detections/{kind}/")
        assert answer.status_code == 403, kind
        assert b"training" in answer.content, kind
    index = client.get("/admin/").content
    assert b"/admin/detections/hit/" not in index
    assert b"open hit" not in index


@pytest.fixture
def trained_outsider(outsider: Member) -> Member:
    """Another agency's member who holds every role there, so that no missing role keeps them out here."""
    chief = outsider.agency.members.get(badge="eas-02")
    return member_assign_roles(actor=chief, member=outsider, roles=ALL_ROLES)


def test_an_outsider_finds_no_record_of_this_agency(
    sign_in: SignIn, trained_outsider: Member, world: World
) -> None:
    client = sign_in(trained_outsider)
    purpose = {"case_number": CASE, "offense": "robbery", "reason": ""}
    assert client.post("/admin/detections/detection/purpose/", purpose).status_code == 302
    opened = []
    for address in every_address(world):
        if address.name in ("account_logout", *KEYED) or address.record in SHARED:
            continue
        for method, status, shown, place in answers(client, address):
            leads_on = not address.name and status == 302
            shut = not address.record or status in (404, 405) or leads_on
            named = b"Alder" in shown and address.name not in NAMES_AGENCIES
            if not shut or PLATE.encode() in shown or named or status >= 500:
                opened.append((method, address.path, status, place))
    assert opened == []


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_in_administration_what_the_table_of_roles_says(
    role: Role, request: Any, sign_in: SignIn, world: World
) -> None:
    member = request.getfixturevalue(role.value)
    client, held = sign_in(member), PERMISSIONS[role]
    expected = 200 if Permission.OVERSEE in held else 403
    index = client.get("/admin/")
    assert index.status_code == expected
    for model, page in admin.site._registry.items():
        assert isinstance(page, GatedAdmin)
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        answer = client.get(path)
        sees = Permission.OVERSEE in held and page.sees in held
        asked_first = model._meta.model_name == "detection"
        assert answer.status_code == ((302 if asked_first else 200) if sees else 403), path
        assert (path.encode() in index.content) == sees, path


def test_every_page_of_administration_opens_to_who_may_see_it(
    sign_in: SignIn, chief: Member, custodian: Member, world: World
) -> None:
    certify(chief, custodian, days_ago=3)
    member_assign_roles(actor=custodian_with_members(custodian, chief), member=chief, roles=ALL_ROLES)
    client = sign_in(chief)
    purpose = {"case_number": CASE, "offense": "robbery", "reason": ""}
    assert client.post("/admin/detections/detection/purpose/", purpose).status_code == 302
    for model, page in admin.site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        pk = world[model._meta.label_lower].pk
        for path in (base, f"{base}{pk}/change/", f"{base}{pk}/history/"):
            assert client.get(path).status_code == 200, path
        if isinstance(page, GatedAdmin) and (page.adding or page.changes):
            assert client.get(f"{base}add/").status_code in (200, 403), base


def custodian_with_members(custodian: Member, chief: Member) -> Member:
    """The custodian, also made administrator, since nobody assigns roles to themselves."""
    return member_assign_roles(actor=chief, member=custodian, roles=[Role.CUSTODIAN, Role.ADMINISTRATOR])


def test_the_table_of_the_framework_holds_no_address_that_is_gone(world: World) -> None:
    assert set(FRAMEWORK) <= {address.name for address in every_address(world)}
