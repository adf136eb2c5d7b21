"""A server with the default model, for all tests."""

import os
import subprocess

import pytest


@pytest.fixture(scope="session")
def server():
    """The base URL of a server that stops after the tests."""
    command = [os.environ["TOKENWIRE"], "serve", "--listen", "127.0.0.1:0", "--model", os.environ["MODEL"]]
    limits = ["--anonymous-requests-per-minute", "100000", "--anonymous-tokens-per-minute", "10000000"]
    process = subprocess.Popen([*command, *limits, "--log-level", "error"], stdout=subprocess.PIPE, text=True)
    try:
        yield "http://" + process.stdout.readline().split(" is ready on ")[1].split()[0]
    finally:
        process.terminate()
        process.wait()
