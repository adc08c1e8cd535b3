"""Runs a program and kills it before a step: `killer.py STEP PROGRAM …`.

A step is a call that the world outside the process can see: a write, a sync, a rename, a deletion, a file
opened, a request sent or an answer read. The kernel ends the process; nothing of the program runs after.
"""

import os
import signal
import sys

SEEN = {
    "write",
    "fsync",
    "replace",
    "rename",
    "unlink",
    "mkdir",
    "ftruncate",
    "open",
    "send",
    "sendall",
    "readinto",
}


def main() -> None:
    """Count the steps of the program, and end at the one that is named."""
    left = int(sys.argv[1])
    sys.argv = sys.argv[2:]

    def count(frame: object, event: str, called: object) -> None:
        nonlocal left
        if event == "c_call" and getattr(called, "__name__", "") in SEEN:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    with open(sys.argv[0], encoding="utf-8") as program:
        code = compile(program.read(), sys.argv[0], "exec")
    names = {"__name__": "__main__", "__file__": sys.argv[0]}
    sys.setprofile(count)
    exec(code, names)


if __name__ == "__main__":
    main()
