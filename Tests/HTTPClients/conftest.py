"""A server with the default model, a log and keys, for all tests."""

import os
import subprocess

import pytest

TOKENWIRE = os.environ["TOKENWIRE"]


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """The file of the server's keys."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    subprocess.run([TOKENWIRE, "key", "new", "--key-file", path], check=True)
    return path


@pytest.fixture(scope="session")
def token(keys):
    """An access token of the user ann."""
    command = [TOKENWIRE, "token", "issue", "--key-file", keys, "--user", "ann"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@pytest.fixture(scope="session")
def server(keys, tmp_path_factory):
    """The base URL of a server that stops after the tests."""
    log = tmp_path_factory.mktemp("log") / "log.db"
    command = [TOKENWIRE, "serve", "--listen", "127.0.0.1:0", "--model", os.environ["MODEL"]]
    options = ["--key-file", keys, "--log-file", log, "--log-level", "error", "--parallel", "8"]
    limits = ["--anonymous-requests-per-minute", "100000", "--anonymous-tokens-per-minute", "10000000"]
    process = subprocess.Popen([*command, *options, *limits], stdout=subprocess.PIPE, text=True)
    try:
        yield "http://" + process.stdout.readline().split(" is ready on ")[1].split()[0]
    finally:
        process.terminate()
        process.wait()
