"""Both clients against a real server."""

import asyncio
import gc
import pathlib
import socket
import threading
from typing import Any, List, Tuple

import pytest
from conftest import ENDLESS, serve
from fake_server import fake_server, receive_request

from tokenwire import TLS, AsyncClient, CallError, Client, ClientOptions, Code, RetryPolicy

FIRST = "The quick brown fox"


def test_deltas_come_as_they_are_generated(server: str) -> None:
    with Client(server) as client:
        generation = client.generate("go", max_tokens=ENDLESS, seed=7)
        assert next(generation).text.startswith("The")
        assert generation.started is not None and generation.started.seed == 7
        assert generation.finished is None
        generation.close()
        assert list(generation) == []


def test_events_are_all_that_the_server_says(server: str) -> None:
    with Client(server) as client:
        events = list(client.generate("go", max_tokens=4).events())
    assert [event.seq for event in events] == list(range(len(events)))
    assert events[0].WhichOneof("event") == "started"
    assert "".join(event.delta.text for event in events) == FIRST
    assert events[-1].finished.usage.completion_tokens == 4


def test_a_conversation_and_tokens_are_inputs_too(server: str) -> None:
    with Client(server) as client:
        messages = [{"role": "user", "content": "one two"}]
        assert client.text(messages, max_tokens=1, echo=True) == "one twoThe"
        assert client.text([1, 2], max_tokens=1, echo=True) == "1 2The"
        assert client.count_tokens(messages).tokens == 2
        assert client.count_tokens([1, 2, 3]).tokens == 3


def test_a_generator_without_a_vocabulary_tells_no_tokens(server: str) -> None:
    with Client(server) as client:
        for call in (lambda: client.count_tokens("a", return_tokens=True), lambda: client.detokenize([1])):
            with pytest.raises(CallError) as error:
                call()
            assert error.value.code == Code.UNIMPLEMENTED


@pytest.mark.parametrize("way", ["close", "with", "forget", "timeout", "break", "break events"])
def test_a_call_that_is_left_frees_its_place(way: str) -> None:
    with serve("--scripted-pace", "1ms", "--anonymous-streams", "1") as address:
        with Client(address) as client:
            if way == "timeout":
                with pytest.raises(CallError) as error:
                    client.text("go", max_tokens=ENDLESS, timeout=0.1)
                assert error.value.code == Code.DEADLINE_EXCEEDED
            else:
                generation = client.generate("go", max_tokens=ENDLESS)
                next(generation)
                if way == "break":
                    for _ in generation:
                        break
                elif way == "break events":
                    for _ in generation.events():
                        break
                elif way == "close":
                    generation.close()
                elif way == "with":
                    with generation:
                        pass
                else:
                    del generation
                    gc.collect()
            assert _first_text(client) == "The"


@pytest.mark.parametrize("way", ["cancel", "break", "break events", "raise"])
def test_a_task_that_stops_reading_frees_its_place(way: str) -> None:
    async def main(address: str) -> str:
        async with AsyncClient(address) as client:
            generation = client.generate("go", max_tokens=ENDLESS)
            await generation.__anext__()
            if way == "cancel":
                task = asyncio.ensure_future(generation.text())
                await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            elif way == "raise":
                with pytest.raises(ZeroDivisionError):
                    async for _ in generation:
                        1 / 0
            else:
                async for _ in generation if way == "break" else generation.events():
                    break
            while True:
                try:
                    return await client.text("go", max_tokens=1)
                except CallError as error:
                    if error.code != Code.RESOURCE_EXHAUSTED:
                        raise

    with serve("--scripted-pace", "1ms", "--anonymous-streams", "1") as address:
        assert asyncio.run(main(address)) == "The"


def test_many_threads_share_a_client(server: str) -> None:
    texts = []
    with Client(server) as client:

        def read() -> None:
            texts.append(client.text("go", max_tokens=50))

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(texts) == 8 and len(set(texts)) == 1 and texts[0].startswith(FIRST)


def test_many_tasks_share_a_client(server: str) -> None:
    async def main() -> None:
        async with AsyncClient(server) as client:
            calls = [client.text("go", max_tokens=50) for _ in range(8)]
            texts = await asyncio.gather(*calls)
            assert len(set(texts)) == 1 and texts[0].startswith(FIRST)
            assert await client.health() == "SERVING"
            assert [model.id for model in await client.list_models()] == ["scripted"]
            async for state in client.watch_health():
                assert state == "SERVING"
                break

    asyncio.run(main())


def test_a_text_that_is_larger_than_the_window_comes_whole() -> None:
    with serve() as address:
        with Client(address, options=ClientOptions(window=1000)) as client:
            generation = client.generate("go", max_tokens=20_000)
            text = generation.text()
    assert generation.completion_tokens == 20_000
    assert text == 2_000 * "The quick brown fox jumps over the lazy dog. "


