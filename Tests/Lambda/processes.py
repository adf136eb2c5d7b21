"""The function, under Lambda's emulator or a Runtime API of a test."""

import json
import os
import signal
import socket
import stat
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import samcli

TOKENWIRE = os.environ["TOKENWIRE"]
EMULATOR = Path(samcli.__file__).parent / "local/rapid/aws-lambda-rie-x86_64"
SCRIPTED = {"TOKENWIRE_GENERATOR": "scripted"}
# Each test invokes as one client.
LIMITS = {
    "TOKENWIRE_ANONYMOUS_REQUESTS_PER_MINUTE": "100000",
    "TOKENWIRE_ANONYMOUS_TOKENS_PER_MINUTE": "10000000",
}


def environment(settings):
    """Of a process without settings of the person who runs the tests, and without libraries that another
    program, such as stdbuf, has put before its own."""
    others = ("TOKENWIRE", "AWS_", "LD_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return clean | LIMITS | settings


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Emulator:
    """Lambda's Runtime Interface Emulator with a bootstrap; it ends with its block."""

    def __init__(self, folder, settings, command=f"exec {TOKENWIRE} lambda", timeout=60):
        self.bootstrap = Path(folder) / "bootstrap"
        self.bootstrap.write_text(f"#!/bin/sh\n{command}\n")
        self.bootstrap.chmod(self.bootstrap.stat().st_mode | stat.S_IXUSR)
        self.environment = environment(settings) | {"AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout)}
        self.log = Path(folder) / "emulator.log"

    def __enter__(self):
        self.port = free_port()
        addresses = [
            "--runtime-interface-emulator-address", f"127.0.0.1:{self.port}",
            "--runtime-api-address", f"127.0.0.1:{free_port()}",
        ]  # fmt: skip
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [EMULATOR, "--log-level", "error", *addresses, self.bootstrap],
                stdout=log, stderr=log, env=self.environment, start_new_session=True,
            )  # fmt: skip
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.002)

    def __exit__(self, *_):
        # With the function, which is in its group.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def invoke(self, event):
        url = f"http://127.0.0.1:{self.port}/2015-03-31/functions/function/invocations"
        try:
            with urllib.request.urlopen(url, json.dumps(event).encode()) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return json.loads(error.read())


class Function:
    """`tokenwire lambda` at a Runtime API; it is stopped with its block."""

    def __init__(self, api, settings):
        self.environment = environment(settings) | {"AWS_LAMBDA_RUNTIME_API": api.address}

    def __enter__(self):
        self.process = subprocess.Popen(
            [TOKENWIRE, "lambda"], stderr=subprocess.PIPE, text=True, env=self.environment
        )
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, timeout=30):
        """The exit code and what it wrote on standard error."""
        errors = self.process.communicate(timeout=timeout)[1]
        return self.process.returncode, errors
