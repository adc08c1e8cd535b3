"""`python -m benchmarks` (make bench): measures each row in a scratch database and prints it.

Names of parts measure those alone: `python -m benchmarks search`. With KEEP=folder in the environment the
search is measured in a database of that folder, which stays filled for the next time. With SIZE=full ten
million detections are loaded.
"""

import os
import platform
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alpr.settings")
if keep := os.environ.get("KEEP"):
    os.environ["ALPR_DATA"] = keep

import django
from django.conf import settings

from alpr import embedded


def main(chosen: list[str]) -> None:
    """Start the database where it is the embedded one, run every row, and print the figures."""
    django.setup()
    from benchmarks import ingest, lists, live, matching, purge, scratch, search, singles, volume

    if not settings.DATABASE_URL:
        embedded.ensure_running(settings.DATA_DIR)
    print(f"Python {platform.python_version()}, PostgreSQL {scratch.version()}, {os.cpu_count()} processors")
    parts = {
        "lists": [lists], "ingest": [ingest, live, matching], "singles": [singles], "volume": [volume],
        "search": [search, purge],
    }  # fmt: skip
    for name, modules in parts.items():
        if chosen and name not in chosen:
            continue
        with scratch.kept() if keep and name == "search" else scratch.database():
            for module in modules:
                for row in module.run():
                    print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
