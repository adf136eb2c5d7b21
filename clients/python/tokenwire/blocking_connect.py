"""Opens the connections of the synchronous client."""

from __future__ import annotations

import socket
import threading
import time
from typing import List, Optional, Tuple, Union

from .attempts import Attempts, ConnectBackoff, unreachable
from .blocking_connection import BlockingConnection
from .endpoint import Endpoint
from .errors import CallError, connection_closed
from .options import ClientOptions
from .sockets import Security, cannot_connect, explain, tune

_Address = Tuple[int, Union[str, Tuple[object, ...]]]


class BlockingSource:
    """Keeps a client connected: has one connection that takes new calls, opens it when it is
    needed, and leaves it when it takes no more."""

    def __init__(
        self, endpoint: Endpoint, security: Optional[Security], options: ClientOptions
    ) -> None:
        self.options = options
        self._endpoint = endpoint
        self._security = security
        self._backoff = ConnectBackoff(options.retry)
        # Held by whoever opens a connection, while others wait for it.
        self._opening = threading.Lock()
        self._closed = threading.Event()
        # Those that take no new calls any more are here until their calls have ended.
        self._connections: List[BlockingConnection] = []

    @property
    def is_closed(self) -> bool:
        """Whether the client was closed."""
        return self._closed.is_set()

    def connection(self, attempts: Attempts) -> BlockingConnection:
        """A connection that takes calls; opens one if there is none, but not before the time that
        failed attempts have to stay apart.

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

    def _open(self, time_left: Optional[float]) -> BlockingConnection:
        limit = self.options.connect_timeout
        is_last_moment = time_left is not None and time_left < limit
        deadline = time.monotonic() + (time_left if is_last_moment and time_left else limit)
        try:
            sock = _connect(self._endpoint, self._security, self.options, deadline)
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


def _connect(
    endpoint: Endpoint, security: Optional[Security], options: ClientOptions, deadline: float
) -> socket.socket:
    reasons: List[str] = []
    try:
        addresses = _addresses(endpoint)
    except OSError as error:
        raise cannot_connect(endpoint, [explain(error, None)]) from None
    for family, address in addresses:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(max(deadline - time.monotonic(), 0.001))
            sock.connect(address)
            tune(sock, options)
            if security is None:
                return sock
            return security.context.wrap_socket(sock, server_hostname=security.server_name)
        except OSError as error:
            sock.close()
            reasons.append(explain(error, security))
    raise cannot_connect(endpoint, reasons)


def _addresses(endpoint: Endpoint) -> List[_Address]:
    if endpoint.path:
        return [(socket.AF_UNIX, endpoint.path)]
    infos = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    return [(info[0], info[4]) for info in infos]
