"""The protocol without I/O: bytes in, bytes out."""

import struct
from typing import List, Optional

import pytest

from tokenwire.errors import CallError, Code
from tokenwire.wire import extension
from tokenwire.wire.connection import Connection
from tokenwire.wire.frames import (
    DATA,
    MAXIMUM_DATA_LENGTH,
    NO_DATA,
    REMOTE_CLOSED,
    REQUEST,
    RESPONSE,
    Frame,
    FrameDecoder,
    Oversized,
    encode_frame,
)
from tokenwire.wire.messages_pb2 import Request, Response, Status
from tokenwire.wire.stream import Stream

SETTINGS = extension.encode_settings(262_144, 1.0)


class Peer:
    """A connection, and what it has put out."""

    def __init__(self, window: int = 262_144) -> None:
        self.connection = Connection(window, keepalive_interval=30, keepalive=10, now=0)
        self._decoder = FrameDecoder()

    def open(self, is_unary: bool = False, timeout: Optional[float] = None) -> Stream:
        return self.connection.open(
            "s", "m", b"ask", {"authorization": "Bearer x"}, timeout, is_unary, lambda: None
        )

    def receive(self, *frames: bytes, now: float = 0) -> None:
        self.connection.receive(b"".join(frames), now)

    def sent(self) -> List[Frame]:
        frames = list(self._decoder.feed(self.connection.take_output()))
        assert all(isinstance(frame, Frame) for frame in frames)
        return frames  # type: ignore[return-value]


def goaway(last_stream: int, text: str = "The server stops") -> bytes:
    payload = struct.pack(">III", last_stream, 0, 30_000) + text.encode()
    return encode_frame(extension.STREAM, extension.GOAWAY, 0, payload)


def failure(stream: int, code: Code, message: str) -> bytes:
    response = Response(status=Status(code=code, message=message))
    return encode_frame(stream, RESPONSE, 0, response.SerializeToString())


def test_frames_may_come_in_drips_or_together() -> None:
    bytes_ = encode_frame(1, DATA, 0, b"abc") + encode_frame(1, DATA, 5, b"")
    expected = [Frame(1, DATA, 0, b"abc"), Frame(1, DATA, 5, b"")]
    assert list(FrameDecoder().feed(bytes_)) == expected
    decoder = FrameDecoder()
    drips = [frame for byte in bytes_ for frame in decoder.feed(bytes([byte]))]
    assert drips == expected


def test_a_frame_over_the_limit_is_skipped() -> None:
    decoder = FrameDecoder()
    header = struct.pack(">IIBB", MAXIMUM_DATA_LENGTH + 1, 3, DATA, 0)
    assert list(decoder.feed(header)) == [Oversized(3, MAXIMUM_DATA_LENGTH + 1)]
    rest = bytes(MAXIMUM_DATA_LENGTH + 1) + encode_frame(5, DATA, 0, b"x")
    assert list(decoder.feed(rest)) == [Frame(5, DATA, 0, b"x")]


def test_bytes_that_are_no_frames_end_the_connection() -> None:
    with pytest.raises(CallError, match="not frames") as error:
        Peer().receive(b"HTTP/1.1 400 Bad Request\r\n")
    assert error.value.code == Code.INTERNAL


def test_a_request_offers_the_extension_until_the_server_has_spoken() -> None:
    peer = Peer()
    peer.open(timeout=1.5)
    (request,) = peer.sent()
    assert (request.stream, request.flags) == (1, 0x81)
    envelope = Request.FromString(request.data)
    assert (envelope.service, envelope.method, envelope.payload) == ("s", "m", b"ask")
    assert envelope.timeout_nano == 1_500_000_000
    assert [(pair.key, pair.value) for pair in envelope.metadata] == [("authorization", "Bearer x")]
    peer.receive(SETTINGS)
    assert [frame.type for frame in peer.sent()] == [extension.SETTINGS]
    peer.open(is_unary=True)
    assert [(frame.stream, frame.flags) for frame in peer.sent()] == [(3, 0)]


def test_a_stock_server_gets_no_frame_of_the_extension() -> None:
    peer = Peer()
    stream = peer.open()
    peer.sent()
    peer.receive(encode_frame(1, DATA, 0, b"one"))
    assert peer.connection.take(stream) == b"one"
    peer.connection.cancel(stream, CallError(Code.CANCELLED, ""))
    peer.receive(SETTINGS)
    assert peer.sent() == []
    assert peer.connection.check(1e9) is None


def test_a_stream_ends_with_a_frame_without_data() -> None:
    peer = Peer()
    stream = peer.open()
    peer.receive(
        encode_frame(1, DATA, 0, b"one"),
        encode_frame(1, DATA, 0, b""),
        encode_frame(1, DATA, REMOTE_CLOSED | NO_DATA, b""),
    )
    assert [peer.connection.take(stream) for _ in range(3)] == [b"one", b"", None]
    assert not peer.connection.has_calls


def test_an_error_comes_behind_the_responses_before_it() -> None:
    peer = Peer()
    stream = peer.open()
    peer.receive(encode_frame(1, DATA, 0, b"one"), failure(1, Code.UNAVAILABLE, "model unloaded"))
    assert peer.connection.take(stream) == b"one"
    with pytest.raises(CallError, match="model unloaded"):
        peer.connection.take(stream)
    assert not stream.was_refused


