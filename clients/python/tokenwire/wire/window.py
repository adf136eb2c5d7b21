"""Flow control of one stream (WIRE.md section 4)."""

from __future__ import annotations

from typing import Optional

from .frames import MAXIMUM_DATA_LENGTH


class ReceiveWindow:
    """How far ahead of its reader a stream's sender may be.

    Offsets count from the stream's beginning: the bytes of its Data frames, headers included.
    """

    #: A sender without credit sends as it likes until it knows of the window, and a frame that
    #: begins within its credit goes whole: so much is no offence.
    _TOLERANCE = 4 * MAXIMUM_DATA_LENGTH

    def __init__(self, size: int) -> None:
        """
        Args:
            size: bytes that were sent and not read yet, at the most.
        """
        self._size = size
        self._received = 0
        self._consumed = 0
        self._granted = size

    @property
    def unread(self) -> int:
        """Bytes that have come and were not taken."""
        return self._received - self._consumed

    def receive(self, length: int) -> bool:
        """A Data frame came, of that many bytes: whether it may have been sent in good faith."""
        self._received += length
        return self.unread <= self._size + self._TOLERANCE

    def consume(self, length: int) -> None:
        """The reader took that many bytes."""
        self._consumed += length

    def credit(self) -> Optional[int]:
        """The offset to tell the sender, when it has grown by half a window since the last one:
        fewer would let the sender run dry, more would be chatter."""
        max_offset = self._consumed + self._size
        if max_offset <= self._granted or max_offset - self._granted < self._size // 2:
            return None
        self._granted = max_offset
        return max_offset
