"""Sends what a patrol car's computer holds to the records server, and deletes it there where policy says so.

One file for Python 3.9 and later, nothing else: `python transfer.py DIR --server https://records.example.gov`.
docs/vehicles.md has the layout of DIR, the exit codes, and the order of the steps that makes it safe to end
this program at any moment and start it again: nothing is deleted before a receipt for it was checked.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import hmac
import http.client
import json
import os
import re
import ssl
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NoReturn
from urllib.parse import quote, urlsplit

DONE, SET_ASIDE, USAGE, KEY, NOT_REACHED, NO_ROOM, CLOCK, BUSY, UNTRUSTED = range(9)
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
API = "/api/v1/"
AGAIN = {408, 425, 429, 500, 502, 503, 504}
ABOUT_ROWS = {"bad_request", "not_json", "invalid", "too_large", "picture_without_detection"}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PICTURES = (".jpg", ".jpeg", ".png", ".webp")
PLAIN_NAME = re.compile(r"(?!(?:data|image)$)[A-Za-z0-9._-]{1,100}")
PART = ".part"
MOST_READS, MOST_PICTURES, MOST_BYTES = 200, 80, 16 * 1024 * 1024
LARGEST_FILE = 256 * 1024 * 1024
CLOCK_SECONDS = 120
PICTURE_WAIT = 600
RESERVE = 1024 * 1024
LONGEST_NAME = 200


class Stop(Exception):
    """The transfer ends here with an exit code. Its text is for the person."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Server:
    """The records server. Asks again, ever more slowly, while it cannot be reached."""

    def __init__(self, address: str, key: str, *, patience: float, ca: str | None) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Stop(USAGE, "Give the server's address as https://records.example.gov.")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise Stop(USAGE, "Give an https address: over http the key and the reads would go in the clear.")
        self.host, self.port, self.path = parts.hostname, parts.port, parts.path.rstrip("/")
        self.tls = ssl.create_default_context(cafile=ca) if parts.scheme == "https" else None
        self.key, self.patience = key, patience

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Any:
        """The status of the answer and its JSON. Raises `Stop` where there is none in `patience` seconds."""
        began, tries = time.monotonic(), 0
        while True:
            wait = min(60.0, 0.5 * 2**tries) * (0.5 + os.urandom(1)[0] / 255)
            try:
                status, after, raw = self._once(method, API + path, body, kind)
            except ssl.SSLCertVerificationError as bad:
                raise Stop(UNTRUSTED, f"The server's certificate cannot be trusted: {bad}.") from None
            except (OSError, http.client.HTTPException) as lost:
                why = str(lost) or type(lost).__name__
            else:
                answer = _object(raw)
                if status not in AGAIN and answer is not None:
                    return self._allowed(status, answer), answer
                if status == 413:
                    raise Stop(UNTRUSTED, "What stands before the server takes no request of this size.")
                why = _words(answer) or f"the answer {status} is not that of the records server"
                wait = min(300.0, float(after)) if after.isdecimal() else wait
            tries += 1
            if time.monotonic() - began + wait > self.patience:
                raise Stop(NOT_REACHED, f"The server cannot be reached: {why}. Nothing is lost: run again.")
            time.sleep(wait)

    def _once(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, str, bytes]:
        if self.tls is None:
            line = http.client.HTTPConnection(self.host, self.port, timeout=60)
        else:
            line = http.client.HTTPSConnection(self.host, self.port, timeout=60, context=self.tls)
        try:
            headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
            line.request(method, self.path + path, body if method == "POST" else None, headers)
            answer = line.getresponse()
            return answer.status, answer.getheader("Retry-After", ""), answer.read()
        finally:
            line.close()

    def _allowed(self, status: int, answer: dict[str, Any]) -> int:
        if status in (401, 403):
            raise Stop(KEY, f"The server refuses this key: {_words(answer)} Nothing was deleted.")
        return status


@dataclass
class Known:
    """How far one file of reads has come in: up to a byte, the hash up to there, receipts, and its reads."""

    end: int = 0
    sha256: str = ""
    receipts: dict[str, str] = field(default_factory=dict)
    reads: list[list[str | None]] = field(default_factory=list)  # captured, content, picture, its hash


