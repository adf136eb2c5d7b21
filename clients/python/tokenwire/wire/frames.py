"""Frames (WIRE.md section 1)."""

from __future__ import annotations

import struct
from typing import Iterator, NamedTuple, Union

from ..errors import CallError, Code, protocol_violation

#: The header in front of every frame: data length, stream id, type, flags.
HEADER = struct.Struct(">IIBB")

#: The largest number of data bytes that a frame may carry.
MAXIMUM_DATA_LENGTH = 4_194_304

REQUEST = 0x01
RESPONSE = 0x02
DATA = 0x03

REMOTE_CLOSED = 0x01
NO_DATA = 0x04
#: The sender of this Request offers the extension (WIRE.md section 4).
OFFERS_EXTENSION = 0x80


class Frame(NamedTuple):
    """A frame as it came from the peer."""

    stream: int
    type: int
    flags: int
    data: bytes


class Oversized(NamedTuple):
    """The header of a frame over the limit; its data is discarded as it arrives."""

    stream: int
    length: int


def encode_frame(stream: int, type: int, flags: int, data: bytes) -> bytes:
    """The bytes of a frame.

    Raises:
        CallError: ``RESOURCE_EXHAUSTED`` when the data is over the limit.
    """
    if len(data) > MAXIMUM_DATA_LENGTH:
        raise message_too_long(len(data))
    return HEADER.pack(len(data), stream, type, flags) + data


def message_too_long(length: int) -> CallError:
    """The text that stock Go peers give, too."""
    return CallError(
        Code.RESOURCE_EXHAUSTED,
        f"message length {length} exceed maximum message size of {MAXIMUM_DATA_LENGTH}",
    )


class FrameDecoder:
    """Cuts a byte stream into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._to_discard = 0

    def feed(self, data: bytes) -> Iterator[Union[Frame, Oversized]]:
        """The frames that these bytes complete.

        Raises:
            CallError: ``INTERNAL`` when the bytes cannot be ttrpc.
        """
        self._buffer += data
        position = 0
        try:
            while True:
                if self._to_discard:
                    discarded = min(self._to_discard, len(self._buffer) - position)
                    position += discarded
                    self._to_discard -= discarded
                if position < len(self._buffer) and self._buffer[position] != 0:
                    raise protocol_violation("sends bytes that are not frames")
                if len(self._buffer) - position < HEADER.size:
                    return
                length, stream, type, flags = HEADER.unpack_from(self._buffer, position)
                begin = position + HEADER.size
                if length > MAXIMUM_DATA_LENGTH:
                    position = begin
                    self._to_discard = length
                    yield Oversized(stream, length)
                    continue
                if len(self._buffer) - begin < length:
                    return
                position = begin + length
                yield Frame(stream, type, flags, bytes(self._buffer[begin:position]))
        finally:
            del self._buffer[:position]
