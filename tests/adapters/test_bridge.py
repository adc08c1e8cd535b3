"""Frigate's reads through a real broker and a real server, either of which goes away and comes back."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from detections.adapters import bridge as bridge_module
from detections.adapters.bridge import Queue
from detections.models import Camera, Detection, ReaderKey
from detections.transfer.transfer import Stop
from tests.adapters.conftest import some_time_ago
from tests.adapters.hostile import VALUES
from tests.adapters.messages_two import frigate
from tests.adapters.mosquitto import BridgeProcess, Broker, Records, until


@pytest.fixture
def server(transactional_db: Any, evidence: Path, settings: Any) -> Iterator[Records]:
    """The records server, which goes away and comes back at one address."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "127.0.0.1"]
    running = Records()
    yield running
    running.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Debian's mosquitto."""
    running = Broker(tmp_path / "broker")
    yield running
    running.stop()


@pytest.fixture
def bridge(
    tmp_path: Path, broker: Broker, server: Records, reader_key: tuple[ReaderKey, str]
) -> Iterator[BridgeProcess]:
    """The bridge, not started."""
    made = BridgeProcess(tmp_path, broker, server.address, reader_key[1])
    yield made
    made.stop()


def update(number: int, at: datetime | None = None, **values: Any) -> str:
    """An update about a car of its own."""
    values = {"id": f"car-{number}", "plate": f"8KRB{number:03}"} | values
    return json.dumps(frigate(at or some_time_ago(), **values))


def plates() -> list[str]:
    return sorted(Detection.objects.values_list("plate", flat=True))


def arrive(*expected: str) -> None:
    until(lambda: plates() == sorted(expected), f"that {len(expected)} reads arrive; {len(plates())} did")


def waiting(bridge: BridgeProcess) -> None:
    """Wait until the ended bridge has left nothing, as its last words say."""
    bridge.stop()
    assert bridge.said.rstrip().endswith("Ended; 0 messages wait.")


