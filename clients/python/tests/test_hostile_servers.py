"""What a broken or hostile server sends: an error, and never another exception, or none."""

import asyncio
import random
import socket
import struct
from typing import Callable, Optional

import pytest
from fake_server import Script, end, fake_server, read_request

from tokenwire import AsyncClient, CallError, Client, ClientOptions, Code, RetryPolicy
from tokenwire.wire import extension
from tokenwire.wire.connection import Connection
from tokenwire.wire.frames import DATA, RESPONSE, encode_frame

ONCE = ClientOptions(retry=RetryPolicy(maximum_attempts=1))
Text = Callable[[str], str]


def blocking(address: str) -> str:
    with Client(address, options=ONCE) as client:
        return client.text("go", timeout=20)


def with_asyncio(address: str) -> str:
    async def main() -> str:
        async with AsyncClient(address, options=ONCE) as client:
            return await client.text("go", timeout=20)

    return asyncio.run(main())


both = pytest.mark.parametrize("text", [blocking, with_asyncio])


def field(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | 2, len(data)]) + data


def group(number: int, *inside: bytes) -> bytes:
    return bytes([number << 3 | 3]) + b"".join(inside) + bytes([number << 3 | 4])


def answer(*messages: bytes) -> Script:
    def script(number: int, connection: socket.socket) -> None:
        stream = read_request(connection)
        for message in messages:
            connection.sendall(encode_frame(stream, DATA, 0, message))
        connection.sendall(end(stream))
        connection.recv(1)

    return script


@both
def test_a_message_that_comes_in_two_halves_is_one(text: Text) -> None:
    halves = field(4, field(1, b"hello")) + field(4, b"\x20\x00")
    with fake_server(answer(halves)) as address:
        assert text(address) == "hello"


@both
def test_groups_are_skipped(text: Text) -> None:
    nested = group(9, b"\x08\x01", group(8, field(1, b"x")))
    message = nested + field(4, nested + field(1, b"hello") + nested)
    with fake_server(answer(message)) as address:
        assert text(address) == "hello"


@both
@pytest.mark.parametrize(
    "message",
    [field(4, b"\xff"), field(4, field(1, b"\xff")), group(9)[:1], b"\x0c", b"\x22\xff\xff\xff\x0f"],
)
def test_a_message_that_cannot_be_read_is_told(text: Text, message: bytes) -> None:
    with fake_server(answer(message)) as address:
        with pytest.raises(CallError, match="a message that cannot be read") as error:
            text(address)
    assert error.value.code == Code.INTERNAL


def error_with(code: Code, message: str, kind: str, details: bytes) -> Script:
    """Refuses the call with details, which are or should be a message of google.rpc."""

    def script(number: int, connection: socket.socket) -> None:
        url = b"type.googleapis.com/google.rpc." + kind.encode()
        detail = field(1, url) + field(2, details)
        status = bytes([0x08, code]) + field(2, message.encode()) + field(3, detail)
        stream = read_request(connection)
        connection.sendall(encode_frame(stream, RESPONSE, 0, field(1, status)))
        connection.recv(1)

    return script


@both
@pytest.mark.parametrize(
    "details, expected",
    [
        (b"\xff", None),  # No RetryInfo.
        (field(1, b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 0.0),  # -1 s
    ],
)
def test_an_error_with_odd_details_is_that_error(
    text: Text, details: bytes, expected: object
) -> None:
    with fake_server(error_with(Code.NOT_FOUND, "odd", "RetryInfo", details)) as address:
        with pytest.raises(CallError, match="odd") as error:
            text(address)
    assert error.value.code == Code.NOT_FOUND and error.value.retry_after == expected


@both
@pytest.mark.parametrize(
    "details, expected",
    [
        (field(1, b"CONTEXT_LENGTH_EXCEEDED") + field(2, b"tokenwire"), "CONTEXT_LENGTH_EXCEEDED"),
        (field(1, b"CONTEXT_LENGTH_EXCEEDED") + field(2, b"example.com"), None),
        (b"\xff", None),
    ],
)
def test_the_reason_of_an_error_is_told_if_it_is_the_servers(
    text: Text, details: bytes, expected: Optional[str]
) -> None:
    with fake_server(error_with(Code.INVALID_ARGUMENT, "long", "ErrorInfo", details)) as address:
        with pytest.raises(CallError, match="long") as error:
            text(address)
    assert error.value.code == Code.INVALID_ARGUMENT and error.value.reason == expected


@both
def test_states_and_reasons_that_are_new_are_told_by_their_numbers(text: Text) -> None:
    with fake_server(answer(field(5, b"\x08\x63"))) as address:
        assert text(address) == ""
    with fake_server(answer(b"\x08\x63")) as address, Client(address, options=ONCE) as client:
        assert list(client.watch_health()) == ["99"]


@both
@pytest.mark.parametrize("seed", range(5))
def test_random_frames_end_the_call(text: Text, seed: int) -> None:
    chance = random.Random(seed)

    def script(number: int, connection: socket.socket) -> None:
        stream = read_request(connection)
        for _ in range(50):
            connection.sendall(random_frame(chance, stream))

    with fake_server(script) as address:
        try:
            text(address)
        except CallError:
            pass  # Whatever it is: the call has ended, and says why.


def random_frame(chance: random.Random, stream: int) -> bytes:
    """A frame that is likely to be almost right."""
    data = bytes(chance.choices(range(256), k=chance.choice([0, 1, 2, 8, 12, 50])))
    id = chance.choice([stream, stream, stream + 2, extension.STREAM, 0, chance.randrange(2**32)])
    type = chance.choice([1, 2, 3, 3, *range(0xE0, 0xE6), chance.randrange(256)])
    length = chance.choice([len(data)] * 20 + [2**22, 2**22 + 1, 2**31, chance.randrange(2**24)])
    return struct.pack(">IIBB", length, id, type, chance.choice([0, 1, 4, 5, 255])) + data


def test_random_bytes_raise_nothing_else() -> None:
    for seed in range(300):
        chance = random.Random(seed)
        connection = Connection(1000, keepalive_interval=30, keepalive=10, now=0)
        streams = [
            connection.open("s", "m", b"", {}, None, is_unary, lambda: None)
            for is_unary in (False, True)
        ]
        try:
            for step in range(100):
                connection.receive(random_frame(chance, chance.choice([1, 3])), now=step)
                connection.check(step)
        except CallError as error:
            connection.end(error)
        for stream in streams:
            try:
                while stream.has_news and connection.take(stream) is not None:
                    pass
            except CallError:
                pass
        assert len(connection.take_output()) < 100_000
