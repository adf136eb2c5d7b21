"""The calls of the log, against a server that keeps one."""

import asyncio
import pathlib
import subprocess
from typing import Iterator, Tuple

import pytest
from conftest import TOKENWIRE, serve

from tokenwire import AsyncClient, CallError, Client, Code


def issue(keys: pathlib.Path, user: str, scope: str) -> str:
    """A token that a server with these keys accepts."""
    command = [TOKENWIRE, "token", "issue", "--key-file", str(keys), "--user", user]
    outcome = subprocess.run(
        [*command, "--scope", scope], check=True, capture_output=True, text=True
    )
    return outcome.stdout.strip()


@pytest.fixture
def log(tmp_path: pathlib.Path) -> Iterator[Tuple[str, pathlib.Path]]:
    """A server's address and its keys, where alice has logged two requests and bob one."""
    keys = tmp_path / "keys.json"
    new = [TOKENWIRE, "key", "new", "--key-file", str(keys)]
    subprocess.run(new, check=True, capture_output=True)
    with serve("--key-file", str(keys), "--log-file", str(tmp_path / "log.db")) as address:
        for user in ("alice", "alice", "bob"):
            with Client(address, token=issue(keys, user, "log")) as client:
                client.log_request("prompt", "response")
        yield address, keys


def test_an_admin_erases_what_a_user_has_logged(log: Tuple[str, pathlib.Path]) -> None:
    address, keys = log
    with Client(address, token=issue(keys, "root", "admin,logs:read")) as client:
        erased = client.erase_logs("alice")
        assert (erased.entries, erased.bytes) == (2, 2 * len("promptresponsealice"))
        assert client.erase_logs("alice").entries == 0
        assert list(client.query_logs(user_id="alice")) == []
        assert [entry.prompt for entry in client.query_logs(user_id="bob")] == ["prompt"]


def test_an_admin_erases_with_asyncio_too(log: Tuple[str, pathlib.Path]) -> None:
    async def main() -> None:
        address, keys = log
        async with AsyncClient(address, token=issue(keys, "root", "admin,logs:read")) as client:
            assert (await client.erase_logs("alice")).entries == 2
            assert [entry async for entry in client.query_logs(user_id="alice")] == []

    asyncio.run(main())


def test_nobody_else_erases(log: Tuple[str, pathlib.Path]) -> None:
    address, keys = log
    with Client(address, token=issue(keys, "alice", "log,logs:read")) as client:
        with pytest.raises(CallError, match="admin") as error:
            client.erase_logs("alice")
        assert error.value.code == Code.PERMISSION_DENIED
        assert len(list(client.query_logs())) == 2
