"""Keepalive of a connection (WIRE.md section 4)."""

from __future__ import annotations

from typing import Optional

from ..errors import CallError, Code


class Liveness:
    """Decides when a server is to be asked whether it lives, and when it is dead.

    Knows no clock: it is told the time, in seconds.
    """

    def __init__(self, interval: float, timeout: float, now: float) -> None:
        """
        Args:
            interval: how long the server may be silent.
            timeout: how long it may take to answer a PING.
        """
        self._interval = interval
        self._timeout = timeout
        self._last_bytes = now
        self._ping_sent: Optional[float] = None
        self._speaks_extension = False

    def received_bytes(self, now: float) -> None:
        """The server lives."""
        self._last_bytes = now
        self._ping_sent = None

    def begin_pings(self, minimum_interval: float) -> None:
        """The server understands PING, and wants that many seconds between two."""
        self._speaks_extension = True
        self._interval = max(self._interval, minimum_interval)

    @property
    def next_check(self) -> Optional[float]:
        """When to look again; None is never."""
        if not self._speaks_extension:
            return None
        if self._ping_sent is None:
            return self._last_bytes + self._interval
        return self._ping_sent + self._timeout

    def needs_ping(self, now: float) -> bool:
        """Whether to send a PING now.

        Raises:
            CallError: ``UNAVAILABLE`` when the last one was not answered in time.
        """
        next_check = self.next_check
        if next_check is None or next_check > now:
            return False
        if self._ping_sent is not None:
            raise CallError(
                Code.UNAVAILABLE,
                f"The server has not answered a PING for {float(self._timeout)} seconds",
            )
        self._ping_sent = now
        return True


class PingPolicy:
    """Bounds the PINGs of a server: three in a row that come too early are too many."""

    #: The least time between two, in seconds.
    MINIMUM_INTERVAL = 1.0
    _TOLERATED = 3

    def __init__(self) -> None:
        self._last: Optional[float] = None
        self._early = 0

    def allows(self, now: float) -> bool:
        """Whether a PING that comes now is one too many."""
        is_early = self._last is not None and now - self._last < self.MINIMUM_INTERVAL
        self._early = self._early + 1 if is_early else 0
        self._last = now
        return self._early < self._TOLERATED
