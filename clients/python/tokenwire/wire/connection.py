"""One connection to a server, and the calls on it."""

from __future__ import annotations

import enum
from copy import copy
from typing import Callable, Dict, List, Mapping, Optional

from ..errors import CallError, Code, protocol_violation
from . import extension
from .frames import (
    OFFERS_EXTENSION,
    REMOTE_CLOSED,
    REQUEST,
    Frame,
    FrameDecoder,
    Oversized,
    encode_frame,
    message_too_long,
)
from .liveness import Liveness, PingPolicy
from .messages_pb2 import KeyValue, Request
from .stream import Stream


class _Agreement(enum.Enum):
    OFFERING = enum.auto()
    STOCK = enum.auto()
    AGREED = enum.auto()


class Connection:
    """A client's end of a connection, without I/O: bytes go in, bytes come out, calls are between.

    Whoever does the I/O gives it what is received, sends what it puts out, and calls ``check`` when
    it says. It knows no lock: only one thread may be in it at a time. Times are seconds of any
    clock that does not go back.
    """

    #: Bytes that callers have not read, on all streams, at which the connection stops reading: the
    #: only bound there is where the server does not speak the extension.
    _MAXIMUM_UNREAD = 16 << 20

    def __init__(
        self, window: int, keepalive_interval: float, keepalive: float, now: float
    ) -> None:
        self._window = window
        self._decoder = FrameDecoder()
        self._liveness = Liveness(keepalive_interval, keepalive, now)
        self._ping_policy = PingPolicy()
        self._streams: Dict[int, Stream] = {}
        self._next_id = 1
        self._agreement = _Agreement.OFFERING
        # The server will want to know of them, if it speaks the extension.
        self._cancelled_early: List[bytes] = []
        self._closed: Optional[CallError] = None
        self._output = bytearray()
        # What of the streams' messages was not taken; streams that have ended count, too.
        self._unread: Dict[Stream, int] = {}
        self._total_unread = 0

    # Calls.

    @property
    def is_usable(self) -> bool:
        """Whether it takes new calls."""
        return self._closed is None

    @property
    def has_calls(self) -> bool:
        """Whether calls are under way."""
        return bool(self._streams)

    def open(
        self,
        service: str,
        method: str,
        payload: bytes,
        metadata: Mapping[str, str],
        timeout: Optional[float],
        is_unary: bool,
        on_news: Callable[[], None],
    ) -> Stream:
        """Begins a call with one request.

        Raises:
            CallError: ``UNAVAILABLE`` when the connection takes no calls, ``RESOURCE_EXHAUSTED``
                when the request is too long; the server does not know of the call then.
        """
        if self._closed is not None:
            raise copy(self._closed)
        request = Request(
            service=service,
            method=method,
            payload=payload,
            timeout_nano=0 if timeout is None else max(1, int(timeout * 1e9)),
            metadata=[KeyValue(key=key, value=value) for key, value in metadata.items()],
        )
        flags = 0 if is_unary else REMOTE_CLOSED
        if self._agreement is _Agreement.OFFERING:
            flags |= OFFERS_EXTENSION
        id = self._next_id
        self._output += encode_frame(id, REQUEST, flags, request.SerializeToString())
        stream = Stream(id, is_unary, self._window, on_news)
        self._streams[id] = stream
        self._next_id += 2
        # The highest id is no call's: it is that of the extension's frames.
        if self._next_id == extension.STREAM:
            self._closed = CallError(Code.UNAVAILABLE, "The connection has no stream ids left")
        return stream

    def take(self, stream: Stream) -> Optional[bytes]:
        """What ``Stream.take`` says; grants the server more credit when it is due."""
        message = stream.take()
        self._count_unread(stream)
        if self._agreement is _Agreement.AGREED and stream.id in self._streams:
            credit = stream.window.credit()
            if credit is not None:
                self._output += extension.encode_window(stream.id, credit)
        return message

    def cancel(self, stream: Stream, error: CallError) -> None:
        """Ends a call on this side, and tells the server why."""
        if self._streams.pop(stream.id, None) is not None:
            cancel = extension.encode_cancel(stream.id, error.code)
            if self._agreement is _Agreement.AGREED:
                self._output += cancel
            elif self._agreement is _Agreement.OFFERING:
                self._cancelled_early.append(cancel)
        stream.abandon(error)
        self._count_unread(stream)

    def end(self, error: CallError) -> None:
        """The connection is over: its calls fail."""
        # What the server has said of the end tells more than the end.
        self._closed = self._closed or error
        streams, self._streams = self._streams, {}
        for stream in streams.values():
            stream.fail(self._closed)

    # Bytes.

    @property
    def wants_input(self) -> bool:
        """Whether to read from the server now."""
        return self._total_unread < self._MAXIMUM_UNREAD

    @property
    def has_output(self) -> bool:
        """Whether there is something to send."""
        return bool(self._output)

    def take_output(self) -> bytes:
        """What to send now, in this order."""
        output = bytes(self._output)
        self._output.clear()
        return output

    def receive(self, data: bytes, now: float) -> None:
        """Takes what the server has sent.

        Raises:
            CallError: the connection cannot go on, and has to be closed.
        """
        self._liveness.received_bytes(now)
        for input in self._decoder.feed(data):
            if isinstance(input, Oversized):
                self._receive_oversized(input)
            else:
                self._receive_frame(input, now)

    def check(self, now: float) -> Optional[float]:
        """Puts out a PING when one is due: when to call this again at the latest; None is never.

        Raises:
            CallError: ``UNAVAILABLE`` when the server is gone.
        """
        if self._liveness.needs_ping(now):
            self._output += extension.encode_ping()
        return self._liveness.next_check

    # Frames.

    def _receive_oversized(self, header: Oversized) -> None:
        self._mark_stock()
        stream = self._streams.pop(header.stream, None)
        if stream is not None:
            stream.fail(message_too_long(header.length))

    def _receive_frame(self, frame: Frame, now: float) -> None:
        # Settings in the first frame are the server's consent to the extension; without them it is
        # a stock server, now and later.
        if frame.stream == extension.STREAM and frame.type == extension.SETTINGS:
            self._agree(frame.data)
            return
        self._mark_stock()
        stream = self._streams.get(frame.stream)
        if stream is not None:
            if stream.receive(frame):
                del self._streams[stream.id]
            self._count_unread(stream)
        elif frame.stream == extension.STREAM and self._agreement is _Agreement.AGREED:
            self._receive_extension(frame, now)
        # Others are late: their caller went away before the server knew.

    def _mark_stock(self) -> None:
        if self._agreement is _Agreement.OFFERING:
            self._agreement = _Agreement.STOCK

    def _agree(self, settings: bytes) -> None:
        if self._agreement is not _Agreement.OFFERING:
            return
        self._agreement = _Agreement.AGREED
        self._liveness.begin_pings(extension.decode_min_ping_interval(settings))
        self._output += extension.encode_settings(self._window, PingPolicy.MINIMUM_INTERVAL)
        self._output += b"".join(self._cancelled_early)

    def _receive_extension(self, frame: Frame, now: float) -> None:
        if frame.type == extension.PING:
            if not self._ping_policy.allows(now):
                raise protocol_violation("sends too many PINGs")
            self._output += extension.encode_pong(frame.data)
        elif frame.type == extension.GOAWAY:
            goaway = extension.decode_goaway(frame.data)
            error = CallError(Code.UNAVAILABLE, goaway.message or "The connection is ending")
            self._closed = self._closed or error
            for id in [id for id in self._streams if id > goaway.last_stream]:
                self._streams.pop(id).refuse(error)

    def _count_unread(self, stream: Stream) -> None:
        unread = stream.window.unread
        self._total_unread += unread - self._unread.pop(stream, 0)
        if unread:
            self._unread[stream] = unread
