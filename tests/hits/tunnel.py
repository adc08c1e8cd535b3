"""A way to a server that can go dead without a word, as where a car drives into a tunnel."""

from __future__ import annotations

import socket
import threading


class Tunnel:
    """Carries connections to a port of this machine.

    While it is `dead` nothing comes through, and nothing is closed or refused either. What it carried or took
    in while it was dead stays dead afterwards; new connections come through again.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.dead = False
        self._swallowed: set[socket.socket] = set()
        self._ends: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._let_in, daemon=True).start()

    def go_dead(self) -> None:
        """Swallow all that is carried from now on."""
        self.dead = True
        self._swallowed.update(self._ends)

    def come_back(self) -> None:
        """Let new connections through."""
        self.dead = False

    def close(self) -> None:
        """Take no more in, and close what is open."""
        for end in (self._door, *self._ends):
            end.close()

    def _let_in(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.port))
            self._ends += [near, far]
            if self.dead:
                self._swallowed.update((near, far))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        try:
            while said := here.recv(65_536):
                if here not in self._swallowed:
                    there.sendall(said)
            if here not in self._swallowed:
                there.shutdown(socket.SHUT_WR)
        except OSError:
            return