def test_closing_a_client_ends_its_calls(server: str) -> None:
    client = Client(server)
    generation = client.generate("go", max_tokens=ENDLESS)
    next(generation)
    client.close()
    with pytest.raises(CallError) as error:
        generation.text()
    assert error.value.code == Code.UNAVAILABLE
    with pytest.raises(CallError):
        client.text("go")


def test_tls_and_a_certificate_of_the_client(certificates: pathlib.Path) -> None:
    def path(name: str) -> str:
        return str(certificates / name)

    async def async_text(address: str, tls: TLS) -> str:
        once = ClientOptions(retry=RetryPolicy(maximum_attempts=1))
        async with AsyncClient(address, tls=tls, options=once) as client:
            return await client.text("go", max_tokens=4)

    flags = ["--tls-certificate", path("localhost.pem"), "--tls-key", path("localhost.key")]
    with serve(*flags, "--tls-client-ca", path("ca.pem")) as address:
        address = address.replace("127.0.0.1", "localhost")
        tls = TLS(ca=path("ca.pem"), certificate=path("client.pem"), key=path("client.key"))
        with Client(address, tls=tls) as client:
            assert client.text("go", max_tokens=4) == FIRST
        assert asyncio.run(async_text(address, tls)) == FIRST
        for wrong, message in [
            (TLS(ca=path("ca.pem")), "requires a certificate of clients"),
            (TLS(), "no authority that this machine trusts has signed it"),
            (
                TLS(tls.ca, tls.certificate, tls.key, server_name="elsewhere"),
                "is not for elsewhere",
            ),
        ]:
            with pytest.raises(CallError, match=message):
                with Client(address, tls=wrong) as client:
                    client.connect()
                    client.text("go")
            with pytest.raises(CallError, match=message):
                asyncio.run(async_text(address, wrong))


def test_files_that_are_no_certificates_are_named(tmp_path: pathlib.Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    with pytest.raises(ValueError, match="empty.pem is no file of authorities"):
        Client(tls=TLS(ca=str(empty)))
    with pytest.raises(ValueError, match="No such file"):
        Client(tls=TLS(ca=str(tmp_path / "absent.pem")))
    with pytest.raises(ValueError, match="empty.pem and .* are no certificate and its key"):
        Client(tls=TLS(certificate=str(empty), key=str(empty)))


def test_a_socket_file_is_a_server_too(tmp_path: pathlib.Path) -> None:
    path = f"unix:{tmp_path}/socket"
    with serve(listen=path):
        with Client(path) as client:
            assert client.text("go", max_tokens=4) == FIRST

        async def main() -> str:
            async with AsyncClient(path) as client:
                return await client.text("go", max_tokens=4)

        assert asyncio.run(main()) == FIRST


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.text("go"),
        lambda client: client.abort("gen-1"),
        lambda client: client.log_request("a", "b"),
        lambda client: client.erase_logs("alice"),
        lambda client: client.list_models(),
        lambda client: client.count_tokens("a"),
        lambda client: client.health(),
    ],
)
def test_each_call_says_whose_it_is(call: Any) -> None:
    seen: List[Tuple[str, str]] = []

    def script(number: int, connection: socket.socket) -> None:
        request = receive_request(connection)
        seen.extend((pair.key, pair.value) for pair in request.metadata)

    async def main(address: str) -> None:
        async with AsyncClient(address, token="abc") as client:
            with pytest.raises(CallError):
                await call(client)

    with fake_server(script) as address:
        with Client(address, token="abc") as client, pytest.raises(CallError):
            call(client)
        asyncio.run(main(address))
    assert seen == 2 * [("authorization", "Bearer abc")]


def test_a_call_outlives_the_name_of_its_client(server: str) -> None:
    texts = [delta.text for delta in Client(server).generate("go", max_tokens=4)]
    assert "".join(texts) == FIRST

    async def main() -> str:
        generation = AsyncClient(server).generate("go", max_tokens=4)
        gc.collect()
        return await generation.text()

    assert asyncio.run(main()) == FIRST


@pytest.mark.parametrize(
    "server", ["", "localhost", "host:65536", "::1:7437", "unix:socket", "a b:1", "a:1\n", "unix:/\0"]
)
def test_a_server_that_cannot_be_is_refused(server: str) -> None:
    with pytest.raises(ValueError, match="is no server"):
        Client(server)


def _first_text(client: Client) -> str:
    """A text, as soon as its place is free."""
    while True:
        try:
            return client.text("go", max_tokens=1)
        except CallError as error:
            if error.code != Code.RESOURCE_EXHAUSTED:
                raise
