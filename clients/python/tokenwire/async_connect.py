"""Opens the connections of the asyncio client."""

from __future__ import annotations

import asyncio
import socket
from typing import List, Optional, Tuple, Union

from .async_connection import AsyncConnection
from .attempts import Attempts, ConnectBackoff, unreachable
from .endpoint import Endpoint
from .errors import CallError, connection_closed
from .options import ClientOptions
from .sockets import Security, cannot_connect, explain, tune

_Address = Tuple[int, Union[str, Tuple[object, ...]]]


class AsyncSource:
    """Keeps a client connected: has one connection that takes new calls, opens it when it is
    needed, and leaves it when it takes no more."""

    def __init__(
        self, endpoint: Endpoint, security: Optional[Security], options: ClientOptions
    ) -> None:
        self.options = options
        self.is_closed = False
        self._endpoint = endpoint
        self._security = security
        self._backoff = ConnectBackoff(options.retry)
        # Held by whoever opens a connection, while others wait for it. Made by the first, because
        # an older Python's lock belongs to the event loop that it was made on.
        self._opening: Optional[asyncio.Lock] = None
        # Those that take no new calls any more are here until their calls have ended.
        self._connections: List[AsyncConnection] = []

    async def connection(self, attempts: Attempts) -> AsyncConnection:
        """A connection that takes calls; opens one if there is none, but not before the time that
        failed attempts have to stay apart.

        Raises:
            CallError: ``UNAVAILABLE`` when the server cannot be reached, or the client is closed;
                ``DEADLINE_EXCEEDED``.
        """
        try:
            return await asyncio.wait_for(self._connection(attempts), attempts.time_left())
        except asyncio.TimeoutError:
            raise unreachable() from None

    async def close(self) -> None:
        """Ends all connections; no new ones are opened."""
        self.is_closed = True
        for connection in list(self._connections):
            await connection.close()

    async def _connection(self, attempts: Attempts) -> AsyncConnection:
        self._opening = self._opening or asyncio.Lock()
        async with self._opening:
            for connection in self._connections:
                if connection.is_usable and not self.is_closed:
                    return connection
            if not self.is_closed:
                await asyncio.sleep(attempts.check_wait(self._backoff.wait()))
            if self.is_closed:
                raise connection_closed()
            return await self._open()

    async def _open(self) -> AsyncConnection:
        try:
            connection = await self._connect()
        except CallError:
            self._backoff.failed()
            raise
        self._backoff.succeeded()
        self._connections = [other for other in self._connections if other.is_alive]
        self._connections.append(connection)
        if self.is_closed:
            await connection.close()
        return connection

    async def _connect(self) -> AsyncConnection:
        limit = self.options.connect_timeout
        reasons: List[str] = []
        try:
            for family, address in await self._addresses():
                try:
                    return await asyncio.wait_for(self._connect_to(family, address), limit)
                except OSError as error:
                    reasons.append(explain(error, self._security))
                except asyncio.TimeoutError:
                    reasons.append(explain(TimeoutError(), self._security))
        except socket.gaierror as error:
            reasons.append(explain(error, None))
        raise cannot_connect(self._endpoint, reasons)

    async def _connect_to(self, family: int, address: object) -> AsyncConnection:
        loop = asyncio.get_running_loop()
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            await loop.sock_connect(sock, address)  # type: ignore[arg-type]
            tune(sock, self.options)
            security = self._security
            _, connection = await loop.create_connection(
                lambda: AsyncConnection(security, self.options),
                sock=sock,
                ssl=None if security is None else security.context,
                server_hostname=None if security is None else security.server_name,
            )
            return connection
        except BaseException:
            sock.close()
            raise

    async def _addresses(self) -> List[_Address]:
        if self._endpoint.path:
            return [(socket.AF_UNIX, self._endpoint.path)]
        infos = await asyncio.get_running_loop().getaddrinfo(
            self._endpoint.host, self._endpoint.port, type=socket.SOCK_STREAM
        )
        return [(info[0], info[4]) for info in infos]
