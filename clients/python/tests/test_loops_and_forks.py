"""A client in several event loops, and in a process that is forked: it connects anew, or says so."""

import asyncio
import gc
import os
import subprocess
import sys
import textwrap
import threading
from typing import List

import pytest
from conftest import ENDLESS, serve

from tokenwire import AsyncClient, CallError, Client, Code


def test_one_client_is_used_in_one_event_loop_after_the_other(server: str) -> None:
    client = AsyncClient(server)
    for _ in range(3):
        assert asyncio.run(client.text("go", max_tokens=1)) == "The"
    asyncio.run(client.close())
    with pytest.raises(CallError, match="closed"):
        asyncio.run(client.text("go"))


def test_a_connection_ends_with_its_event_loop() -> None:
    with serve("--max-connections", "1") as address:
        client = AsyncClient(address)
        for _ in range(3):  # The server would refuse another connection while there is one.
            assert asyncio.run(client.text("go", max_tokens=1, timeout=5)) == "The"


def test_one_client_is_used_in_many_event_loops_at_once(server: str) -> None:
    client = AsyncClient(server)
    texts: List[str] = []

    async def main() -> None:
        texts.extend(await asyncio.gather(*[client.text("go", max_tokens=30) for _ in range(5)]))

    threads = [threading.Thread(target=asyncio.run, args=(main(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 20 and len(set(texts)) == 1


def test_a_call_is_read_on_the_event_loop_that_it_began_on(server: str) -> None:
    client = AsyncClient(server)

    async def begin() -> str:
        return (await generation.__anext__()).text

    async def go_on() -> None:
        with pytest.raises(RuntimeError, match="began on another event loop: a client may"):
            await asyncio.wait_for(generation.__anext__(), 5)

    generation = client.generate("go", max_tokens=ENDLESS)
    asyncio.run(begin())
    asyncio.run(go_on())
    asyncio.run(client.close())


def test_a_client_is_closed_in_another_event_loop() -> None:
    with serve("--scripted-pace", "1ms", "--anonymous-streams", "1") as address:
        client = AsyncClient(address)
        loop = asyncio.new_event_loop()
        generation = client.generate("go", max_tokens=ENDLESS)
        loop.run_until_complete(generation.__anext__())
        asyncio.run(client.close())
        with pytest.raises(CallError, match="closed"):
            loop.run_until_complete(generation.text())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def test_a_client_that_is_forgotten_ends_its_connections() -> None:
    async def main(address: str) -> str:
        await AsyncClient(address).text("go", max_tokens=1)
        gc.collect()
        while True:
            try:
                return await AsyncClient(address).text("go", max_tokens=1)
            except CallError as error:
                if error.code != Code.RESOURCE_EXHAUSTED:
                    raise

    with serve("--max-connections", "1") as address:
        assert asyncio.run(main(address)) == "The"


BLOCKING = """
    from tokenwire import CallError, Client

    client = Client(sys.argv[1])
    generation = client.generate("go", max_tokens=300)
    first = next(generation).text
    if os.fork() == 0:
        signal.alarm(10)
        try:
            generation.text()
        except CallError as error:
            assert error.code.name == "UNAVAILABLE" and "forked" in error.message, error
        generation.close()
        assert client.text("go", max_tokens=1, timeout=5) == "The"
        client.close()
        os._exit(0)
    text = first + generation.text()
"""

ASYNC = """
    from tokenwire import AsyncClient, CallError

    client = AsyncClient(sys.argv[1])

    async def child(generation):
        try:
            await generation.__anext__()
        except CallError as error:
            assert error.code.name == "UNAVAILABLE" and "forked" in error.message, error
        assert await client.text("go", max_tokens=1, timeout=5) == "The"
        await client.close()

    async def main():
        generation = client.generate("go", max_tokens=300)
        first = (await generation.__anext__()).text
        if os.fork() == 0:
            signal.alarm(10)
            asyncio.new_event_loop().run_until_complete(child(generation))
            os._exit(0)
        return first + await generation.text()

    text = asyncio.run(main())
"""

# Forks while other threads call, and so may hold the client's locks, again and again.
BUSY = """
    from tokenwire import Client

    client = Client(sys.argv[1])

    def read():
        for _ in range(60):
            client.text("go", max_tokens=2)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        if os.fork() == 0:
            signal.alarm(10)
            assert client.text("go", max_tokens=1, timeout=5) == "The"
            os._exit(0)
        assert os.wait()[1] == 0
    for thread in threads:
        thread.join()
    os.fork() or os._exit(0)
    text = "The quick" + 300 * "." + client.text("go", max_tokens=1)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize(
    "script",
    [BLOCKING, ASYNC, BUSY],
)
def test_a_process_may_fork_in_the_middle_of_a_stream(server: str, script: str) -> None:
    begin = "import asyncio, os, signal, sys, threading\nsignal.alarm(30)\n"
    end = "assert os.wait()[1] == 0\nassert text.startswith('The quick') and len(text) > 300, text\n"
    outcome = subprocess.run(
        # Newer Pythons warn of any fork while there are threads.
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c",
         begin + textwrap.dedent(script) + end, server],
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr


FIRST_CALLS = """
    from tokenwire import AsyncClient, Client

    async def call():
        client = AsyncClient(sys.argv[1])
        await client.text("go", max_tokens=1)
        await client.close()

    before = set(sys.modules)
    asyncio.run(asyncio.sleep(0))
    Client(sys.argv[1]).text("go", max_tokens=1)
    asyncio.run(call())
    print(*set(sys.modules) - before)
"""


def test_no_call_loads_a_module(server: str) -> None:
    """The lock of a module that is being loaded while the process is forked is held for ever."""
    script = "import asyncio, sys\n" + textwrap.dedent(FIRST_CALLS)
    _, port = server.rsplit(":", 1)
    for address in (server, f"localhost:{port}"):
        loaded = subprocess.run(
            [sys.executable, "-c", script, address], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        assert loaded == "\n", f"calls to {address} load {loaded}"


def test_a_second_reader_of_a_call_is_told_so(server: str) -> None:
    async def main() -> None:
        async with AsyncClient(server) as client:
            generation = client.generate("go", max_tokens=ENDLESS)
            first = asyncio.ensure_future(generation.text())
            while generation.started is None:
                await asyncio.sleep(0)
            with pytest.raises(RuntimeError, match="another task is reading this call"):
                await generation.__anext__()
            generation.close()
            assert "The quick brown".startswith((await first)[:15])  # As far as it came.

    asyncio.run(asyncio.wait_for(main(), 30))


def test_a_call_that_is_closed_by_another_thread_ends_for_its_reader(server: str) -> None:
    with Client(server) as client:
        generation = client.generate("go", max_tokens=ENDLESS)
        text = next(generation).text
        closer = threading.Timer(0.1, generation.close)
        closer.start()
        text += generation.text()
        closer.join()
        assert "The quick brown".startswith(text[:15])  # As far as it came.