def test_a_reader_that_has_taken_half_a_window_grants_credit() -> None:
    peer = Peer(window=100)
    stream = peer.open()
    peer.receive(SETTINGS)
    peer.sent()
    for _ in range(3):
        peer.receive(encode_frame(1, DATA, 0, bytes(10)))
    peer.connection.take(stream)
    peer.connection.take(stream)
    assert peer.sent() == []
    peer.connection.take(stream)
    (window,) = peer.sent()
    assert (window.type, window.stream) == (extension.WINDOW, extension.STREAM)
    assert struct.unpack(">IQ", window.data) == (1, 160)


def test_nobody_reads_so_the_connection_stops_reading() -> None:
    peer = Peer(window=1 << 30)
    stream = peer.open()
    for _ in range(4):
        assert peer.connection.wants_input
        peer.receive(encode_frame(1, DATA, 0, bytes(MAXIMUM_DATA_LENGTH)))
    assert not peer.connection.wants_input
    peer.connection.take(stream)
    assert peer.connection.wants_input


def test_a_sender_that_ignores_the_window_is_stopped() -> None:
    peer = Peer(window=100)
    stream = peer.open()
    for _ in range(5):
        peer.receive(encode_frame(1, DATA, 0, bytes(MAXIMUM_DATA_LENGTH)))
    for _ in range(5):
        peer.connection.take(stream)
    with pytest.raises(CallError, match="more than this client takes"):
        peer.connection.take(stream)


def test_a_cancelled_call_is_told_to_the_server_once() -> None:
    peer = Peer()
    stream = peer.open()
    peer.receive(SETTINGS)
    peer.sent()
    for _ in range(2):
        peer.connection.cancel(stream, CallError(Code.DEADLINE_EXCEEDED, ""))
    (cancel,) = peer.sent()
    assert (cancel.type, struct.unpack(">II", cancel.data)) == (extension.CANCEL, (1, 4))


def test_a_call_that_is_cancelled_early_is_told_when_the_extension_is_agreed_on() -> None:
    peer = Peer()
    peer.connection.cancel(peer.open(), CallError(Code.CANCELLED, ""))
    assert [frame.type for frame in peer.sent()] == [REQUEST]
    peer.receive(SETTINGS)
    settings, cancel = peer.sent()
    assert settings.type == extension.SETTINGS
    assert (cancel.type, struct.unpack(">II", cancel.data)) == (extension.CANCEL, (1, 1))


def test_what_a_goaway_excludes_was_not_processed() -> None:
    peer = Peer()
    first, second = peer.open(), peer.open()
    peer.receive(SETTINGS, goaway(extension.STREAM), goaway(1))
    assert not peer.connection.is_usable
    assert not first.has_news
    assert second.was_refused
    with pytest.raises(CallError, match="The server stops"):
        peer.open()
    peer.connection.end(CallError(Code.UNAVAILABLE, "closed"))
    assert not first.was_refused


def test_a_refused_call_was_not_processed() -> None:
    peer = Peer()
    stream = peer.open()
    peer.receive(SETTINGS, failure(1, Code.UNAVAILABLE, "The model is loading"))
    assert stream.was_refused


def test_a_ping_is_answered_and_too_many_are_not() -> None:
    peer = Peer()
    peer.open()
    peer.receive(SETTINGS)
    peer.sent()
    ping = encode_frame(extension.STREAM, extension.PING, 0, b"12345678")
    peer.receive(ping, now=0)
    assert [(frame.type, frame.data) for frame in peer.sent()] == [(extension.PONG, b"12345678")]
    with pytest.raises(CallError, match="too many PINGs"):
        for _ in range(3):
            peer.receive(ping, now=0.5)


def test_a_silent_server_is_asked_and_then_dead() -> None:
    peer = Peer()
    peer.open()
    peer.receive(SETTINGS)
    peer.sent()
    assert peer.connection.check(29) == 30
    assert peer.connection.check(30) == 40
    assert [frame.type for frame in peer.sent()] == [extension.PING]
    peer.receive(encode_frame(extension.STREAM, extension.PONG, 0, bytes(8)), now=35)
    assert peer.connection.check(40) == 65
    assert peer.connection.check(65) == 75
    with pytest.raises(CallError, match="has not answered a PING for 10.0 seconds"):
        peer.connection.check(75)


@pytest.mark.parametrize(
    "frame",
    [
        encode_frame(extension.STREAM, extension.GOAWAY, 0, b"short"),
        encode_frame(extension.STREAM, extension.GOAWAY, 0, bytes(12) + b"\xff"),
        encode_frame(extension.STREAM, extension.PING, 0, b"short"),
    ],
)
def test_a_malformed_frame_of_the_extension_ends_the_connection(frame: bytes) -> None:
    peer = Peer()
    peer.open()
    with pytest.raises(CallError, match="does not follow ttrpc"):
        peer.receive(SETTINGS, frame)


def test_a_request_over_the_limit_is_not_sent() -> None:
    connection = Peer().connection
    with pytest.raises(CallError) as error:
        connection.open("s", "m", bytes(MAXIMUM_DATA_LENGTH), {}, None, True, lambda: None)
    assert error.value.code == Code.RESOURCE_EXHAUSTED
    assert not connection.has_calls and connection.take_output() == b""
