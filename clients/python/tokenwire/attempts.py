"""How often a call is made, and a connection opened. It reads the clock, but does not wait."""

from __future__ import annotations

import time
from typing import Optional

from .errors import CallError, Code, deadline_exceeded
from .options import RetryPolicy

_LONGEST_WAIT = 86_400.0


class Attempts:
    """The attempts of one call, and how long its caller waits."""

    def __init__(self, retry: RetryPolicy, timeout: Optional[float]) -> None:
        """
        Args:
            timeout: in seconds; None means no limit. At 0 or below, the time is over.
        """
        self._retry = retry
        self._timeout = timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._count = 0
        self._refusal: Optional[CallError] = None

    def begin(self) -> None:
        """Counts another attempt."""
        self._count += 1

    def time_left(self) -> Optional[float]:
        """How many seconds are left; None means no limit.

        Raises:
            CallError: ``DEADLINE_EXCEEDED`` when none are left.
        """
        if self._timeout is None or self._deadline is None:
            return None
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._late(self._timeout)
        return left

    def may_connect_again(self, error: CallError) -> bool:
        """Whether to connect again after this error."""
        return error.code == Code.UNAVAILABLE and self._count < self._retry.maximum_attempts

    def may_try_again(self, error: CallError) -> bool:
        """Whether to retry a call that the server refused with this error, without processing it.

        A call with a timeout is retried until then, because a server refuses calls while it loads its
        model. So is a call that the server asks to retry.
        """
        if error.code != Code.UNAVAILABLE or self._retry.maximum_attempts == 1:
            return False
        is_awaited = self._deadline is not None or error.retry_after is not None
        return is_awaited or self._count < self._retry.maximum_attempts

    def wait_before_next(self, error: CallError) -> float:
        """How many seconds to wait before a refused call is retried: as long as the server says, if it
        does.

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
        """Returns the seconds if the caller has that much time to wait for an attempt to connect.

        Raises:
            CallError: ``DEADLINE_EXCEEDED`` otherwise.
        """
        if self._deadline is not None and time.monotonic() + seconds >= self._deadline:
            raise unreachable()
        return seconds


class ConnectBackoff:
    """When the next attempt to connect may begin."""

    def __init__(self, retry: RetryPolicy) -> None:
        self._retry = retry
        self._failures = 0
        self._not_before = time.monotonic()

    def wait(self) -> float:
        """How many seconds to wait before it; 0 means no wait."""
        return max(0.0, self._not_before - time.monotonic())

    def succeeded(self) -> None:
        """An attempt has succeeded."""
        self._failures = 0

    def failed(self) -> None:
        """An attempt has failed."""
        self._failures += 1
        self._not_before = time.monotonic() + self._retry.backoff(self._failures)


def unreachable() -> CallError:
    """The caller's timeout is before the next attempt to connect."""
    return CallError(
        Code.DEADLINE_EXCEEDED, "The server could not be reached within the call's timeout"
    )
