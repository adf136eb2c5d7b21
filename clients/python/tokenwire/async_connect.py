"""Opens the connections of the asyncio client."""

from __future__ import annotations

import asyncio
import os
import socket
import weakref
from collections import deque
from typing import AsyncGenerator, Deque, Dict, List, Optional, Set

from .arguments import seconds
from .async_connection import AsyncConnection
from .attempts import Attempts, ConnectBackoff, unreachable
from .endpoint import Endpoint
from .errors import CallError, connection_closed
from .options import ClientOptions
from .sockets import (
    ATTEMPT_DELAY,
    Address,
    Security,
    cannot_connect,
    explain,
    in_turns,
    tune,
)


class AsyncSource:
    """Keeps a client connected. On each event loop it has one connection for new calls, opens it when
    it is needed, and replaces it when it accepts no more calls."""

    def __init__(
        self, endpoint: Endpoint, security: Optional[Security], options: ClientOptions
    ) -> None:
        self.options = options
        self.is_closed = False
        self._endpoint = endpoint
        self._security = security
        self._backoff = ConnectBackoff(options.retry)
        self._homes: Dict[asyncio.AbstractEventLoop, _Home] = {}
        _sources.add(self)

    def __del__(self) -> None:
        for home in self._homes.values():
            home.end_from_anywhere()

    async def connection(self, attempts: Attempts) -> AsyncConnection:
        """A connection that accepts calls; opens one if there is none, but after failed attempts not
        before the backoff time.

        Raises:
            CallError: ``UNAVAILABLE`` when the server cannot be reached, or the client is closed;
                ``DEADLINE_EXCEEDED``.
        """
        time_left = attempts.time_left()
        home = await self._home()
        try:
            return await asyncio.wait_for(self._connection(home, attempts), time_left)
        except asyncio.TimeoutError:
            raise unreachable() from None

    async def close(self) -> None:
        """Ends all connections; no new ones are opened."""
        self.is_closed = True
        here = asyncio.get_running_loop()
        homes, self._homes = self._homes, {}
        for loop, home in homes.items():
            if loop is here:
                await home.close()
            else:
                home.end_from_anywhere()

    def leave_to_parent(self) -> None:
        """Starts anew in a forked process."""
        for home in self._homes.values():
            for connection in home.connections:
                connection.leave_to_parent()
        self._homes = {}

    async def _home(self) -> _Home:
        loop = asyncio.get_running_loop()
        home = self._homes.get(loop)
        if home is None:
            for other in list(self._homes):
                if other.is_closed():
                    self._homes.pop(other).end_from_anywhere()
            home = self._homes[loop] = _Home()
            await home.end_with_loop()
        return home

    async def _connection(self, home: _Home, attempts: Attempts) -> AsyncConnection:
        async with home.opening:
            for connection in home.connections:
                if connection.is_usable and not self.is_closed:
                    return connection
            if not self.is_closed:
                await asyncio.sleep(attempts.check_wait(self._backoff.wait()))
            if self.is_closed:
                raise connection_closed()
            return await self._open(home)

    async def _open(self, home: _Home) -> AsyncConnection:
        try:
            connection = await self._connect()
        except CallError:
            self._backoff.failed()
            raise
        self._backoff.succeeded()
        home.connections = [other for other in home.connections if other.is_alive]
        home.connections.append(connection)
        if self.is_closed:
            await connection.close()
        return connection

    async def _connect(self) -> AsyncConnection:
        limit = seconds("connect_timeout", self.options.connect_timeout)
        reasons: List[str] = []
        try:
            connection = await asyncio.wait_for(self._race(reasons), limit)
        except socket.gaierror as error:
            raise cannot_connect(self._endpoint, [explain(error, None)]) from None
        except asyncio.TimeoutError:
            reasons.append(explain(TimeoutError(), self._security))
            connection = None
        if connection is None:
            raise cannot_connect(self._endpoint, reasons)
        return connection

    async def _race(self, reasons: List[str]) -> Optional[AsyncConnection]:
        """Connects to the first address that answers (RFC 8305). Each is tried when the one before has
        failed or has used its share of the time. None means that no address answered.

        Args:
            reasons: why the others have failed is added to it.
        """
        waiting: Deque[Address] = deque(await self._addresses())
        running: Set[asyncio.Task[AsyncConnection]] = set()
        winner: Optional[AsyncConnection] = None
        try:
            while winner is None and (waiting or running):
                if waiting:
                    running.add(asyncio.ensure_future(self._connect_to(waiting.popleft())))
                done, running = await asyncio.wait(
                    running,
                    timeout=ATTEMPT_DELAY if waiting else None,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                for task in done:
                    error = task.exception()
                    if winner is not None and error is None:
                        task.result().end()
                    elif error is None:
                        winner = task.result()
                    elif isinstance(error, OSError):
                        reasons.append(explain(error, self._security))
                    else:
                        raise error
            return winner
        finally:
            for task in running:
                task.cancel()
            for outcome in await asyncio.gather(*running, return_exceptions=True):
                if isinstance(outcome, AsyncConnection):
                    outcome.end()

    async def _connect_to(self, address: Address) -> AsyncConnection:
        loop = asyncio.get_running_loop()
        sock = socket.socket(address[0], socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            await loop.sock_connect(sock, address[1])
            tune(sock, self.options)
            security = self._security
            _, connection = await loop.create_connection(
                lambda: AsyncConnection(sock, security, self.options),
                sock=sock,
                ssl=None if security is None else security.context,
                server_hostname=None if security is None else security.server_name,
            )
            return connection
        except BaseException:
            sock.close()
            raise

    async def _addresses(self) -> List[Address]:
        if self._endpoint.path:
            return [(socket.AF_UNIX, self._endpoint.path)]
        try:
            infos = await asyncio.get_running_loop().getaddrinfo(
                self._endpoint.host, self._endpoint.port, type=socket.SOCK_STREAM
            )
        except UnicodeError:
            raise socket.gaierror from None
        return in_turns(infos)


class _Home:
    """The connections of a client on one event loop."""

    def __init__(self) -> None:
        # Held while a connection is opened; others wait for it.
        self.opening = asyncio.Lock()
        # Connections that accept no more calls stay here until their calls have ended.
        self.connections: List[AsyncConnection] = []
        self._keeper: Optional[AsyncGenerator[None, None]] = None

    async def end_with_loop(self) -> None:
        """Ends the connections when the event loop ends: ``asyncio.run`` closes the generators that
        still run on it."""
        self._keeper = self._keep()
        await self._keeper.__anext__()

    async def close(self) -> None:
        """Ends the connections."""
        if self._keeper is not None:
            await self._keeper.aclose()

    def end_from_anywhere(self) -> None:
        """As ``close``, from any thread or event loop, without waiting."""
        for connection in self.connections:
            connection.end_from_anywhere()

    async def _keep(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            for connection in self.connections:
                await connection.close()


_sources: "weakref.WeakSet[AsyncSource]" = weakref.WeakSet()


def _after_fork() -> None:
    for source in list(_sources):
        source.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
