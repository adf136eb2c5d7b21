"""A call of the synchronous client, with its retries."""

from __future__ import annotations

from typing import Generic, Iterator, Mapping, Optional

from google.protobuf.message import DecodeError

from .arguments import Timeout, timeout as checked_timeout
from .attempts import Attempts
from .blocking_connect import BlockingSource
from .blocking_connection import BlockingStream
from .errors import CallError, Code, cancelled, protocol_violation
from .loop import Loop
from .methods import Method, RequestT, ResponseT


class Responses(Generic[ResponseT], Iterator[ResponseT]):
    """The responses to a call, as they arrive. For one thread at a time.

    Closing it ends the call on the server; so does leaving a loop over it or a ``with`` block of it,
    and forgetting it.
    """

    _stream: Optional[BlockingStream] = None

    def __init__(
        self,
        source: BlockingSource,
        method: Method[RequestT, ResponseT],
        request: RequestT,
        metadata: Mapping[str, str],
        timeout: Optional[Timeout],
    ) -> None:
        """
        Raises:
            TypeError, ValueError: for an invalid timeout.
            CallError: when the request cannot be sent; what fails later, the iteration raises.
        """
        self._source = source
        self._method = method
        self._payload = request.SerializeToString()
        self._metadata = metadata
        self._timeout = checked_timeout(timeout)
        self._attempts = Attempts(source.options.retry, self._timeout)
        self._may_be_refused = True
        self._stream = self._open()

    def __iter__(self) -> Iterator[ResponseT]:
        return Loop(self.__next__, self.close)

    def __next__(self) -> ResponseT:
        """The next response.

        Raises:
            CallError: why the call failed.
            StopIteration: when the server has sent all of them, or the call was closed.
        """
        payload = self._take()
        if payload is None:
            self._stream = None
            raise StopIteration
        try:
            return self._method.response.FromString(payload)
        except DecodeError:
            self.close()
            raise protocol_violation("sends a message that cannot be read") from None

    def close(self) -> None:
        """Ends the call."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.cancel(cancelled())

    def __enter__(self) -> Responses[ResponseT]:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _take(self) -> Optional[bytes]:
        while self._stream is not None:
            stream = self._stream
            try:
                payload = stream.take(self._attempts.time_left(), self._timeout)
                # The server is processing the call: from now on it is not retried.
                self._may_be_refused = False
                return payload
            except CallError as error:
                if self._stream is None:  # Another thread has closed the call.
                    return None
                self._stream = None
                if error.code == Code.DEADLINE_EXCEEDED:
                    stream.cancel(error)
                is_safe = self._may_be_refused and stream.was_refused
                if not (is_safe and self._attempts.may_try_again(error)):
                    raise
                self._source.pause(self._attempts.wait_before_next(error))
                self._stream = self._open()
            except BaseException:  # Ctrl-C ends the call, too.
                self.close()
                raise
        return None

    def _open(self) -> BlockingStream:
        while True:
            self._attempts.begin()
            try:
                connection = self._source.connection(self._attempts)
                return connection.open(
                    self._method, self._payload, self._metadata, self._attempts.time_left()
                )
            except CallError as error:
                # The source already waits between attempts to connect.
                if self._source.is_closed or not self._attempts.may_connect_again(error):
                    raise
