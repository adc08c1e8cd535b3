"""Runs a command while the kernel reports every address that it, or anything it starts, reaches for.

`python -m tests.platform.watching FILE command …` writes each address to FILE, a line each: `inside` for
sockets of this machine and its loopback, `outside` for every other, which is refused. It is seccomp's user
notification: the calls of compiled code are seen as well, and those of every child.
"""

import ctypes
import fcntl
import ipaddress
import os
import platform
import signal
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from alpr import supervise
from tests.recognition.no_network import (
    ALLOW,
    ARCHITECTURE,
    ARCHITECTURE_AT,
    CALL_AT,
    JUMP_IF_EQUAL,
    KILL,
    LOAD,
    PR_SET_NO_NEW_PRIVS,
    RETURN,
    Program,
    Step,
)

SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
CONNECT: Final = {"x86_64": 42, "aarch64": 203}
SENDTO: Final = {"x86_64": 44, "aarch64": 206}
SENDMSG: Final = {"x86_64": 46, "aarch64": 211}
SENDMMSG: Final = {"x86_64": 307, "aarch64": 269}
IO_URING_SETUP: Final = 425

SET_MODE_FILTER, NEW_LISTENER = 1, 8
NOTIFY: Final = 0x7FC00000
REFUSE: Final = 0x00050000
EPERM, ENOSYS = 1, 38
RECEIVE, ANSWER = 0xC0502100, 0xC0182101
GO_ON = 1
SENDTO_ADDRESS_AT = 16 + 8 * 4
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
MESSAGES_STEP = 64


def place_of(address: bytes) -> tuple[bool, str]:
    """Whether a socket address lies within this machine, and how it reads."""
    family = int.from_bytes(address[:2], sys.byteorder)
    if family in (0, AF_UNIX, AF_NETLINK):
        return True, {0: "none", AF_UNIX: "unix", AF_NETLINK: "netlink"}[family]
    if family == AF_INET:
        host: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.IPv4Address(address[4:8])
    elif family == AF_INET6:
        sixth = ipaddress.IPv6Address(address[8:24])
        host = sixth.ipv4_mapped or sixth
    else:
        return False, f"family {family}"
    return host.is_loopback, f"{host} port {int.from_bytes(address[2:4], 'big')}"


def watch(log: Path) -> None:
    """From here on, this thread and all it starts are watched; what they reach for is written to `log`.

    Raises `OSError` where the kernel refuses, and `KeyError` on an unknown machine: a test that cannot watch
    must fail, not pass.
    """
    ready: list[int] = []
    begun = threading.Event()
    threading.Thread(target=_answer, args=(begun, ready, log), daemon=True).start()
    program, libc = _program(), ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "The kernel refused PR_SET_NO_NEW_PRIVS")
    call = SECCOMP[platform.machine()]
    listener = libc.syscall(call, SET_MODE_FILTER, NEW_LISTENER, ctypes.byref(program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "The kernel refused to report calls")
    ready.append(listener)
    begun.set()


def _program() -> Program:
    machine = platform.machine()
    steps: list[Step] = [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (JUMP_IF_EQUAL, 1, 0, ARCHITECTURE[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, CALL_AT),
        (JUMP_IF_EQUAL, 9, 0, CONNECT[machine]),
        (JUMP_IF_EQUAL, 8, 0, SENDMSG[machine]),
        (JUMP_IF_EQUAL, 7, 0, SENDMMSG[machine]),
        (JUMP_IF_EQUAL, 7, 0, IO_URING_SETUP),
        (JUMP_IF_EQUAL, 0, 4, SENDTO[machine]),
        # A connected socket sends without an address: both halves of the pointer are nought.
        (LOAD, 0, 0, SENDTO_ADDRESS_AT),
        (JUMP_IF_EQUAL, 0, 3, 0),
        (LOAD, 0, 0, SENDTO_ADDRESS_AT + 4),
        (JUMP_IF_EQUAL, 0, 1, 0),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, NOTIFY),
        (RETURN, 0, 0, REFUSE | ENOSYS),
    ]
    buffer = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    return Program(len(steps), ctypes.cast(buffer, ctypes.c_void_p))


def _answer(begun: threading.Event, ready: list[int], log: Path) -> None:
    """Answer each call that the kernel reports: go on within the machine, refuse every other."""
    begun.wait()
    listener = ready[0]
    with log.open("a") as lines:
        while True:
            request = bytearray(80)
            try:
                fcntl.ioctl(listener, RECEIVE, request)
            except InterruptedError:
                continue
            except FileNotFoundError:
                continue  # the process ended before it was asked about
            number, pid = struct.unpack_from("=QI", request)
            call = struct.unpack_from("=i", request, 16)[0]
            inside = True
            for is_inside, where in _reached(pid, call, struct.unpack_from("=6Q", request, 32)):
                inside = inside and is_inside
                lines.write(f"{'inside' if is_inside else 'outside'} {where}\n")
            lines.flush()
            said = (0, GO_ON) if inside else (-EPERM, 0)
            try:
                fcntl.ioctl(listener, ANSWER, struct.pack("=QqiI", number, 0, *said))
            except FileNotFoundError:
                continue


def _reached(pid: int, call: int, arguments: tuple[int, ...]) -> Iterator[tuple[bool, str]]:
    machine = platform.machine()
    try:
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for start, size in _addresses(memory, call, arguments, machine):
                if start and size:
                    memory.seek(start)
                    yield place_of(memory.read(min(size, 128)))
    except OSError as error:
        yield False, f"unknown: {error}"


def _addresses(
    memory: BinaryIO, call: int, arguments: tuple[int, ...], machine: str
) -> Iterator[tuple[int, int]]:
    if call == CONNECT[machine]:
        yield arguments[1], arguments[2]
    elif call == SENDTO[machine]:
        yield arguments[4], arguments[5]
    else:
        many = arguments[2] if call == SENDMMSG[machine] else 1
        for place in range(many):
            memory.seek(arguments[1] + place * MESSAGES_STEP)
            yield struct.unpack("=QI", memory.read(12))


def main(log: str, *command: str) -> int:
    """Run the command watched, hand on the signal that ends it, and give its exit status."""
    watch(Path(log))
    child = supervise.start("watched", command, os.environ).process
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