@dataclass
class Line:
    """One line of a file of reads, with the picture that belongs to it."""

    file: str
    end: int
    sha256: str
    raw: bytes
    row: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""
    why: str = ""
    picture: str = ""
    content: bytes = b""

    @property
    def name(self) -> Any:
        """The sender's id of the read."""
        return self.row.get("sender_id")

    @property
    def is_odd(self) -> bool:
        """Whether its picture can only go alone, since its name is no plain one."""
        return bool(self.picture) and not PLAIN_NAME.fullmatch(self.name)

    def read_row(self) -> None:
        """Take the row out of the line, or say why it is none."""
        try:
            row = json.loads(self.raw, parse_constant=_refuse)
            if not isinstance(row, dict):
                raise ValueError("it is no object with named values")
            self.body = json.dumps(row, allow_nan=False, separators=(",", ":")).encode()
            self.row = row
        except (ValueError, RecursionError) as bad:
            self.why = f"This line cannot be read as JSON, or was cut off: {bad}."

    def digest(self) -> list[str | None]:
        """The read as it stands in the list of what was deleted; `content` is hashed as the server does."""
        picture = hashlib.sha256(self.content).hexdigest() if self.picture else ""
        plain = json.dumps(self.row, sort_keys=True, separators=(",", ":"))
        content = hashlib.sha256(f"{plain}\n{picture}".encode()).hexdigest()
        captured = self.row.get("captured_at")
        return [captured if isinstance(captured, str) else "", content, self.picture or None, picture or None]


