"""A call of the asyncio client, with its retries."""

from __future__ import annotations

import asyncio
from typing import AsyncIterator, Generic, Mapping, Optional

from google.protobuf.message import DecodeError

from .async_connect import AsyncSource
from .async_connection import AsyncStream
from .arguments import Timeout, timeout as checked_timeout
from .attempts import Attempts
from .errors import CallError, cancelled, protocol_violation
from .loop import AsyncLoop
from .methods import Method, RequestT, ResponseT


class AsyncResponses(Generic[ResponseT], AsyncIterator[ResponseT]):
    """The responses to a call, as they arrive. It has one reader; the call begins with the first read.

    Cancelling the task that reads ends the call on the server; so does closing it, leaving a loop over
    it or an ``async with`` block of it, and forgetting it.
    """

    _stream: Optional[AsyncStream] = None

    def __init__(
        self,
        source: AsyncSource,
        method: Method[RequestT, ResponseT],
        request: RequestT,
        metadata: Mapping[str, str],
        timeout: Optional[Timeout],
    ) -> None:
        """
        Raises:
            TypeError, ValueError: for an invalid timeout.
        """
        self._source = source
        self._method = method
        self._payload = request.SerializeToString()
        self._metadata = metadata
        self._timeout = checked_timeout(timeout)
        self._attempts = Attempts(source.options.retry, self._timeout)
        self._may_be_refused = True
        self._has_ended = False
        self._is_being_read = False

    def __aiter__(self) -> AsyncIterator[ResponseT]:
        return AsyncLoop(self.__anext__, self.close)

    async def __anext__(self) -> ResponseT:
        """The next response.

        Raises:
            CallError: why the call failed.
            RuntimeError: when the call began on another event loop, or while another task reads it.
            StopAsyncIteration: when the server has sent all of them, or the call was closed.
        """
        if self._has_ended:
            raise StopAsyncIteration
        if self._is_being_read:
            raise RuntimeError("another task is reading this call: it has one reader")
        self._is_being_read = True
        try:
            payload = await self._take()
        except BaseException:  # Cancellation of the task ends the call, too.
            self.close()
            raise
        finally:
            self._is_being_read = False
        if payload is None:
            self.close()
            raise StopAsyncIteration
        try:
            return self._method.response.FromString(payload)
        except DecodeError:
            self.close()
            raise protocol_violation("sends a message that cannot be read") from None

    def close(self) -> None:
        """Ends the call."""
        self._has_ended = True
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.cancel(cancelled())

    async def __aenter__(self) -> AsyncResponses[ResponseT]:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    async def _take(self) -> Optional[bytes]:
        while True:
            stream = self._stream
            if stream is None:
                stream = self._stream = await self._open()
            try:
                payload = await stream.take()
                # The server is processing the call: from now on it is not retried.
                self._may_be_refused = False
                return payload
            except CallError as error:
                if self._has_ended:  # Another task has closed the call.
                    return None
                self._stream = None
                stream.end()
                is_safe = self._may_be_refused and stream.stream.was_refused
                if not (is_safe and self._attempts.may_try_again(error)):
                    raise
                await asyncio.sleep(self._attempts.wait_before_next(error))

    async def _open(self) -> AsyncStream:
        while True:
            self._attempts.begin()
            try:
                connection = await self._source.connection(self._attempts)
                time_left = self._attempts.time_left()
                return connection.open(
                    self._method, self._payload, self._metadata, time_left, self._timeout
                )
            except CallError as error:
                # The source already waits between attempts to connect.
                if self._source.is_closed or not self._attempts.may_connect_again(error):
                    raise
