"""Runs real servers for the tests, with a scripted generator: $TOKENWIRE is the command."""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
from typing import Iterator

import pytest

ROOT = pathlib.Path(__file__).parents[3]
TOKENWIRE = os.environ.get("TOKENWIRE", str(ROOT / ".build/debug/tokenwire"))

#: More tokens than a test waits for.
ENDLESS = 100_000_000


@contextlib.contextmanager
def serve(*flags: str, listen: str = "127.0.0.1:0") -> Iterator[str]:
    """Runs a server while the block runs: its address."""
    command = [TOKENWIRE, "serve", "--generator", "scripted", "--listen", listen, *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline().decode()
            assert line.startswith("tokenwire is ready on "), line
            yield line.split()[4]
        finally:
            server.kill()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A server that takes its time, and lets one address call as often as all tests together do."""
    with serve("--scripted-pace", "1ms", "--anonymous-requests-per-minute", "1000000") as address:
        yield address


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder with an authority (ca.pem), and certificates for localhost and for a client."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ("req", "-new", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    openssl(*new, "-x509", "-subj", "/CN=test", "-keyout", "ca.key", "-out", "ca.pem")
    for name in ("localhost", "client"):
        (folder / "names").write_text(f"subjectAltName=DNS:{name}")
        openssl(*new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", "request.pem")
        openssl(
            *("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-extfile", "names", "-out", f"{name}.pem"),
        )
        (folder / f"{name}.key").chmod(0o600)
    return folder


@contextlib.contextmanager
def silent_address() -> Iterator[str]:
    """An address that does not answer, as that of a machine that is off."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # Others wait for it already: more than it lets wait.
            other = stack.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def run_command(
    *arguments: str, input: str = "", **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Runs ``python -m tokenwire``."""
    return subprocess.run(
        [sys.executable, "-m", "tokenwire", *arguments],
        input=input,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
