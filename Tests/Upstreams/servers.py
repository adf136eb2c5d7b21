"""Servers that stop with their block."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

TOKENWIRE = os.environ["TOKENWIRE"]
LIMITS = ["--anonymous-requests-per-minute", "1000000", "--anonymous-tokens-per-minute", "100000000"]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A Tokenwire, which can be killed and started again at the same address."""

    def __init__(self, *options, port=0):
        self.options = options
        self.port = port
        self.process = None

    def start(self):
        listen = ["--listen", f"127.0.0.1:{self.port}", "--anonymous-streams", "1000", "--log-level", "error"]
        command = [TOKENWIRE, "serve", *listen, *LIMITS, *map(str, self.options)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split(" is ready on ")[1].split()[0].rsplit(":", 1)[1])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


@contextmanager
def front(folder, *models):
    """A Tokenwire whose models others have."""
    file = folder / "upstreams.json"
    file.write_text(json.dumps({"models": models}))
    with Server("--upstreams", file) as server:
        yield server


def post(server, path, body):
    """The status and the answer of a server: an object, or the chunks of a stream."""
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            if not body.get("stream"):
                return response.status, json.load(response)
            data = [line.removeprefix(b"data: ") for line in response if line.startswith(b"data: ")]
            assert data.pop().strip() == b"[DONE]"
            return response.status, [json.loads(chunk) for chunk in data]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@contextmanager
def llama_cpp_python(model):
    """llama-cpp-python's server; the base URL of its API."""
    port = free_port()
    options = ["--model", model, "--model_alias", "smol", "--port", str(port), "--n_ctx", "2048"]
    process = subprocess.Popen(
        [sys.executable, "-m", "llama_cpp.server", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"LLAMA_CPP_LIB_PATH": os.environ["LLAMA_LIBRARIES"]},
    )
    try:
        url = f"http://127.0.0.1:{port}/v1"
        while True:
            try:
                urllib.request.urlopen(f"{url}/models").close()
                break
            except OSError:
                assert process.poll() is None, "llama-cpp-python's server has ended"
                time.sleep(0.2)
        yield url
    finally:
        process.kill()
        process.wait()
