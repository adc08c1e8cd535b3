"""Filters in the kernel that end a process which reaches for the network, and children run under them.

A filter looks at the calls themselves, so it holds for compiled code as well, and for every process and
thread that the child starts.
"""

import ctypes
import os
import platform
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

ARCHITECTURE: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SOCKET: Final = {"x86_64": 41, "aarch64": 198}
# connect, sendto, sendmsg, sendmmsg, and io_uring_setup, which could do any of them
REACHING: Final = {"x86_64": (42, 44, 46, 307, 425), "aarch64": (203, 206, 211, 269, 425)}
AF_INET: Final = 2
AF_INET6: Final = 10

PR_SET_SECCOMP: Final = 22
PR_SET_NO_NEW_PRIVS: Final = 38
SECCOMP_MODE_FILTER: Final = 2
KILL: Final = 0x80000000
ALLOW: Final = 0x7FFF0000
LOAD: Final = 0x20
JUMP_IF_EQUAL: Final = 0x15
RETURN: Final = 0x06
CALL_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16

# operation, how many steps to skip if equal, how many if not, operand
Step = tuple[int, int, int, int]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def forbid_connections() -> None:
    """From here on, this process and all it starts are killed when they connect or send to anything.

    Raises `OSError` where the kernel refuses the filter and `KeyError` on an unknown machine: a test that
    cannot have its filter must fail, not pass.
    """
    machine = platform.machine()
    calls = REACHING[machine]
    checks = [(JUMP_IF_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    _install(machine, [*checks, (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, KILL)])


def forbid_internet_sockets() -> None:
    """From here on, this process and all it starts are killed on socket(AF_INET or AF_INET6).

    Sockets within the machine (AF_UNIX) stay allowed. Raises as `forbid_connections` does.
    """
    machine = platform.machine()
    checks = [
        (JUMP_IF_EQUAL, 0, 3, SOCKET[machine]),
        (LOAD, 0, 0, FIRST_ARGUMENT_AT),
        (JUMP_IF_EQUAL, 2, 0, AF_INET),
        (JUMP_IF_EQUAL, 1, 0, AF_INET6),
    ]
    _install(machine, [*checks, (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, KILL)])


def run_filtered(
    code: str,
    *arguments: str,
    env: Mapping[str, str],
    forbid: Callable[[], None] = forbid_connections,
) -> subprocess.CompletedProcess[str]:
    """Run Python code in a child under a filter, from the project's root, with `env` over the present one.

    A child that does what is forbidden ends with return code -31 (SIGSYS).
    """
    name = forbid.__name__
    filtered = f"from tests.recognition.no_network import {name}; {name}()\n{code}"
    return subprocess.run(
        [sys.executable, "-c", filtered, *arguments],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _install(machine: str, checks: list[Step]) -> None:
    """Hand the kernel a filter: another architecture's calls die, then `checks` see the call's number."""
    steps = [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (JUMP_IF_EQUAL, 1, 0, ARCHITECTURE[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, CALL_AT),
        *checks,
    ]
    buffer = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = Program(len(steps), ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "The kernel refused PR_SET_NO_NEW_PRIVS")
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "The kernel refused the filter")
