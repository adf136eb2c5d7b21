"""The frames of the extension (WIRE.md section 4)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Tuple

from ..errors import protocol_violation
from .frames import MAXIMUM_DATA_LENGTH, encode_frame

#: The stream id that all of these frames carry: odd, and never a call's.
STREAM = 0xFFFFFFFF

SETTINGS = 0xE0
CANCEL = 0xE1
PING = 0xE2
PONG = 0xE3
WINDOW = 0xE4
GOAWAY = 0xE5

_SETTING = struct.Struct(">HI")
_CANCEL = struct.Struct(">II")
_WINDOW = struct.Struct(">IQ")
_GOAWAY = struct.Struct(">III")

_VERSION = 1
_CAPABILITIES = 2
_INITIAL_WINDOW = 3
_MIN_PING_INTERVAL = 5
_MAX_FRAME = 6


@dataclass(frozen=True)
class GoAway:
    """The connection ends; streams above ``last_stream`` were not processed."""

    last_stream: int
    message: str


def encode_settings(window: int, min_ping_interval: float) -> bytes:
    """What the client says of itself.

    Args:
        window: the credit of each new stream, in bytes.
        min_ping_interval: the least time between two PINGs of the server, in seconds.
    """
    settings = {
        _VERSION: 1,
        _CAPABILITIES: 0,
        _INITIAL_WINDOW: min(window, 0xFFFFFFFF),
        _MIN_PING_INTERVAL: round(min_ping_interval * 1000),
        _MAX_FRAME: MAXIMUM_DATA_LENGTH,
    }
    payload = b"".join(_SETTING.pack(id, value) for id, value in settings.items())
    return encode_frame(STREAM, SETTINGS, 0, payload)


def decode_min_ping_interval(settings: bytes) -> float:
    """The seconds that the server wants between two PINGs: all that a client needs of its settings.

    Raises:
        CallError: ``INTERNAL`` when the payload is none of SETTINGS.
    """
    if len(settings) % _SETTING.size:
        raise malformed(SETTINGS)
    milliseconds: int = dict(_SETTING.iter_unpack(settings)).get(_MIN_PING_INTERVAL, 0)
    return milliseconds / 1000


def encode_cancel(stream: int, code: int) -> bytes:
    """The caller of a stream is gone, and why, in the numbers of ``Code``."""
    return encode_frame(STREAM, CANCEL, 0, _CANCEL.pack(stream, code))


def encode_ping() -> bytes:
    """A question whether the server lives."""
    return encode_frame(STREAM, PING, 0, bytes(8))


def encode_pong(opaque: bytes) -> bytes:
    """The answer to a PING."""
    if len(opaque) != 8:
        raise malformed(PING)
    return encode_frame(STREAM, PONG, 0, opaque)


def encode_window(stream: int, max_offset: int) -> bytes:
    """How much the client takes on a stream: bytes from its beginning, headers included."""
    return encode_frame(STREAM, WINDOW, 0, _WINDOW.pack(stream, max_offset))


def decode_goaway(payload: bytes) -> GoAway:
    """
    Raises:
        CallError: ``INTERNAL`` when the payload is none of GOAWAY.
    """
    try:
        fields: Tuple[int, int, int] = _GOAWAY.unpack_from(payload)
        return GoAway(fields[0], payload[_GOAWAY.size :].decode())
    except (struct.error, UnicodeDecodeError):
        raise malformed(GOAWAY) from None


def malformed(type: int) -> Exception:
    """A frame of the extension whose payload is not what its type says."""
    return protocol_violation(f"sends a frame of type {type:#x} that cannot be read")
