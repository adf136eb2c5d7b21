"""A connection of the synchronous client: a thread that does its I/O."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import time
from collections import deque
from typing import Deque, Mapping, Optional, Tuple

from .arguments import seconds
from .errors import CallError, connection_closed, deadline_exceeded, forked
from .methods import Method, RequestT, ResponseT
from .options import ClientOptions
from .sockets import Security, connection_failed
from .wire.connection import Connection
from .wire.stream import Stream

_CHUNK = 65_536
_LONGEST_WAIT = 86_400.0


class BlockingConnection:
    """The thread also answers the server's PINGs while no caller reads."""

    def __init__(
        self, sock: socket.socket, security: Optional[Security], options: ClientOptions
    ) -> None:
        self._socket = sock
        self._security = security
        self._core = Connection(
            options.window,
            seconds("keepalive_interval", options.keepalive_interval),
            seconds("keepalive", options.keepalive),
            time.monotonic(),
        )
        self._lock = threading.Lock()
        self._is_closing = False
        self._was_forked = False
        self._cancelled: Deque[Tuple[Stream, CallError]] = deque()
        self._wake_reader, self._waker = socket.socketpair()
        for end in (sock, self._wake_reader, self._waker):
            end.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="tokenwire", daemon=True)
        self._thread.start()

    @property
    def is_usable(self) -> bool:
        """Whether it accepts new calls."""
        return self._core.is_usable and self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        """Whether it may have running calls."""
        return self._thread.is_alive()

    def open(
        self,
        method: Method[RequestT, ResponseT],
        payload: bytes,
        metadata: Mapping[str, str],
        timeout: Optional[float],
    ) -> BlockingStream:
        """Begins a call; raises the errors of ``Connection.open``."""
        condition = threading.Condition(self._lock)
        with self._lock:
            stream = self._core.open(
                method.service,
                method.name,
                payload,
                metadata,
                timeout,
                method.is_unary,
                condition.notify_all,
            )
        self._wake()
        return BlockingStream(self, stream, condition)

    def take(
        self,
        stream: Stream,
        condition: threading.Condition,
        time_left: Optional[float],
        timeout: Optional[float],
    ) -> Optional[bytes]:
        """Waits for the next response; None at the end."""
        if self._was_forked:  # Nobody will ever unlock the lock, or tell of news.
            raise forked()
        with self._lock:
            if not condition.wait_for(lambda: stream.has_news, time_left):
                self._core.cancel(stream, deadline_exceeded(timeout or 0))
            message = self._core.take(stream)
            if self._core.has_output:
                self._wake()
            return message

    def cancel(self, stream: Stream, error: CallError) -> None:
        """Ends a call, on the thread, because the garbage collector may call this anywhere."""
        self._cancelled.append((stream, error))
        self._wake()

    def close(self, wait: bool) -> None:
        """Ends the connection and its calls."""
        self._is_closing = True
        self._wake()
        if wait and threading.current_thread() is not self._thread:
            self._thread.join()

    def leave_to_parent(self) -> None:
        """Lets go of the connection in a process that was forked: its thread is in the parent, which
        goes on with it. Nothing is sent, and what is open here does not keep it open there."""
        self._was_forked = True
        for end in (self._socket, self._wake_reader, self._waker):
            end.close()

    # The thread.

    def _wake(self) -> None:
        try:
            self._waker.send(b"\0")
        except OSError:
            pass  # It is awake already, or has ended.

    def _run(self) -> None:
        error = connection_closed()
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._wake_reader, selectors.EVENT_READ)
                selector.register(self._socket, selectors.EVENT_READ)
                output = memoryview(b"")
                while not self._is_closing:
                    output = self._wait(selector, output)
                    if not self._read():
                        break
        except CallError as failure:
            error = failure
        except OSError as failure:
            error = connection_failed(failure, self._security)
        finally:
            with self._lock:
                self._core.end(error)
            for end in (self._socket, self._wake_reader, self._waker):
                end.close()

    def _wait(self, selector: selectors.BaseSelector, output: memoryview) -> memoryview:
        """Sends, then waits for something to do; returns what is still to be sent."""
        with self._lock:
            while self._cancelled:
                self._core.cancel(*self._cancelled.popleft())
            next_check = self._core.check(time.monotonic())
            output = memoryview(bytes(output) + self._core.take_output())
            wants_input = self._core.wants_input
        output = self._send(output)
        events = (selectors.EVENT_READ if wants_input else 0) | (
            selectors.EVENT_WRITE if output else 0
        )
        if events:
            selector.modify(self._socket, events)
        else:
            selector.unregister(self._socket)
        # Bytes that TLS has already read do not make the socket readable.
        is_ready = (
            wants_input and isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0
        )
        timeout = None
        if next_check is not None:
            timeout = min(max(0.0, next_check - time.monotonic()), _LONGEST_WAIT)
        for key, _ in selector.select(0 if is_ready else timeout):
            if key.fileobj is self._wake_reader:
                self._wake_reader.recv(_CHUNK)
        if not events:
            selector.register(self._socket, selectors.EVENT_READ)
        return output

    def _send(self, output: memoryview) -> memoryview:
        try:
            while output:
                output = output[self._socket.send(output) :]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        return output

    def _read(self) -> bool:
        """Reads what has arrived; returns whether the connection continues."""
        if not self._core.wants_input:
            return True
        try:
            data = self._socket.recv(_CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return True
        with self._lock:
            if data:
                self._core.receive(data, time.monotonic())
        return bool(data)


class BlockingStream:
    """A call on a connection."""

    def __init__(
        self, connection: BlockingConnection, stream: Stream, condition: threading.Condition
    ) -> None:
        self._connection = connection
        self._stream = stream
        self._condition = condition

    @property
    def was_refused(self) -> bool:
        """Whether the server has certainly not started to process the call."""
        return self._stream.was_refused

    def take(self, time_left: Optional[float], timeout: Optional[float]) -> Optional[bytes]:
        """Waits for the next response; None at the end.

        Args:
            time_left: how long to wait, in seconds; the call ends then. None is for ever.
            timeout: the whole time that the caller gave the call.

        Raises:
            CallError: why the call failed.
        """
        return self._connection.take(self._stream, self._condition, time_left, timeout)

    def cancel(self, error: CallError) -> None:
        """Ends the call."""
        self._connection.cancel(self._stream, error)
