"""A worker's process of its own, so that a test can kill it or weigh it: `python -m tests.hotlists.worker`.

Takes the database, the folder of documents and the list's number; takes the files of that list to their next
stop, and says the most memory that it held, in MiB.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def start(database: str, documents: Path, hot_list: int) -> subprocess.Popen[str]:
    """Start the process on the test's database."""
    command = [sys.executable, "-m", __name__, database, str(documents), str(hot_list)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ.copy())


def main(database: str, documents: str, hot_list: str) -> None:
    """Run the files of one list."""
    import django

    settings.DATABASES["default"]["NAME"] = database
    default = settings.STORAGES["default"]
    settings.STORAGES = settings.STORAGES | {"default": default | {"OPTIONS": {"location": documents}}}
    django.setup()
    from hotlists import loading

    loading.run(int(hot_list))
    sys.stdout.write(str(peak_mebibytes()))


def peak_mebibytes() -> int:
    """The most memory that this program has held; getrusage would count the parent's, before the exec."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alpr.settings")
    main(*sys.argv[1:])