@pytest.mark.parametrize(
    ("environment", "options", "why"),
    [
        ({}, {"broker": "localhost", "server": "http://localhost:1"}, "ALPR_READER_KEY"),
        ({"ALPR_READER_KEY": "k"}, {"broker": "localhost", "server": "localhost"}, "address"),
        ({"ALPR_READER_KEY": "k"}, {"broker": "localhost", "server": "http://records.example.gov"}, "clear"),
        ({"ALPR_READER_KEY": "k"}, {"broker": ":1883", "server": "http://localhost:1"}, "HOST"),
        ({"ALPR_READER_KEY": "k"}, {"broker": "localhost:a", "server": "http://localhost:1"}, "HOST"),
    ],
)
def test_what_is_not_said_rightly_ends_it(
    environment: dict[str, str], options: dict[str, str], why: str, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.delenv("ALPR_READER_KEY", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CommandError, match=why):
        call_command("frigate_bridge", queue=str(tmp_path / "queue"), **options)


def test_one_car_in_several_updates_is_one_detection(bridge: BridgeProcess, broker: Broker) -> None:
    bridge.start()
    bridge.listens()
    broker.publish(update(1))
    broker.publish(update(1, score=0.99))
    broker.publish(update(2, type="face"))
    broker.publish("no json")
    broker.publish(update(2), topic="frigate/events")
    broker.publish(update(3))
    arrive("8KRB001", "8KRB003")
    waiting(bridge)
    assert "8KRB" not in bridge.said


def test_what_comes_while_the_server_is_away_is_kept_through_a_crash_of_the_bridge(
    bridge: BridgeProcess, broker: Broker, server: Records
) -> None:
    server.stop()
    bridge.start()
    bridge.listens()
    for number in range(3):
        broker.publish(update(number))
    bridge.says("The server cannot be reached")
    bridge.kill()
    broker.publish(update(3))
    bridge.start()
    bridge.listens(2)
    server.start()
    arrive("8KRB000", "8KRB001", "8KRB002", "8KRB003")
    waiting(bridge)


def test_it_goes_on_when_the_broker_comes_back(bridge: BridgeProcess, broker: Broker) -> None:
    bridge.start()
    bridge.listens()
    broker.publish(update(1))
    arrive("8KRB001")
    broker.stop()
    bridge.says("The broker cannot be reached")
    broker.start()
    broker.publish(update(2))
    bridge.listens(2)
    broker.publish(update(3))
    arrive("8KRB001", "8KRB002", "8KRB003")
    waiting(bridge)


def test_a_read_of_an_unknown_camera_waits_and_the_others_go_on(
    bridge: BridgeProcess, broker: Broker, camera: Camera, reader_key: tuple[ReaderKey, str], channel: Any
) -> None:
    channel("driveway", camera)
    bridge.start()
    bridge.listens()
    broker.publish(update(1, camera="alley"))
    broker.publish(update(2))
    bridge.says("A message waits: This key knows no camera “alley”")
    arrive("8KRB002")
    bridge.stop()
    assert bridge.said.rstrip().endswith("Ended; 1 messages wait.")
    channel("alley", camera)
    bridge.start()
    arrive("8KRB001", "8KRB002")
    waiting(bridge)


def test_what_the_server_will_never_take_is_let_go_with_a_sentence(
    bridge: BridgeProcess, broker: Broker
) -> None:
    bridge.start()
    bridge.listens()
    broker.publish(update(1, plate="8KRB412TOOLONG"))
    broker.publish(update(2, timestamp="never"))
    broker.publish(update(3))
    arrive("8KRB003")
    bridge.says("will not: all_refused")
    bridge.says("will not: bad_message")
    waiting(bridge)
    assert "8KRB" not in bridge.said


def test_a_key_that_is_refused_loses_nothing(
    bridge: BridgeProcess, broker: Broker, reader_key: tuple[ReaderKey, str]
) -> None:
    bridge.start(ALPR_READER_KEY="wrong")
    bridge.listens()
    broker.publish(update(1))
    bridge.says("The server refuses this key")
    bridge.stop()
    assert plates() == []
    bridge.start()
    arrive("8KRB001")
    waiting(bridge)


def test_a_wrong_password_is_said(bridge: BridgeProcess) -> None:
    bridge.start(ALPR_MQTT_PASSWORD="wrong")
    bridge.says("The broker refuses the bridge")
    assert "wrong" not in bridge.said


def test_a_full_queue_leaves_the_rest_with_the_broker(
    bridge: BridgeProcess, broker: Broker, server: Records
) -> None:
    server.stop()
    limited = (
        "import runpy, sys; from detections.adapters import bridge; "
        "bridge.Queue.__init__.__kwdefaults__['most'] = 2; "
        "sys.argv[0] = 'manage.py'; runpy.run_path('manage.py', run_name='__main__')"
    )
    bridge.command = [bridge.command[0], "-c", limited, *bridge.command[2:]]
    bridge.start()
    bridge.listens()
    for number in range(5):
        broker.publish(update(number))
    bridge.says("The queue or the disk is full")
    server.start()
    arrive(*(f"8KRB00{number}" for number in range(5)))
    waiting(bridge)


def test_the_queue_is_private_in_order_bounded_and_for_one_bridge_alone(tmp_path: Path) -> None:
    path = tmp_path / "waiting" / "queue"
    queue = Queue(path, most=2)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [queue.add(b"1"), queue.add(b"2"), queue.add(b"3")] == [True, True, False]
    first = queue.first(0)
    assert first is not None
    assert first[1] == b"1"
    queue.put_off(first[0], 50)
    assert (queue.first(0) or (0, b""))[1] == b"2"
    assert (queue.first(60) or (0, b""))[1] == b"1"
    with pytest.raises(Stop, match="cannot be used"):
        Queue(path)
    queue.close()
    again = Queue(path)
    assert len(again) == 2
    assert (again.first(0) or (0, b""))[1] == b"1"
    again.drop(first[0])
    assert len(again) == 1
    again.close()


@given(st.one_of(st.binary(max_size=200), VALUES.map(lambda value: json.dumps(value).encode())))
def test_any_payload_is_a_read_or_none(payload: bytes) -> None:
    assert isinstance(bridge_module._is_read(payload), bool)


def test_a_payload_that_is_deep_or_large_is_none() -> None:
    assert not bridge_module._is_read(b"[" * 10_000)
    assert not bridge_module._is_read(update(1, padding="x" * 20_000).encode())
    assert bridge_module._is_read(update(1).encode())
