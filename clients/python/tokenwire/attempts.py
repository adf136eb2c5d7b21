"""How often a call is made, and a connection opened. Knows the time, but does not wait."""

from __future__ import annotations

import time
from typing import Optional

from .errors import CallError, Code, deadline_exceeded
from .options import RetryPolicy

_LONGEST_WAIT = 86_400.0


class Attempts:
    """One call, as often as it has to be made, and how long its caller waits."""

    def __init__(self, retry: RetryPolicy, timeout: Optional[float]) -> None:
        """
        Args:
            timeout: in seconds; None is without end. The time of one that is not above 0 is over.
        """
        self._retry = retry
        self._timeout = timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._count = 0
        self._refusal: Optional[CallError] = None

    def begin(self) -> None:
        """The call is made once more."""
        self._count += 1

    def time_left(self) -> Optional[float]:
        """How many seconds are left; None is without end.

        Raises:
            CallError: ``DEADLINE_EXCEEDED`` when none are.
        """
        if self._timeout is None or self._deadline is None:
            return None
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._late(self._timeout)
        return left

    def may_connect_again(self, error: CallError) -> bool:
        """Whether to connect once more, when that has failed so."""
        return error.code == Code.UNAVAILABLE and self._count < self._retry.maximum_attempts

    def may_try_again(self, error: CallError) -> bool:
        """Whether a call that the server has refused so, without processing it, is made again.

        One whose caller waits for a certain time is made as long as that lasts: a server that loads
        its model refuses calls for as long as it takes. So is one that the server wants again.
        """
        if error.code != Code.UNAVAILABLE or self._retry.maximum_attempts == 1:
            return False
        is_awaited = self._deadline is not None or error.retry_after is not None
        return is_awaited or self._count < self._retry.maximum_attempts

    def wait_before_next(self, error: CallError) -> float:
        """How many seconds to wait before a call that was refused is made again: as long as the server
        says, if it does.

        Raises:
            CallError: ``DEADLINE_EXCEEDED`` when there is not so much time.
        """
        self._refusal = error
        wait = self._retry.backoff(self._count)
        if error.retry_after is not None:
            wait = min(max(error.retry_after, self._retry.initial_backoff), _LONGEST_WAIT)
        if self._deadline is not None and time.monotonic() + wait >= self._deadline:
            raise self._late(0)
        return wait

    def _late(self, timeout: float) -> CallError:
        if self._refusal is None:
            return deadline_exceeded(timeout)
        return CallError(
            Code.DEADLINE_EXCEEDED,
            f"The server refused the call until its timeout: {self._refusal.message}",
            self._refusal.retry_after,
        )

    def check_wait(self, seconds: float) -> float:
        """The seconds, when there is so much time to wait for an attempt to connect.

        Raises:
            CallError: ``DEADLINE_EXCEEDED`` when there is not.
        """
        if self._deadline is not None and time.monotonic() + seconds >= self._deadline:
            raise unreachable()
        return seconds


class ConnectBackoff:
    """When the next attempt to connect may be."""

    def __init__(self, retry: RetryPolicy) -> None:
        self._retry = retry
        self._failures = 0
        self._not_before = time.monotonic()

    def wait(self) -> float:
        """How many seconds to wait before it; 0 is not at all."""
        return max(0.0, self._not_before - time.monotonic())

    def succeeded(self) -> None:
        """There is a connection."""
        self._failures = 0

    def failed(self) -> None:
        """There is none."""
        self._failures += 1
        self._not_before = time.monotonic() + self._retry.backoff(self._failures)


def unreachable() -> CallError:
    """The caller does not wait for the next attempt to connect."""
    return CallError(
        Code.DEADLINE_EXCEEDED, "The server could not be reached within the call's timeout"
    )