class Journal:
    """What has come in, in a file to which each step is added, and made sure of, before the next is taken."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "journal.jsonl"
        self.reserve = folder / "reserve"
        self.owner = ""
        self.files: dict[str, Known] = {}
        self.lists: dict[str, dict[str, Any]] = {}
        self.moves: list[list[str]] = []
        if self.path.exists():
            for line in self.path.read_bytes().split(b"\n"):
                step = _object(line)
                if step is not None:
                    self._apply(step)
        self._compact()
        with suppress(OSError):
            if not self.reserve.exists():
                write_safely(self.reserve, b"\0" * RESERVE)

    def add(self, **step: Any) -> None:
        """Write one step down for good."""
        line = json.dumps(step).encode() + b"\n"
        self.with_room(lambda: _append(self.path, line))
        self._apply(step)

    def with_room(self, write: Callable[[], None]) -> None:
        """Write; on a full disk give up the reserve for it, so that what came in can still be deleted."""
        try:
            write()
        except OSError as fault:
            if fault.errno not in FULL or not self.reserve.exists():
                raise
            self.reserve.unlink()
            write()

    def _apply(self, step: dict[str, Any]) -> None:
        do, name = step.get("do"), step.get("list", "")
        if do == "passed":
            for file, part in step["files"].items():
                known = self.files.setdefault(file, Known())
                known.end, known.sha256 = part["end"], part["sha256"]
                known.receipts.update(part["receipts"])
                known.reads.extend(part["reads"])
            self.moves.extend(step["moves"])
        elif do == "forgot":
            self.files.pop(step["file"], None)
        elif do == "listed":
            self.lists[name] = {"files": step["files"], "deleted": step["deleted"]}
        elif do == "deleted":
            for file in self.lists[name]["files"]:
                self.files.pop(file, None)
            self.lists[name]["deleted"] = True
        elif do == "told":
            del self.lists[name]
        elif do == "owner":
            self.owner = step["owner"]

    def _compact(self) -> None:
        folder = self.folder.parent
        here = {name: vars(known) for name, known in self.files.items() if (folder / name).exists()}
        steps: list[dict[str, Any]] = [{"do": "owner", "owner": self.owner}]
        steps.append({"do": "passed", "files": here, "moves": self.moves})
        steps += [{"do": "listed", "list": name, **known} for name, known in self.lists.items()]
        content = b"".join(json.dumps(step).encode() + b"\n" for step in steps)
        self.with_room(lambda: write_safely(self.path, content))


class Transfer:
    """One transfer of a folder to the server."""

    def __init__(self, folder: Path, server: Server, *, settle: float, say: Any) -> None:
        self.folder, self.server, self.settle, self.say = folder, server, settle, say
        self.journal = Journal(folder / ".transfer")
        self.counts = dict.fromkeys(("accepted", "duplicates", "refused", "deleted"), 0)
        self.untold = ""

    def run(self) -> int:
        """Send, check, delete, and give the exit code."""
        terms = self._terms()
        self._tell_held()
        self._move_pictures()
        self._drop_lists()
        self._end_lists()
        self._send_all()
        if terms["transfer"]["purge_vehicle_after"] and not self._purge():
            self._send_all()
            self._purge()
        left = self._tell_held()
        self.say(
            "Reads that came in: {accepted}. Come in before: {duplicates}. Refused and set aside: {refused}. "
            "Deleted here: {deleted}.".format(**self.counts)
            + f" Still to come: {left}."
        )
        if self.untold:
            raise Stop(UNTRUSTED, f"The server does not take the list of what was deleted: {self.untold}")
        return SET_ASIDE if self.counts["refused"] else DONE

    def _send_all(self) -> None:
        for lines in batches(self._lines()):
            self._send(lines)

    def _terms(self) -> Any:
        before = time.time()
        terms = self._told("GET", "transfer/")
        ahead = (before + time.time()) / 2 - datetime.fromisoformat(terms["time"]).timestamp()
        if abs(ahead) > CLOCK_SECONDS:
            way = "ahead of" if ahead > 0 else "behind"
            clock = f"This computer's clock is {abs(ahead):.0f} s {way} the server's."
            raise Stop(CLOCK, f"{clock} Set it right and run again; nothing was sent.")
        owner, was = f"{terms['agency']}, camera {terms['camera']}", self.journal.owner
        if was not in ("", owner):
            raise Stop(USAGE, f"This folder was sent with a key of {was}; this key is of {owner}.")
        if not was:
            self.journal.add(do="owner", owner=owner)
        return terms

    def _told(self, method: str, path: str, content: Any = None) -> Any:
        status, answer = self.server.ask(method, path, json.dumps(content).encode())
        if status not in (200, 201):
            raise Stop(UNTRUSTED, f"The server does not take {path}: {_words(answer)}")
        return answer

    def _tell_held(self) -> int:
        files = [*self.folder.glob("*.jsonl"), *self.folder.glob("*.jsonl" + PART)]
        left = sum(self._left(path) for path in files)
        aside = sum(1 for _ in (self.folder / "refused").glob("*.json"))
        self._told("POST", "transfer/held/", {"left": left, "set_aside": aside})
        return left

    def _left(self, path: Path) -> int:
        known = self.journal.files.get(path.name, Known())
        with path.open("rb") as file:
            file.seek(min(known.end, path.stat().st_size))
            return sum(1 for line in file if line.strip())

    def _lines(self) -> Iterator[Line]:
        for path in sorted(self.folder.glob("*.jsonl")):
            if path.stat().st_size > LARGEST_FILE:
                self.say(f"{path.name} is left alone: a file of reads has at most {LARGEST_FILE} bytes.")
            elif path.is_file() and _age(path) >= self.settle:
                yield from self._lines_of(path)

    def _lines_of(self, path: Path) -> Iterator[Line]:
        """The lines of one file that have not come in; ends before one whose picture is being written."""
        with path.open("rb") as file:
            known = self.journal.files.get(path.name)
            digest = hashlib.sha256(file.read(known.end)) if known else hashlib.sha256()
            if known is not None and digest.hexdigest() != known.sha256:
                self.journal.add(do="forgot", file=path.name)  # Another file has taken its name.
                digest = hashlib.sha256()
                file.seek(0)
            for raw in file:
                digest.update(raw)
                line = Line(path.name, file.tell(), digest.hexdigest(), raw)
                if raw.strip():
                    line.read_row()
                if not self._illustrate(line):
                    return
                yield line

    def _illustrate(self, line: Line) -> bool:
        """Add the picture, if one lies there; False while the reader is still writing it."""
        name = quote(line.name, safe="", errors="replace") if isinstance(line.name, str) else ""
        for ending in PICTURES if 0 < len(name) <= LONGEST_NAME else ():
            path = self.folder / (name + ending)
            with suppress(FileNotFoundError):
                if _age(path.with_name(path.name + PART)) < PICTURE_WAIT:
                    return False
            with suppress(FileNotFoundError):
                line.content, line.picture = path.read_bytes(), path.name
                break
        return True

    def _send(self, lines: Sequence[Line]) -> None:
        """Send a batch and write down what became of it; in halves where the whole is refused as such."""
        sent = [line for line in lines if line.body]
        receipt: dict[str, Any] = {}
        refused = {id(line): {"": line.why} for line in lines if line.why}
        if sent:
            body, kind, sha256 = packed(sent)
            _, answer = self.server.ask("POST", "detections/", body, kind)
            error = _error(answer)
            if error.get("code") in ABOUT_ROWS and len(sent) > 1:
                self._send(lines[: len(lines) // 2])
                self._send(lines[len(lines) // 2 :])
                return
            if error.get("code") in ABOUT_ROWS:
                refused[id(sent[0])] = {"": _words(answer)}
            else:
                receipt, named = checked(answer, sent, sha256)
                refused.update(named)
        self._pass(lines, receipt, refused)

    def _pass(self, lines: Sequence[Line], receipt: dict[str, Any], refused: dict[int, Any]) -> None:
        files: dict[str, Any] = {}
        moves = []
        for line in lines:
            part = files.setdefault(line.file, {"receipts": {}, "reads": []})
            part.update(end=line.end, sha256=line.sha256)
            if id(line) in refused:
                moves += self._set_aside(line, refused[id(line)])
            elif line.body:
                part["reads"].append(line.digest())
                part["receipts"][str(receipt["id"])] = receipt["sha256"]
        self.journal.add(do="passed", files=files, moves=moves)
        self._move_pictures()
        self.counts["refused"] += len(refused)
        for name in ("accepted", "duplicates"):
            self.counts[name] += receipt.get(name, 0)

    def _set_aside(self, line: Line, reasons: dict[str, str]) -> list[list[str]]:
        """Keep a refused row apart, with its reasons: the same row is the same file, however often."""
        name = hashlib.sha256(line.raw).hexdigest()[:32]
        kept = {"file": line.file, "line": line.raw.decode("utf-8", "backslashreplace"), "reasons": reasons}
        picture = name + Path(line.picture).suffix if line.picture else ""
        content = json.dumps(kept | {"picture": picture}, indent=1).encode()
        write_safely(self.folder / "refused" / f"{name}.json", content)
        return [[line.picture, picture]] if picture else []

    def _move_pictures(self) -> None:
        for picture, name in self.journal.moves:
            with suppress(FileNotFoundError):
                os.replace(self.folder / picture, self.folder / "refused" / name)
        self.journal.moves.clear()

    def _purge(self) -> bool:
        """Delete each file that has come in whole, with its pictures, once the server says it has them.

        False where it no longer knows some of them, as after a return to an older copy of its database:
        these have to be sent again.
        """
        whole = [name for name in sorted(self.journal.files) if self._is_whole(name)]
        receipts = {k: v for name in whole for k, v in self.journal.files[name].receipts.items()}
        asked = [{"id": int(number), "sha256": sha256} for number, sha256 in sorted(receipts.items())]
        unknown = self._told("POST", "transfer/receipts/", {"receipts": asked})["unknown"] if asked else []
        for name in whole:
            if set(map(str, unknown)) & set(self.journal.files[name].receipts):
                self.journal.add(do="forgot", file=name)
            else:
                self._list_and_delete(name)
        return not unknown

    def _is_whole(self, name: str) -> bool:
        path, known = self.folder / name, self.journal.files[name]
        with suppress(FileNotFoundError):
            return _age(path) >= self.settle and _sha256(path) == known.sha256
        return False

    def _list_and_delete(self, name: str) -> None:
        known, now = self.journal.files[name], time.gmtime()
        listed = {
            "format": "vehicle-purge 1", "camera": self.journal.owner, "file_sha256": known.sha256,
            "purged_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", now),
            "receipts": [{"id": int(number), "sha256": sha} for number, sha in known.receipts.items()],
            "reads": [[captured, content, sha256] for captured, content, _, sha256 in known.reads],
        }  # fmt: skip
        content = json.dumps(listed, separators=(",", ":")).encode()
        stamp = time.strftime("%Y%m%dT%H%M%SZ", now)
        title = f"{stamp}-{hashlib.sha256(content).hexdigest()[:12]}.json"
        self.journal.with_room(lambda: write_safely(self.folder / "purged" / title, content))
        self.journal.add(do="listed", list=title, files=[name], deleted=False)
        self._end_lists()

    def _drop_lists(self) -> None:
        """Drop lists that were written and never begun: nothing was deleted by them, and none is signed."""
        for path in (self.folder / "purged").glob("*.json"):
            if path.name not in self.journal.lists and not path.with_suffix(".hmac").exists():
                path.unlink()

    def _end_lists(self) -> None:
        """Delete what lists name and is still there, sign them, and send those the server does not have."""
        for title, known in list(self.journal.lists.items()):
            if not known["deleted"]:
                for name in known["files"]:
                    self._delete(name)
                self.journal.add(do="deleted", list=title)
            path = self.folder / "purged" / title
            signature = hmac.new(self.server.key.encode(), path.read_bytes(), hashlib.sha256).hexdigest()
            write_safely(path.with_suffix(".hmac"), f"{signature}\n".encode())
            told = json.dumps({"list": path.read_text(), "signature": signature}).encode()
            status, answer = self.server.ask("POST", "transfer/purged/", told)
            if status in (200, 201):
                self.journal.add(do="told", list=title)
            else:
                self.untold = _words(answer) or str(status)

    def _delete(self, name: str) -> None:
        """Delete a file of reads and their pictures, each only if it is still what was sent."""
        known = self.journal.files.get(name, Known())
        for _, _, picture, sha256 in known.reads:
            if picture is not None:
                self._delete_one(self.folder / picture, sha256)
        _sync_folder(self.folder)
        self._delete_one(self.folder / name, known.sha256)
        _sync_folder(self.folder)
        self.counts["deleted"] += len(known.reads)

    def _delete_one(self, path: Path, sha256: str | None) -> None:
        with suppress(FileNotFoundError):
            if _sha256(path) == sha256:
                path.unlink()


def batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines in batches: so many reads, pictures and bytes at most, and each sender's id once."""
    batch: list[Line] = []
    for line in lines:
        pictures = sum(1 for one in batch if one.picture) + bool(line.picture)
        size = sum(len(one.body) + len(one.content) for one in (*batch, line))
        full = len(batch) >= MOST_READS or pictures > MOST_PICTURES or size > MOST_BYTES
        alone = line.is_odd or any(one.is_odd or one.name == line.name for one in batch if one.body)
        if batch and (full or alone):
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch


