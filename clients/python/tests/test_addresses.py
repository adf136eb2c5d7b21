"""A name with several addresses, of which some are dead: both clients."""

import asyncio
import contextlib
import pathlib
import socket
import time
from typing import Any, Callable, Iterator, List

import pytest
from conftest import serve

from tokenwire import TLS, AsyncClient, CallError, Client, ClientOptions, Code, RetryPolicy
from tokenwire.sockets import in_turns

ONCE = RetryPolicy(maximum_attempts=1)
Text = Callable[..., str]


def blocking(address: str, tls: Any = None, connect_timeout: float = 5, **options: Any) -> str:
    settings = ClientOptions(connect_timeout=connect_timeout, retry=ONCE)
    with Client(address, tls=tls, options=settings) as client:
        return client.text("go", max_tokens=1, **options)


def with_asyncio(address: str, tls: Any = None, connect_timeout: float = 5, **options: Any) -> str:
    async def main() -> str:
        settings = ClientOptions(connect_timeout=connect_timeout, retry=ONCE)
        async with AsyncClient(address, tls=tls, options=settings) as client:
            return await client.text("go", max_tokens=1, **options)

    return asyncio.run(main())


both = pytest.mark.parametrize("text", [blocking, with_asyncio])


@contextlib.contextmanager
def silent(host: str, port: int) -> Iterator[None]:
    """An address that does not answer: more clients wait for it than may."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(4):
            other = stack.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex((host, port))
        yield


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives the name localhost other addresses."""

    def set_(*addresses: str) -> None:
        def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> List[Any]:
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
                for address in addresses
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return set_


@both
@pytest.mark.parametrize("dead", [["127.0.0.1"], ["127.0.0.1"] * 4])
def test_a_dead_address_costs_a_share_of_the_time(
    hosts: Callable[..., None], text: Text, dead: List[str]
) -> None:
    with serve(listen="127.0.0.2:0") as address:
        port = int(address.rsplit(":", 1)[1])
        with silent("127.0.0.1", port):
            hosts(*dead, "127.0.0.2")
            # Less than the kernel's own second of waiting would be enough for one address only.
            assert text(f"localhost:{port}", timeout=5) == "The"


@both
def test_the_time_to_connect_is_for_all_addresses(hosts: Callable[..., None], text: Text) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    with silent("127.0.0.1", port):
        hosts(*["127.0.0.1"] * 8)
        begin = time.monotonic()
        with pytest.raises(CallError, match="Cannot connect to .*: it does not answer") as error:
            text(f"localhost:{port}", connect_timeout=0.5)
        assert error.value.code == Code.UNAVAILABLE
        assert time.monotonic() - begin < 8 * 0.5


@both
def test_all_addresses_may_fail(hosts: Callable[..., None], text: Text) -> None:
    hosts("127.0.0.1", "127.0.0.2")
    with pytest.raises(CallError, match="Cannot connect to localhost:1: nothing listens there$"):
        text("localhost:1")


@both
def test_an_address_that_is_silent_in_the_handshake_is_passed_over(
    hosts: Callable[..., None], text: Text, certificates: pathlib.Path
) -> None:
    flags = [
        *("--tls-certificate", str(certificates / "localhost.pem")),
        *("--tls-key", str(certificates / "localhost.key")),
    ]
    with serve(*flags, listen="127.0.0.2:0") as address:
        port = int(address.rsplit(":", 1)[1])
        with socket.create_server(("127.0.0.1", port)):  # Accepts, and says nothing.
            hosts("127.0.0.1", "127.0.0.2")
            tls = TLS(ca=str(certificates / "ca.pem"))
            assert text(f"localhost:{port}", tls=tls) == "The"


@both
def test_a_resolver_that_does_not_answer_costs_the_timeout(
    monkeypatch: pytest.MonkeyPatch, text: Text
) -> None:
    def getaddrinfo(*args: Any, **kwargs: Any) -> List[Any]:
        time.sleep(1)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(CallError) as error:
        text("example.invalid:1", timeout=0.1)
    assert error.value.code == Code.DEADLINE_EXCEEDED


@both
def test_a_name_that_cannot_be_resolved_is_told(text: Text) -> None:
    with pytest.raises(CallError, match="no address is known for that name"):
        text(f"{'a' * 70}.example:1")


def test_families_are_tried_in_turns() -> None:
    def info(family: int, host: str) -> Any:
        return (family, socket.SOCK_STREAM, 6, "", (host, 1))

    six, four = socket.AF_INET6, socket.AF_INET
    infos = [info(six, "a"), info(six, "b"), info(six, "c"), info(four, "d"), info(four, "e")]
    assert [address[0] for _, address in in_turns(infos)] == ["a", "d", "b", "e", "c"]
    assert in_turns([]) == []
