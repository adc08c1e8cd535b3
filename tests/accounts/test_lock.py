"""Five failures lock a sign-in name until an administrator releases it (CJIS AC-7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Refused
from accounts.models import Agency, Member
from accounts.services import member_release_lock, policy_approve, policy_propose
from alpr.policy import load_preset
from tests.accounts.conftest import is_signed_in
from tests.cast import PASSWORD
from trail.models import Event
from trail.verbs import Outcome, Verb

Door = Callable[..., Client]


def fail(sign_in: Door, member: Member | str, times: int) -> None:
    for _ in range(times):
        sign_in(member, "not the password 1")


def test_a_locked_name_is_refused_with_the_right_password_from_anywhere(
    sign_in: Door, operator: Member
) -> None:
    fail(sign_in, operator, 5)
    assert not is_signed_in(sign_in(operator))
    assert not is_signed_in(sign_in(operator, address="203.0.113.9"))


def test_the_fifth_failure_shows_the_lock_and_who_opens_it(sign_in: Door, operator: Member) -> None:
    fail(sign_in, operator, 4)
    client = sign_in("nobody")
    answer = client.post(reverse("account_login"), {"login": operator.sign_in_name, "password": "wrong"})
    assert answer.status_code == 403
    assert "An administrator must release this sign-in name" in answer.content.decode()


def test_case_and_space_do_not_give_more_tries(sign_in: Door, operator: Member, agency: Agency) -> None:
    Member.objects.filter(pk=operator.pk).update(sign_in_name="jalvarez")
    operator.refresh_from_db()
    for typed in ("jalvarez", "JAlvarez", " jalvarez", "JALVAREZ ", "jAlvarez"):
        sign_in(typed, "not the password 1")
    assert not is_signed_in(sign_in(operator))


def test_four_failures_lock_nothing(sign_in: Door, operator: Member) -> None:
    fail(sign_in, operator, 4)
    assert is_signed_in(sign_in(operator))


def test_a_sign_in_forgets_the_failures_before_it(sign_in: Door, operator: Member) -> None:
    fail(sign_in, operator, 4)
    sign_in(operator)
    fail(sign_in, operator, 4)
    assert is_signed_in(sign_in(operator))


def test_another_name_from_the_same_address_still_works(
    sign_in: Door, operator: Member, analyst: Member
) -> None:
    fail(sign_in, operator, 5)
    fail(sign_in, "nobody", 12)
    assert is_signed_in(sign_in(analyst))


def test_failures_count_together_within_the_policys_minutes_alone(sign_in: Door, operator: Member) -> None:
    fail(sign_in, operator, 4)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    fail(sign_in, operator, 4)
    assert is_signed_in(sign_in(operator))


def test_a_lock_does_not_end_by_waiting(sign_in: Door, operator: Member) -> None:
    fail(sign_in, operator, 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(days=30))
    assert not is_signed_in(sign_in(operator))


def test_the_policy_says_how_many_failures_lock(
    sign_in: Door, operator: Member, custodian: Member, administrator: Member, agency: Agency
) -> None:
    stricter = load_preset("vallejo").with_values({"sessions.lock_after_failures": 3})
    proposed = policy_propose(actor=custodian, agency=agency, policy=stricter, preset="vallejo")
    policy_approve(actor=administrator, proposed=proposed)
    fail(sign_in, operator, 3)
    assert not is_signed_in(sign_in(operator))


def test_only_who_manages_members_releases_and_nobody_their_own(
    operator: Member, supervisor: Member, administrator: Member, outsider: Member
) -> None:
    for actor in (supervisor, outsider):
        with pytest.raises(Refused):
            member_release_lock(actor=actor, member=operator)
    with pytest.raises(ValidationError, match="Another administrator"):
        member_release_lock(actor=administrator, member=administrator)


def test_a_release_opens_the_name_and_is_recorded(
    sign_in: Door, operator: Member, administrator: Member
) -> None:
    fail(sign_in, operator, 5)
    member_release_lock(actor=administrator, member=operator)
    assert is_signed_in(sign_in(operator))
    released = Event.objects.get(verb=Verb.LOCK_RELEASED)
    assert released.sentence == "Administrator 1044 released the lock on Operator 4127"


def test_failures_and_the_lock_are_on_the_trail_of_the_members_agency(
    sign_in: Door, operator: Member, agency: Agency
) -> None:
    fail(sign_in, operator, 6)
    failed = list(Event.objects.filter(verb=Verb.SIGN_IN_FAILED, agency=agency).order_by("id"))
    assert [event.detail for event in failed] == ["wrong password"] * 5 + ["the name is locked"]
    assert {event.outcome for event in failed} == {Outcome.FAILED}
    assert failed[0].remote_addr == "198.51.100.7"
    locked = Event.objects.get(verb=Verb.SIGN_IN_LOCKED)
    assert locked.sentence == (
        "Somebody not signed in locked the sign-in of Operator 4127 by failing too often"
    )


def test_what_was_typed_as_a_name_is_kept_nowhere(
    sign_in: Door, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    typed = "my secret passphrase 99"
    with caplog.at_level("DEBUG"):
        fail(sign_in, typed, 5)
    event = Event.objects.filter(verb=Verb.SIGN_IN_FAILED).latest("id")
    assert event.object_repr == "an unknown name"
    everything = [
        *map(str, Event.objects.values_list()), *map(str, AccessAttempt.objects.values_list()), caplog.text
    ]  # fmt: skip
    assert not any("secret passphrase" in text or "not the password 1" in text for text in everything)


def test_a_name_that_nobody_has_locks_alike(sign_in: Door, operator: Member) -> None:
    fail(sign_in, "nobody", 4)
    client = sign_in("somebody else")
    answer = client.post(reverse("account_login"), {"login": "nobody", "password": PASSWORD})
    assert answer.status_code == 403
