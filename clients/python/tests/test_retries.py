"""Calls that were certainly not processed are made again, others are not: both clients."""

import asyncio
import socket
import struct
import threading
from typing import Callable, List, Optional

import pytest
from fake_server import Script, delta, end, fake_server, read_request, refusal

from tokenwire import AsyncClient, CallError, Client, ClientOptions, Code, RetryPolicy
from tokenwire.wire import extension
from tokenwire.wire.frames import encode_frame

#: Asks a server for a text, with one of the clients.
Text = Callable[..., str]

QUICK = ClientOptions(retry=RetryPolicy(initial_backoff=0.001))


def blocking_text(
    address: str, options: ClientOptions = QUICK, timeout: Optional[float] = None
) -> str:
    with Client(address, options=options) as client:
        return client.text("go", timeout=timeout)


def async_text(
    address: str, options: ClientOptions = QUICK, timeout: Optional[float] = None
) -> str:
    async def text() -> str:
        async with AsyncClient(address, options=options) as client:
            return await client.text("go", timeout=timeout)

    return asyncio.run(text())


pytestmark = pytest.mark.parametrize("text", [blocking_text, async_text])


def test_a_refused_call_is_made_again(text: Text) -> None:
    def script(number: int, connection: socket.socket) -> None:
        for _ in range(2):
            connection.sendall(refusal(read_request(connection)))
        stream = read_request(connection)
        connection.sendall(delta(stream, "at last") + end(stream))
        connection.recv(1)

    with fake_server(script) as address:
        assert text(address) == "at last"


def test_a_call_is_not_made_more_often_than_the_policy_says(text: Text) -> None:
    requests: List[int] = []

    def script(number: int, connection: socket.socket) -> None:
        while True:
            requests.append(read_request(connection))
            connection.sendall(refusal(requests[-1]))

    with fake_server(script) as address:
        with pytest.raises(CallError) as error:
            text(address)
    assert error.value.code == Code.UNAVAILABLE
    assert requests == [1, 3, 5, 7, 9]


def load(answers: int, retry_after: Optional[float] = None) -> Script:
    """A server that refuses that many calls, and answers the next one."""

    def script(number: int, connection: socket.socket) -> None:
        for _ in range(answers):
            connection.sendall(refusal(read_request(connection), retry_after))
        stream = read_request(connection)
        connection.sendall(delta(stream, "at last") + end(stream))
        connection.recv(1)

    return script


STEADY = ClientOptions(retry=RetryPolicy(initial_backoff=0.001, maximum_backoff=0.001))


def test_a_caller_with_time_waits_while_the_model_loads(text: Text) -> None:
    with fake_server(load(20)) as address:
        assert text(address, STEADY, 30) == "at last"


def test_a_caller_waits_when_the_server_says_how_long(text: Text) -> None:
    with fake_server(load(20, retry_after=0.001)) as address:
        assert text(address, STEADY) == "at last"


def test_a_caller_waits_no_longer_than_its_time(text: Text) -> None:
    def script(number: int, connection: socket.socket) -> None:
        while True:
            connection.sendall(refusal(read_request(connection)))

    with fake_server(script) as address:
        with pytest.raises(CallError, match="until its timeout: The model is loading") as error:
            text(address, ClientOptions(retry=RetryPolicy(initial_backoff=60)), 30)
    assert error.value.code == Code.DEADLINE_EXCEEDED


def test_a_caller_that_tries_once_does_not_wait(text: Text) -> None:
    once = ClientOptions(retry=RetryPolicy(maximum_attempts=1))
    with fake_server(load(1, retry_after=0.001)) as address:
        with pytest.raises(CallError, match="The model is loading") as error:
            text(address, once, 30)
    assert error.value.retry_after == 0.001


def test_a_call_above_the_last_stream_of_a_goaway_goes_to_another_connection(text: Text) -> None:
    def script(number: int, connection: socket.socket) -> None:
        stream = read_request(connection)
        if number == 0:
            goaway = struct.pack(">III", 0, 0, 0) + b"The server stops"
            connection.sendall(
                encode_frame(extension.STREAM, extension.SETTINGS, 0, b"")
                + encode_frame(extension.STREAM, extension.GOAWAY, 0, goaway)
            )
        else:
            connection.sendall(delta(stream, "elsewhere") + end(stream))
        while connection.recv(4096):
            pass

    # The first connection is served until the client closes it, so the second needs its own thread.
    def concurrent(number: int, connection: socket.socket) -> None:
        copy = connection.dup()
        threading.Thread(target=_serve, args=(script, number, copy), daemon=True).start()

    with fake_server(concurrent) as address:
        assert text(address) == "elsewhere"


def test_a_call_that_has_begun_is_not_made_again(text: Text) -> None:
    numbers: List[int] = []

    def script(number: int, connection: socket.socket) -> None:
        numbers.append(number)
        connection.sendall(delta(read_request(connection), "half a"))

    with fake_server(script) as address:
        with pytest.raises(CallError) as error:
            text(address)
    assert error.value.code == Code.UNAVAILABLE
    assert numbers == [0]


def test_a_connection_that_is_lost_may_have_processed_the_call(text: Text) -> None:
    numbers: List[int] = []

    def script(number: int, connection: socket.socket) -> None:
        numbers.append(number)
        read_request(connection)

    with fake_server(script) as address:
        with pytest.raises(CallError) as error:
            text(address)
    assert error.value.code == Code.UNAVAILABLE
    assert numbers == [0]


def test_a_server_that_does_not_answer_a_ping_is_gone(text: Text) -> None:
    def script(number: int, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(encode_frame(extension.STREAM, extension.SETTINGS, 0, b""))
        while connection.recv(4096):
            pass

    options = ClientOptions(retry=QUICK.retry, keepalive_interval=0.1, keepalive=0.2)
    with fake_server(script) as address:
        with pytest.raises(CallError, match="has not answered a PING"):
            text(address, options)


def test_an_answer_that_is_no_ttrpc_is_told(text: Text) -> None:
    def script(number: int, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.recv(1)

    with fake_server(script) as address:
        with pytest.raises(CallError, match="does not follow ttrpc"):
            text(address)


def _serve(script: Script, number: int, connection: socket.socket) -> None:
    with connection:
        script(number, connection)
