"""What Frigate publishes on its broker, brought to a records server over HTTP.

A message is acknowledged to the broker once it lies in a queue on disk, and leaves the queue once the server
has answered for it. Either side may go away for a while; the server knows a car that comes twice.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from detections.transfer.transfer import KEY, NOT_REACHED, Server, Stop

TOPIC = "frigate/tracked_object_update"
ADDRESS = "readers/frigate/"
MOST_WAITING = 10_000
LARGEST = 16 * 1024
LATER_SECONDS = 60
LONGEST_PAUSE = 60


class Queue:
    """Messages on disk, in the order in which they came, up to `most`. Nobody else reads the file.

    Raises `Stop` where another bridge has it open.
    """

    def __init__(self, path: Path, *, most: int = MOST_WAITING) -> None:
        self._most, self._lock = most, threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=1)
        try:
            self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._file.execute("PRAGMA secure_delete = ON")
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS waiting (number INTEGER PRIMARY KEY AUTOINCREMENT, "
                "body BLOB NOT NULL, not_before REAL NOT NULL DEFAULT 0)"
            )
            self._file.execute("UPDATE waiting SET not_before = 0")
        except sqlite3.OperationalError as wrong:
            raise Stop(1, f"The queue {path} cannot be used: {wrong}.") from None

    def __len__(self) -> int:
        with self._lock:
            (count,) = self._file.execute("SELECT count(*) FROM waiting").fetchone()
        return int(count)

    @property
    def has_room(self) -> bool:
        """Whether another message can be added."""
        return len(self) < self._most

    def add(self, body: bytes) -> bool:
        """Keep a message; False where the queue or the disk is full."""
        if not self.has_room:
            return False
        try:
            with self._lock:
                self._file.execute("INSERT INTO waiting (body) VALUES (?)", (body,))
        except sqlite3.OperationalError:
            return False
        return True

    def first(self, now: float) -> tuple[int, bytes] | None:
        """The number and body of the first message whose time it is; None where none waits."""
        query = "SELECT number, body FROM waiting WHERE not_before <= ? ORDER BY number LIMIT 1"
        with self._lock:
            found: tuple[int, bytes] | None = self._file.execute(query, (now,)).fetchone()
        return found

    def drop(self, number: int) -> None:
        """Let a message go."""
        with self._lock:
            self._file.execute("DELETE FROM waiting WHERE number = ?", (number,))

    def put_off(self, number: int, until: float) -> None:
        """Leave a message for later, so that those after it go first."""
        with self._lock:
            self._file.execute("UPDATE waiting SET not_before = ? WHERE number = ?", (until, number))

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        self._file.close()


@dataclass(frozen=True)
class Broker:
    """Where Frigate publishes. An empty `user` signs in as nobody; `ca` are certificates to trust."""

    host: str
    port: int
    topic: str = TOPIC
    client: str = "alpr-bridge"
    user: str = ""
    password: str = ""
    tls: bool = False
    ca: str | None = None

    def connection(self) -> Client:
        """A client under a lasting session: the broker keeps what comes while the bridge is away."""
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=self.client, clean_session=False, manual_ack=True
        )
        client.reconnect_delay_set(1, LONGEST_PAUSE)
        if self.user:
            client.username_pw_set(self.user, self.password)
        if self.tls:
            client.tls_set(ca_certs=self.ca)
        return client


class Bridge:
    """Takes messages from the broker into the queue, and from the queue to the server."""

    def __init__(self, broker: Broker, server: Server, queue: Queue, say: Callable[[str], Any]) -> None:
        self.broker, self.server, self.queue, self._say = broker, server, queue, say
        self.ended = threading.Event()
        self._came = threading.Event()
        self._missed = False
        self._pause, self._last = 1.0, ""
        self.client = broker.connection()
        self.client.on_connect = self._connected
        self.client.on_connect_fail = self._unreachable
        self.client.on_disconnect = self._lost
        self.client.on_message = self._take

    def run(self) -> None:
        """Run until `ended` is set. What still waits stays in the queue."""
        self._listen()
        try:
            while not self.ended.is_set():
                self._came.clear()
                if self._missed and self.queue.has_room:
                    self._listen_again()
                found = self.queue.first(time.time())
                if found is None:
                    self._came.wait(1)
                else:
                    self._bring(*found)
        finally:
            self.client.disconnect()
            self.client.loop_stop()

    def _listen(self) -> None:
        self.client.connect_async(self.broker.host, self.broker.port)
        self.client.loop_start()

    def _listen_again(self) -> None:
        """What was not acknowledged comes once more after a new connection."""
        self._missed = False
        self.client.disconnect()
        self.client.loop_stop()
        self._listen()

    def _connected(self, client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self.say(f"The broker refuses the bridge: {reason}.")
            return
        client.subscribe(self.broker.topic, qos=1)
        self.say(f"Listening to {self.broker.topic}; {len(self.queue):,} messages wait.")

    def _unreachable(self, client: Client, data: Any) -> None:
        self.say("The broker cannot be reached.")

    def _lost(self, client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure and not self.ended.is_set():
            self.say("The broker cannot be reached.")

    def _take(self, client: Client, data: Any, message: MQTTMessage) -> None:
        """Keep a read, and only then acknowledge it; other updates are none of ours."""
        payload = bytes(message.payload)
        if _is_read(payload) and not self.queue.add(payload):
            self._missed = True
            self.say("The queue or the disk is full: the broker keeps what it can until there is room.")
            return
        client.ack(message.mid, message.qos)
        self._came.set()

    def _bring(self, number: int, body: bytes) -> None:
        """Send one message, and let it go once the server has answered for it."""
        try:
            status, answer = self.server.ask("POST", ADDRESS, body)
        except Stop as stop:
            if stop.code == KEY:
                self.queue.put_off(number, time.time() + LATER_SECONDS)
            self.say("The server cannot be reached." if stop.code == NOT_REACHED else str(stop))
            self.ended.wait(self._pause)
            self._pause = min(LONGEST_PAUSE, self._pause * 2)
            return
        self._pause = 1.0
        code = _code(answer)
        if status in (200, 201):
            self.queue.drop(number)
            self._last = ""
        elif code == "unknown_camera":
            self.queue.put_off(number, time.time() + LATER_SECONDS)
            self.say(f"A message waits: {answer['error'].get('message', '')}")
        else:
            self.queue.drop(number)
            self.say(f"The server does not take a message, and will not: {code or status}.", always=True)

    def say(self, text: str, *, always: bool = False) -> None:
        """Say what happens, once until it changes. Never a plate."""
        if always or text != self._last:
            self._last = text
            self._say(text)


def _is_read(payload: bytes) -> bool:
    """Whether an update is about a plate; the rest is judged by the server."""
    if len(payload) > LARGEST:
        return False
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("type") == "lpr"


def _code(answer: dict[str, Any]) -> str:
    error = answer.get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else ""
