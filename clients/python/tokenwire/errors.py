"""Why a call failed."""

from __future__ import annotations

import enum
from typing import Optional

from google.protobuf.message import DecodeError

from .wire.messages_pb2 import ErrorInfo, RetryInfo, Status

_RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


class Code(enum.IntEnum):
    """The codes of ``google.rpc.Code``, with the numbers that gRPC uses.

    A call that succeeds has no error, so there is no code for success.
    """

    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16

    @classmethod
    def _missing_(cls, value: object) -> Code:
        return cls.UNKNOWN


class CallError(Exception):
    """A call failed: a canonical code and a sentence for the caller.

    Attributes:
        code: what kind of failure it is.
        message: what was wrong and what to do.
        retry_after: how many seconds to wait before calling again; None when that is not known.
        reason: what was wrong, where programs do something about it, such as
            "CONTEXT_LENGTH_EXCEEDED" or "MODEL_NOT_FOUND"; None for most errors.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        retry_after: Optional[float] = None,
        reason: Optional[str] = None,
    ) -> None:
        super().__init__(code, message, retry_after, reason)
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.code.name}: {self.message}"


def error_of(status: Status) -> Optional[CallError]:
    """The error that a status tells; None when it is OK."""
    if status.code == 0:
        return None
    return CallError(Code(status.code), status.message, _retry_after(status), _reason(status))


def _retry_after(status: Status) -> Optional[float]:
    for detail in status.details:
        if detail.type_url == _RETRY_INFO:
            try:
                delay = RetryInfo.FromString(detail.value).retry_delay
            except DecodeError:
                continue  # The error is what counts, and is told without it.
            return max(0.0, delay.seconds + delay.nanos / 1e9)
    return None


def _reason(status: Status) -> Optional[str]:
    for detail in status.details:
        if detail.type_url == _ERROR_INFO:
            try:
                info = ErrorInfo.FromString(detail.value)
            except DecodeError:
                continue
            if info.domain == "tokenwire":
                return info.reason
    return None


def protocol_violation(what: str) -> CallError:
    """The server did what WIRE.md does not allow."""
    return CallError(Code.INTERNAL, f"The server {what}: it does not follow ttrpc")


def deadline_exceeded(timeout: float) -> CallError:
    """The call took longer than its caller waits."""
    return CallError(
        Code.DEADLINE_EXCEEDED,
        f"The call took longer than the {float(timeout)} seconds that its caller gave it"
        if timeout > 0
        else "The call's time was over before it began",
    )


def connection_closed() -> CallError:
    """There is no connection any more."""
    return CallError(Code.UNAVAILABLE, "The connection is closed")


def cancelled() -> CallError:
    """The caller has ended the call."""
    return CallError(Code.CANCELLED, "The call was cancelled")


def forked() -> CallError:
    """The call belongs to the process that this one was forked from, and goes on there."""
    return CallError(
        Code.UNAVAILABLE,
        "The process was forked while the call was under way: it belongs to the parent; make "
        "another one here",
    )
