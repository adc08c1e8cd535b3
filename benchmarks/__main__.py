"""`python -m benchmarks` (make bench): measures each row in a scratch database and prints it."""

import os
import platform

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alpr.settings")

import django
from django.conf import settings

from alpr import embedded


def main() -> None:
    """Start the database where it is the embedded one, run every row, and print the figures."""
    django.setup()
    from benchmarks import ingest, lists, live, matching, scratch

    if not settings.DATABASE_URL:
        embedded.ensure_running(settings.DATA_DIR)
    print(f"Python {platform.python_version()}, PostgreSQL {scratch.version()}, {os.cpu_count()} processors")
    for runs in ((lists.run,), (ingest.run, live.run, matching.run)):
        with scratch.database():
            for run in runs:
                for row in run():
                    print(row, flush=True)


if __name__ == "__main__":
    main()