def packed(sent: Sequence[Line]) -> tuple[bytes, str, str]:
    """The body of a batch, its content type, and the hash that its receipt must have (docs/api.md)."""
    body = b"[" + b",".join(line.body for line in sent) + b"]"
    whole = hashlib.sha256(body)
    pictures = {("image" if line.is_odd else line.name): line.content for line in sent if line.picture}
    if not pictures:
        return body, "application/json", whole.hexdigest()
    fence = os.urandom(16).hex()
    parts = [f'--{fence}\r\nContent-Disposition: form-data; name="data"\r\n\r\n'.encode() + body]
    for name in sorted(pictures):
        whole.update(f"\0{name}\0{hashlib.sha256(pictures[name]).hexdigest()}".encode())
        head = f'--{fence}\r\nContent-Disposition: form-data; name="{name}"; filename="picture"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + pictures[name])
    parts.append(f"--{fence}--\r\n".encode())
    return b"\r\n".join(parts), f"multipart/form-data; boundary={fence}", whole.hexdigest()


def checked(answer: Any, sent: Sequence[Line], sha256: str) -> tuple[dict[str, Any], dict[int, Any]]:
    """The receipt, and the reasons for each line that was refused. Raises `Stop` unless all of it fits.

    Without a receipt all of it must have been refused. Every read is accepted, was there, or is named as
    refused or in conflict; the hash is that of what was sent.
    """
    try:
        error, receipt = _error(answer), answer.get("receipt", {})
        rows = error["rows"] if error.get("code") == "all_refused" else answer["refused"]
        named = {id(sent[row["index"]]): row["reasons"] for row in rows}
        for conflict in answer.get("conflicts", []):
            named.update(
                {id(one): {"": conflict["reason"]} for one in sent if one.name == conflict["sender_id"]}
            )
        if receipt:
            counted = [int(receipt[name]) for name in ("accepted", "duplicates", "refused")]
            fits = receipt["sha256"] == sha256 and sum(counted) == len(sent) and counted[2] <= len(named)
        else:
            fits = len(named) == len(sent)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        fits = False
    if not fits:
        message = f"The server's receipt does not fit what was sent; nothing was deleted. {_words(answer)}"
        raise Stop(UNTRUSTED, message.rstrip())
    return receipt, named


