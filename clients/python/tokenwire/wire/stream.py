"""One call on a connection."""

from __future__ import annotations

from collections import deque
from copy import copy
from typing import Callable, Deque, Optional

from google.protobuf.message import DecodeError

from ..errors import CallError, Code, error_of, protocol_violation
from .frames import DATA, HEADER, NO_DATA, REMOTE_CLOSED, RESPONSE, Frame
from .messages_pb2 import Response
from .window import ReceiveWindow


class Stream:
    """A call as its client sees it: what of its responses has arrived, and how it has ended.

    Attributes:
        id: the stream's id on its connection.
        on_news: called when there is something to take.
    """

    def __init__(self, id: int, is_unary: bool, window: int, on_news: Callable[[], None]) -> None:
        self.id = id
        self.on_news = on_news
        self.window = ReceiveWindow(window)
        self._is_unary = is_unary
        self._messages: Deque[bytes] = deque()
        self._error: Optional[CallError] = None
        self._has_ended = False
        self._has_response = False
        self._was_refused = False

    @property
    def was_refused(self) -> bool:
        """Whether the server has certainly not begun to process the call."""
        return self._was_refused

    @property
    def has_news(self) -> bool:
        """Whether ``take`` has something to say."""
        return bool(self._messages) or self._has_ended

    def take(self) -> Optional[bytes]:
        """The next response; None when all were taken. Only when there is news.

        Raises:
            CallError: why the call failed, behind the responses that came before.
        """
        if self._messages:
            message = self._messages.popleft()
            self.window.consume(len(message) + HEADER.size)
            return message
        if self._error is not None:
            raise copy(self._error)
        return None

    def receive(self, frame: Frame) -> bool:
        """Takes a frame of this stream (WIRE.md section 1): whether the call has ended."""
        if frame.type == RESPONSE:
            self._receive_response(frame.data)
        elif frame.type == DATA and self._is_unary:
            self.fail(protocol_violation("streams responses to a call that has one"))
        elif frame.type == DATA:
            self._receive_data(frame)
        return self._has_ended

    def fail(self, error: CallError) -> None:
        """Ends the call, behind the responses that have come."""
        if self._has_ended:
            return
        self._error = error
        self._has_ended = True
        self.on_news()

    def refuse(self, error: CallError) -> None:
        """The server says that it has not processed the call."""
        self._was_refused = not self._has_response
        self.fail(error)

    def abandon(self, error: CallError) -> None:
        """Ends the call, whose responses nobody wants any more."""
        for message in self._messages:
            self.window.consume(len(message) + HEADER.size)
        self._messages.clear()
        self.fail(error)

    def _receive_data(self, frame: Frame) -> None:
        self._has_response = True
        if not frame.flags & NO_DATA:
            self._messages.append(frame.data)
            if not self.window.receive(len(frame.data) + HEADER.size):
                self.fail(protocol_violation("sends more than this client takes"))
        if frame.flags & REMOTE_CLOSED:
            self._has_ended = True
        self.on_news()

    def _receive_response(self, data: bytes) -> None:
        try:
            response = Response.FromString(data)
        except DecodeError:
            self.fail(protocol_violation("sends a Response that cannot be read"))
            return
        error = error_of(response.status)
        if error is not None and error.code == Code.UNAVAILABLE:
            self.refuse(error)
        elif error is not None:
            self.fail(error)
        else:
            if self._is_unary:
                self.window.receive(len(response.payload) + HEADER.size)
                self._messages.append(response.payload)
            self._has_ended = True
            self.on_news()
