"""Starts the database of the tests once and shares it with all of pytest's workers.

Loaded by pytest before the settings are, as a plugin named in pyproject.toml. The embedded cluster is kept in
`data/test` between runs for speed and does not wait for the disk. DATABASE_URL puts another PostgreSQL in its
place.
"""

import os

import pytest

from alpr import embedded, environment

os.environ.setdefault("ALPR_DATA", str(environment.REPOSITORY / "data" / "test"))
os.environ.setdefault("ALPR_SECRET_KEY", "for the tests alone, signs nothing that lasts")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the embedded PostgreSQL in the process that starts the workers."""
    if hasattr(session.config, "workerinput"):
        return
    data = environment.data_folder()
    if not environment.text("DATABASE_URL", ""):
        try:
            embedded.ensure_running(data, durable=False)
        except embedded.EmbeddedDatabaseError as error:
            pytest.exit(str(error), returncode=1)
    (data / "static").mkdir(parents=True, exist_ok=True)


def pytest_unconfigure() -> None:
    """Stop it after the last test, unless another process uses it."""
    embedded.leave(environment.data_folder())
