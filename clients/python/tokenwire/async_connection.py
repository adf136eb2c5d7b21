"""A connection of the asyncio client."""

from __future__ import annotations

import asyncio
import socket
from typing import Callable, Mapping, Optional, cast

from .arguments import seconds
from .errors import CallError, connection_closed, deadline_exceeded, forked
from .methods import Method, RequestT, ResponseT
from .options import ClientOptions
from .sockets import Security, connection_failed
from .wire.connection import Connection
from .wire.stream import Stream


class AsyncConnection(asyncio.Protocol):
    """Used only on its event loop."""

    def __init__(
        self, sock: socket.socket, security: Optional[Security], options: ClientOptions
    ) -> None:
        self._socket = sock
        self._security = security
        self.loop = asyncio.get_running_loop()
        self.was_forked = False
        self._core = Connection(
            options.window,
            seconds("keepalive_interval", options.keepalive_interval),
            seconds("keepalive", options.keepalive),
            self.loop.time(),
        )
        self._transport: Optional[asyncio.Transport] = None
        self._timer: Optional[asyncio.TimerHandle] = None
        self._is_paused = False
        self._lost = self.loop.create_future()

    @property
    def is_usable(self) -> bool:
        """Whether it accepts new calls."""
        return self._core.is_usable

    @property
    def is_alive(self) -> bool:
        """Whether it may have running calls."""
        return not self._lost.done()

    def open(
        self,
        method: Method[RequestT, ResponseT],
        payload: bytes,
        metadata: Mapping[str, str],
        time_left: Optional[float],
        timeout: Optional[float],
    ) -> AsyncStream:
        """Begins a call; raises the errors of ``Connection.open``.

        Args:
            time_left: when the call ends, in seconds from now; None means never.
            timeout: the whole time that the caller gave the call.
        """
        call = AsyncStream(self)
        call.stream = self._core.open(
            method.service,
            method.name,
            payload,
            metadata,
            time_left,
            method.is_unary,
            call.on_news,
        )
        if time_left is not None:
            error = deadline_exceeded(timeout or time_left)
            call.deadline = self.loop.call_later(time_left, self.cancel, call.stream, error)
        self._flush()
        return call

    def take(self, stream: Stream) -> Optional[bytes]:
        """Waits for the next response; None at the end."""
        try:
            return self._core.take(stream)
        finally:
            self._flush()

    def cancel(self, stream: Stream, error: CallError) -> None:
        """Ends a call."""
        self._core.cancel(stream, error)
        self._flush()

    def cancel_from_anywhere(self, stream: Stream, error: CallError) -> None:
        """Ends a call, from any thread, if the event loop still runs."""
        self._from_anywhere(self.cancel, stream, error)

    async def close(self) -> None:
        """Ends the connection and its calls."""
        self.end()
        await self._lost

    def end(self) -> None:
        """Ends the connection and its calls, soon."""
        self._end(connection_closed())

    def end_from_anywhere(self) -> None:
        """As ``end``, from any thread. When the event loop is closed, nobody reads the calls any more,
        and only the socket has to be closed."""
        if self.loop.is_closed():
            self._core.end(connection_closed())
            self._socket.close()
        else:
            self._from_anywhere(self.end)

    def leave_to_parent(self) -> None:
        """Drops the connection in a forked process: its event loop runs in the parent, which continues
        to use it. Nothing is sent, and the copy here does not keep it open there."""
        self.was_forked = True
        self._socket.close()

    # asyncio.Protocol.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._core.receive(data, self.loop.time())
        except CallError as error:
            self._end(error)
        if self._timer is None:
            self._check()
        else:
            self._flush()

    def connection_lost(self, exc: Optional[Exception]) -> None:
        error = connection_closed()
        if isinstance(exc, OSError):
            error = connection_failed(exc, self._security)
        self._core.end(error)
        if self._timer is not None:
            self._timer.cancel()
        if not self._lost.done():
            self._lost.set_result(None)

    def _from_anywhere(self, action: Callable[..., None], *arguments: object) -> None:
        if self.was_forked:
            return
        try:
            self.loop.call_soon_threadsafe(action, *arguments)
        except RuntimeError:
            pass  # The event loop is closed.

    def _end(self, error: CallError) -> None:
        self._core.end(error)
        if self._transport is not None:
            self._transport.abort()

    def _check(self) -> None:
        """Sends a PING when it is time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            next_check = self._core.check(self.loop.time())
        except CallError as error:
            self._end(error)
            return
        if next_check is not None:
            self._timer = self.loop.call_at(next_check, self._check)
        self._flush()

    def _flush(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._core.has_output:
            self._transport.write(self._core.take_output())
        if self._core.wants_input == self._is_paused:
            self._is_paused = not self._is_paused
            if self._is_paused:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()


class AsyncStream:
    """A call on a connection."""

    stream: Stream
    deadline: Optional[asyncio.TimerHandle] = None

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._waiter: Optional[asyncio.Future[None]] = None

    def on_news(self) -> None:
        """Wakes the reader: there is news."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def take(self) -> Optional[bytes]:
        """Waits for the next response; None at the end.

        Raises:
            CallError: why the call failed.
            RuntimeError: on another event loop than that of the connection.
        """
        if self._connection.was_forked:
            raise forked()
        if self._connection.loop is not asyncio.get_running_loop():
            raise RuntimeError(
                "This call began on another event loop: a client may be used on several, but each call "
                "is read on the loop that it began on"
            )
        while not self.stream.has_news:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._connection.take(self.stream)

    def cancel(self, error: CallError) -> None:
        """Ends the call."""
        self.end()
        self._connection.cancel_from_anywhere(self.stream, error)

    def end(self) -> None:
        """The call has ended: cancels its deadline."""
        if self.deadline is not None:
            self.deadline.cancel()
