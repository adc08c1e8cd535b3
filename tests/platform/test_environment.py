"""Environment variables are read strictly: a wrong value is refused by name, never guessed at."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from alpr import environment

NAME = "ALPR_UNDER_TEST"


@pytest.fixture
def given_value(monkeypatch: pytest.MonkeyPatch):
    def give(value: str) -> None:
        monkeypatch.setenv(NAME, value)

    return give


def test_text_without_default_must_be_set():
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be set"):
        environment.text(NAME)


def test_empty_counts_as_not_set(given_value):
    given_value("  ")
    assert environment.text(NAME, "standing") == "standing"
    assert environment.flag(NAME, True) is True
    assert environment.integer(NAME, 4) == 4
    assert environment.csv(NAME, "a,b") == ["a", "b"]


@pytest.mark.parametrize("value", ["yep", "2", "truee", "-1"])
def test_flag_refuses_what_is_neither(given_value, value):
    given_value(value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        environment.flag(NAME, False)


@pytest.mark.parametrize(
    ("value", "meant"), [("1", True), ("Yes", True), (" on ", True), ("OFF", False), ("0", False)]
)
def test_flag(given_value, value, meant):
    given_value(value)
    assert environment.flag(NAME, not meant) is meant


@pytest.mark.parametrize("value", ["1.5", "ten", "0x10", "1_000", "٣", "-1", "9" * 40])
def test_integer_refuses_all_but_plain_digits_from_the_minimum(given_value, value):
    given_value(value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        environment.integer(NAME, 1)


@given(number=st.integers(min_value=0, max_value=10**17))
def test_integer(number):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(NAME, str(number))
        assert environment.integer(NAME, 1) == number


def test_csv_leaves_out_empty_values(given_value):
    given_value(" a.example , ,b.example,")
    assert environment.csv(NAME) == ["a.example", "b.example"]


@pytest.mark.parametrize(
    "url",
    [
        "mysql://alpr@localhost/alpr",
        "sqlite:///records.sqlite3",
        "postgresql://alpr:s3cret@localhost",
        "postgresql://alpr:s3cret@localhost:port/alpr",
        "postgresql://[alpr:s3cret@localhost/alpr",
        "records",
    ],
)
def test_database_refuses_what_is_no_postgresql_address_and_keeps_the_password_to_itself(url):
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.database(url)
    assert "DATABASE_URL" in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


def test_database():
    found = environment.database("postgresql://al%40pr:p%2Fw@db.example:5433/re%20cords?sslmode=verify-full")
    assert found == {
        "ENGINE": "alpr.database",
        "NAME": "re cords",
        "USER": "al@pr",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"connect_timeout": "10", "sslmode": "verify-full"},
    }


def test_database_on_a_socket():
    found = environment.database("postgresql:///alpr?host=/var/run/postgresql&user=records")
    assert (found["HOST"], found["USER"], found["NAME"]) == ("/var/run/postgresql", "records", "alpr")


def test_secret_is_kept_and_closed_to_others(tmp_path: Path):
    first = environment.kept_secret(tmp_path / "data")
    assert len(first) > 50
    assert environment.kept_secret(tmp_path / "data") == first
    assert environment.kept_secret(tmp_path / "other") != first
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret-key"]


def test_secret_in_a_folder_that_cannot_be_used(tmp_path: Path):
    (tmp_path / "data").write_text("a file, no folder")
    with pytest.raises(ImproperlyConfigured, match="cannot be used"):
        environment.kept_secret(tmp_path / "data")
