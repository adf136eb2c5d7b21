"""How a client treats its connection and its calls."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from os import PathLike
from typing import Optional, Union

from .arguments import Timeout, described, real, seconds, whole

_DAY = 86_400

Path = Union[str, "PathLike[str]"]


@dataclass(frozen=True)
class RetryPolicy:
    """When a call that was certainly not processed is made again: exponential backoff with jitter.

    These are: the server could not be reached, it refused the call with ``UNAVAILABLE`` before its
    first response, or it closed the connection and said that the call came too late. A call with a
    timeout that the server refuses, or one that it wants again, is made again however often that
    is.

    Attributes:
        maximum_attempts: how often a call is tried, the first time included; 1 never tries again.
        initial_backoff: the wait after the first failure, in seconds.
        maximum_backoff: the longest wait, in seconds.
        multiplier: how much longer each wait is than the one before; at least 1.
        jitter: each wait is longer or shorter by a random part of itself, at most this; from 0 to 1.

    Raises:
        ValueError, TypeError: for a value that cannot be.
    """

    maximum_attempts: int = 5
    initial_backoff: float = 0.2
    maximum_backoff: float = 5.0
    multiplier: float = 2.0
    jitter: float = 0.2

    def __post_init__(self) -> None:
        set_ = object.__setattr__  # It is frozen from now on.
        set_(self, "maximum_attempts", whole("maximum_attempts", self.maximum_attempts, 1, 2**31))
        for name in ("initial_backoff", "maximum_backoff"):
            time = seconds(name, getattr(self, name))
            if not 0 <= time <= _DAY:
                raise ValueError(f"{name} is {time}, but must be from 0 to {_DAY} seconds")
            set_(self, name, time)
        for name, least, most in (("multiplier", 1, 1000), ("jitter", 0, 1)):
            number = real(name, getattr(self, name))
            if not least <= number <= most:
                raise ValueError(f"{name} is {number}, but must be from {least} to {most}")
            set_(self, name, number)

    def backoff(self, failures: int) -> float:
        """How many seconds to wait after that many failures in a row, at least 1."""
        wait = self.initial_backoff * self.multiplier ** (min(max(failures, 1), 100) - 1)
        return min(wait, self.maximum_backoff) * (1 + self.jitter * random.uniform(-1, 1))


@dataclass(frozen=True)
class ClientOptions:
    """How a client treats its connection and its calls. Times are seconds or a ``timedelta``, and
    above 0; others are refused with ``ValueError``. Infinity is without end.

    Attributes:
        connect_timeout: how long it may take to open a connection.
        retry: when calls are made again.
        keepalive_interval: how long the server may be silent before it is asked whether it lives:
            by a PING where it speaks the extension, by TCP keepalive elsewhere.
        keepalive: how long it may take to answer that.
        window: how many bytes a stream of responses may be ahead of its reader, where the server
            speaks the extension; from 1 to 4,294,967,295.
    """

    connect_timeout: Timeout = 10.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    keepalive_interval: Timeout = 30.0
    keepalive: Timeout = 10.0
    window: int = 262_144

    def __post_init__(self) -> None:
        set_ = object.__setattr__  # It is frozen from now on.
        for name in ("connect_timeout", "keepalive_interval", "keepalive"):
            given = getattr(self, name)
            time = seconds(name, given)
            if not time > 0:
                raise ValueError(f"{name} is {given}, but must be above 0 seconds")
            set_(self, name, time)
        if not isinstance(self.retry, RetryPolicy):
            raise TypeError(f"retry is {described(self.retry)}, but must be a RetryPolicy")
        set_(self, "window", whole("window", self.window, 1, 2**32 - 1))


@dataclass(frozen=True)
class TLS:
    """How a client secures its connection: whom it trusts, and how it proves itself.

    Attributes:
        ca: the path of a PEM file with the authorities to trust; None trusts those that the machine
            trusts.
        certificate: the path of the client's own certificate, a PEM file, for a server that
            requires one; goes together with ``key``.
        key: the path of the private key of that certificate, a PEM file.
        server_name: the name that the server's certificate must be for, if it is not the host that
            is connected to.
    """

    ca: Optional[Path] = None
    certificate: Optional[Path] = None
    key: Optional[Path] = None
    server_name: Optional[str] = None