def write_safely(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and make sure that it is on the disk."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_name(path.name + ".fresh")
    try:
        with _private(fresh, os.O_CREAT | os.O_TRUNC) as file:
            _put(file, content)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    os.replace(fresh, path)
    _sync_folder(path.parent)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one transfer run in a folder at a time; the lock goes with the process, however it ends."""
    (folder / ".transfer").mkdir(mode=0o700, exist_ok=True)
    with _private(folder / ".transfer" / "lock", os.O_CREAT) as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop(BUSY, "Another transfer runs in this folder.") from None
        yield


def key_of(file: str | None) -> str:
    """The reader's key, from a file that nobody else may read, or from the environment."""
    if file is None:
        key = os.environ.get("ALPR_READER_KEY", "").strip()
    else:
        with open(file, encoding="utf-8") as opened:
            if os.name == "posix" and os.fstat(opened.fileno()).st_mode & 0o077:
                raise Stop(USAGE, f"Others may read {file}: make its mode 0600.")
            key = opened.read().strip()
    if not key or not key.isascii() or not key.isprintable():
        raise Stop(USAGE, "Give the reader's key in ALPR_READER_KEY, or in a file with --key-file.")
    return key


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command line. The key is none of them: others could read it there."""
    parser.add_argument("folder", metavar="DIR", help="the folder with reads and pictures of one camera")
    parser.add_argument("--server", required=True, metavar="URL", help="such as https://records.example.gov")
    parser.add_argument("--key-file", metavar="FILE", help="mode 0600; default: ALPR_READER_KEY is the key")
    parser.add_argument("--ca-file", metavar="FILE", help="certificates to trust instead of the computer's")
    parser.add_argument(
        "--settle", type=float, default=60, metavar="SECONDS",
        help="leave a file alone that was written to so recently (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--patience", type=float, default=900, metavar="SECONDS",
        help="how long to go on asking a server that cannot be reached (default: %(default)s)",
    )  # fmt: skip


def transfer(options: argparse.Namespace, say: Callable[[str], Any]) -> int:
    """Transfer a folder as the arguments say, and give the exit code; every message goes through `say`."""
    try:
        folder = Path(options.folder)
        if not folder.is_dir():
            raise Stop(USAGE, f"There is no folder {folder}.")
        key = key_of(options.key_file)
        server = Server(options.server, key, patience=options.patience, ca=options.ca_file)
        with locked(folder):
            return Transfer(folder, server, settle=options.settle, say=say).run()
    except Stop as stop:
        say(str(stop))
        return stop.code
    except OSError as fault:
        what = "The disk is full" if fault.errno in FULL else "A file or folder cannot be used"
        say(f"{what}: {fault}. Nothing was deleted that has not come in.")
        return NO_ROOM


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line, and give the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments(parser)
    return transfer(parser.parse_args(argv), lambda line: sys.stdout.write(f"{line}\n"))


def _private(path: Path, flags: int) -> IO[bytes]:
    """A file that nobody else may read, open for writing without a buffer."""
    return os.fdopen(
        os.open(path, flags | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600), "wb", buffering=0
    )


def _put(file: IO[bytes], content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


def _append(path: Path, line: bytes) -> None:
    """Add a line for good, or leave the file as it was."""
    with _private(path, os.O_APPEND) as file:
        before = os.fstat(file.fileno()).st_size
        try:
            _put(file, line)
        except OSError:
            os.ftruncate(file.fileno(), before)
            raise


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(1024 * 1024), b""):
            digest.update(chunk)
    return digest.hexdigest()


def _age(path: Path) -> float:
    """Seconds since the file was written to; a time ahead of a clock that was set back counts as well."""
    return abs(time.time() - path.stat().st_mtime)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _error(answer: Any) -> dict[str, Any]:
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}


def _words(answer: Any) -> str:
    return str(_error(answer).get("message", ""))


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


if __name__ == "__main__":
    sys.exit(main())
