"""What ``for`` and ``async for`` read: leaving the loop ends the call."""

from __future__ import annotations

from typing import AsyncIterator, Awaitable, Callable, Iterator, TypeVar

T = TypeVar("T")


class Loop(Iterator[T]):
    """The iterator of one ``for`` loop. When the loop is left, by ``break`` or by an error, nothing
    refers to it any more, and it ends the call; when the call has ended, that changes nothing."""

    _has_begun = False

    def __init__(self, read: Callable[[], T], end: Callable[[], None]) -> None:
        """
        Args:
            read: returns the next item; raises ``StopIteration`` behind the last.
            end: ends the call.
        """
        self._read = read
        self._end = end

    def __iter__(self) -> Loop[T]:
        return self

    def __next__(self) -> T:
        self._has_begun = True
        return self._read()

    def __del__(self) -> None:
        if self._has_begun:
            self._end()


class AsyncLoop(AsyncIterator[T]):
    """As ``Loop``, for ``async for``."""

    _has_begun = False

    def __init__(self, read: Callable[[], Awaitable[T]], end: Callable[[], None]) -> None:
        """
        Args:
            read: returns the next item; raises ``StopAsyncIteration`` behind the last.
            end: ends the call.
        """
        self._read = read
        self._end = end

    def __aiter__(self) -> AsyncLoop[T]:
        return self

    def __anext__(self) -> Awaitable[T]:
        self._has_begun = True
        return self._read()

    def __del__(self) -> None:
        if self._has_begun:
            self._end()
