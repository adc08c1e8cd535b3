"""What every test may ask for: the database of tests/database.py, the people of tests/cast.py."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from tests import emptying
from tests.cast import *  # noqa: F403
from trail import context

# A slow hash is what a stolen password file should meet, not what every test should wait for.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Asked for where it is tested (tests/accounts), so that every other test may sign in in one step.
settings.SECOND_FACTOR_REQUIRED = False
emptying.install()


@pytest.fixture(autouse=True)
def nobody_acts() -> Iterator[None]:
    """No test inherits the actor of the one before."""
    with context.acting(None):
        yield
