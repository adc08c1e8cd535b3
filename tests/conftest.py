"""What every test may ask for. The database is started by tests/database.py; the people are in tests/cast.py."""

from tests import emptying
from tests.cast import *  # noqa: F403

emptying.install()
