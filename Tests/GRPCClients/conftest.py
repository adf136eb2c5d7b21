"""Servers for the tests, and what the calls need."""

import contextlib
import os
import subprocess

import grpc
import pytest

from servers import TOKENWIRE, Server

#: More calls than tests make. All come from one address.
NO_QUOTAS = [
    *("--anonymous-requests-per-minute", "100000", "--anonymous-tokens-per-minute", "100000000"),
    *("--anonymous-streams", "1000"),
]


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
    """A server for tests that change nothing of it; a token comes every millisecond."""
    log = tmp_path_factory.mktemp("log") / "log.db"
    pace = ["--scripted-pace", "1ms"]
    server = Server("--key-file", keys, "--log-file", log, *pace, *NO_QUOTAS)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def interop_target():
    """The target of a server with the service of gRPC's interoperability tests."""
    process = subprocess.Popen([os.environ["INTEROP_SERVER"]], stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().split("ready on ")[1].strip()
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture
def serve():
    """Starts servers that stop after the test."""
    with contextlib.ExitStack() as stack:

        def start(*flags, **options):
            server = Server(*flags, **options)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def connect():
    """Opens channels that are closed after the test; none shares its connection."""
    with contextlib.ExitStack() as stack:

        def open_channel(server, options=(), **arguments):
            alone = ("grpc.use_local_subchannel_pool", 1)
            return stack.enter_context(
                grpc.insecure_channel(server.target, [alone, *options], **arguments)
            )

        yield open_channel


@pytest.fixture
def channel(connect, server):
    """A channel to the server of all tests."""
    return connect(server)


@pytest.fixture
def model_with_one_slot(serve):
    """A server with the default model, which generates one text at a time."""
    return serve("--model", os.environ["MODEL"], "--parallel", 1, generator="llama")
