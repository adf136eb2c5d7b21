"""How often a call is made, and a connection opened. Knows the time, but does not wait."""

from __future__ import annotations

import time
from typing import Optional

from .errors import CallError, Code, deadline_exceeded
from .options import RetryPolicy


class Attempts:
    """One call, as often as it has to be made, and how long its caller waits."""

    def __init__(self, retry: RetryPolicy, timeout: Optional[float]) -> None:
        if timeout is not None and not timeout > 0:
            raise ValueError(f"timeout is {timeout}, but must be above 0 seconds")
        self._retry = retry
        self._timeout = timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._count = 0

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
            raise deadline_exceeded(self._timeout)
        return left

    def may_try_again(self, error: CallError) -> bool:
        """Whether a call that failed so, and was not processed, is made again."""
        return error.code == Code.UNAVAILABLE and self._count < self._retry.maximum_attempts

    def wait_before_next(self) -> float:
        """How many seconds to wait before the call is made again.

        Raises:
            CallError: ``DEADLINE_EXCEEDED`` when there is not so much time.
        """
        return self.check_wait(self._retry.backoff(self._count))

    def check_wait(self, seconds: float) -> float:
        """The seconds, when there is so much time; raises what ``wait_before_next`` does if not."""
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
