"""A function of the default model under the emulator, for all tests that only ask."""

import os
import subprocess

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
