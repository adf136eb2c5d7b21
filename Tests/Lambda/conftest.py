"""A function of the default model under the emulator, for all tests that only ask."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from processes import TOKENWIRE, Emulator


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """The file of the function's keys."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    subprocess.run([TOKENWIRE, "key", "new", "--key-file", path], check=True)
    return path


@pytest.fixture(scope="session")
def token(keys):
    """An access token of the user ann."""
    command = [TOKENWIRE, "token", "issue", "--key-file", keys, "--user", "ann"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@pytest.fixture(scope="session")
def function(keys, tmp_path_factory):
    settings = {"TOKENWIRE_MODEL": os.environ["MODEL"], "TOKENWIRE_KEY_FILE": str(keys)}
    with Emulator(tmp_path_factory.mktemp("function"), settings) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def database():
    """The location of a store, of a PostgreSQL server that is as the one of the Swift tests."""
    server = Path(__file__).parent.parent / "TestPostgreSQL/server"
    # Its socket's path may have no more than 107 bytes; the server is another user, and removes the folder.
    folder = tempfile.mkdtemp(prefix="tokenwire-lambda-", dir="/tmp")
    with subprocess.Popen([server, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for command in ["create", "start"]:
            process.stdin.write(f"{command}\n")
            process.stdin.flush()
            told = process.stdout.readline().strip()
            if told == "missing":
                pytest.skip("needs PostgreSQL")
            assert told == "ok"
        yield f"postgresql://tokenwire@/postgres?host={folder}"
        process.stdin.close()
