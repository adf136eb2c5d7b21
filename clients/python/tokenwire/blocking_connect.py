"""Opens the connections of the synchronous client."""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import List, Optional

from .arguments import seconds
from .attempts import Attempts, ConnectBackoff, unreachable
from .blocking_connection import BlockingConnection
from .blocking_race import connect
from .endpoint import Endpoint
from .errors import CallError, connection_closed
from .options import ClientOptions
from .sockets import Security


class BlockingSource:
    """Keeps a client connected: has one connection for new calls, opens it when it is
    needed, and leaves it when it takes no more."""

    def __init__(
        self, endpoint: Endpoint, security: Optional[Security], options: ClientOptions
    ) -> None:
        self.options = options
        self._endpoint = endpoint
        self._security = security
        self._backoff = ConnectBackoff(options.retry)
        # Held while a connection is opened; others wait for it.
        self._opening = threading.Lock()
        self._closed = threading.Event()
        # Connections that accept no more calls stay here until their calls have ended.
        self._connections: List[BlockingConnection] = []
        _sources.add(self)

    def __del__(self) -> None:
        self.close(wait=False)

    @property
    def is_closed(self) -> bool:
        """Whether the client is closed."""
        return self._closed.is_set()

    def connection(self, attempts: Attempts) -> BlockingConnection:
        """A connection that accepts calls; opens one if there is none, but after failed attempts not
        before the backoff time.

        Raises:
            CallError: ``UNAVAILABLE`` when the server cannot be reached, or the client is closed;
                ``DEADLINE_EXCEEDED``.
        """
        time_left = attempts.time_left()
        if not self._opening.acquire(timeout=-1 if time_left is None else time_left):
            raise unreachable()
        try:
            for connection in self._connections:
                if connection.is_usable and not self.is_closed:
                    return connection
            if self._closed.wait(attempts.check_wait(self._backoff.wait())):
                raise connection_closed()
            return self._open(attempts.time_left())
        finally:
            self._opening.release()

    def close(self, wait: bool) -> None:
        """Ends all connections; no new ones are opened."""
        self._closed.set()
        for connection in list(self._connections):
            connection.close(wait)

    def pause(self, wait: float) -> None:
        """Waits that many seconds.

        Raises:
            CallError: ``UNAVAILABLE`` when the client is closed meanwhile.
        """
        if self._closed.wait(wait):
            raise connection_closed()

    def leave_to_parent(self) -> None:
        """Starts anew in a forked process: the threads that held locks exist only in the parent."""
        was_closed = self.is_closed
        self._opening = threading.Lock()
        self._closed = threading.Event()
        if was_closed:
            self._closed.set()
        for connection in self._connections:
            connection.leave_to_parent()
        self._connections = []

    def _open(self, time_left: Optional[float]) -> BlockingConnection:
        limit = seconds("connect_timeout", self.options.connect_timeout)
        is_last_moment = time_left is not None and time_left < limit
        deadline = time.monotonic() + (time_left if is_last_moment and time_left else limit)
        try:
            sock = connect(self._endpoint, self._security, self.options, deadline)
        except CallError:
            if is_last_moment and time.monotonic() >= deadline:
                raise unreachable() from None
            self._backoff.failed()
            raise
        self._backoff.succeeded()
        connection = BlockingConnection(sock, self._security, self.options)
        self._connections = [other for other in self._connections if other.is_alive]
        self._connections.append(connection)
        if self.is_closed:
            connection.close(wait=True)
        return connection


_sources: "weakref.WeakSet[BlockingSource]" = weakref.WeakSet()


def _after_fork() -> None:
    for source in list(_sources):
        source.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
