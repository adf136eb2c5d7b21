"""The servers that are compared, each started with the same model, threads and context."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
BUILT = ROOT / ".build-peers"
MODEL = os.environ["MODEL"]
# For drafts, which `build` makes: a slow model, and a smaller one that says mostly the same.
DEEP_MODEL = BUILT / "deep.gguf"
DRAFT_MODEL = BUILT / "draft.gguf"
THREADS = 2
CONTEXT = 1024


class Server:
    """`command` starts it with so many slots, on a port."""

    protocol = "openai"

    def __init__(self, name, command):
        self.name = name
        self.command = command

    @contextlib.contextmanager
    def serve(self, slots):
        """A server that is ready, and has computed something; gives its address."""
        port = free_port()
        process = subprocess.Popen(
            list(map(str, self.command(slots, port))),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"LLAMA_CPP_LIB_PATH": os.environ["LLAMA_LIBRARIES"]},
        )
        try:
            address = f"127.0.0.1:{port}"
            self.wait(process, address)
            load(self, address, 1, 1, 16, ["Once upon a time there was a little girl who lived in a village"])
            yield address
        finally:
            process.terminate()
            process.wait()

    def wait(self, process, address):
        while process.poll() is None:
            try:
                urllib.request.urlopen(f"http://{address}/v1/models")
                return
            except urllib.error.URLError:
                time.sleep(0.05)
        sys.exit(f"{self.name} did not start")


class Tokenwire(Server):
    protocol = "tokenwire"

    def wait(self, process, address):
        health = [TOKENWIRE_COMMAND, "health", "--server", address]
        while subprocess.run(health, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            if process.poll() is not None:
                sys.exit(f"{self.name} did not start")
            time.sleep(0.05)


def tokenwire(slots, port, *options, model=MODEL):
    # All callers have one address here.
    limits = {
        "--anonymous-requests-per-minute": 10**9,
        "--anonymous-tokens-per-minute": 10**9,
        "--anonymous-streams": 10**6,
        "--max-connections-per-address": 1000,
    }
    return [
        *(TOKENWIRE_COMMAND, "serve", "--listen", f"127.0.0.1:{port}", "--model", model),
        *("--threads", THREADS, "--context", CONTEXT, "--parallel", slots, "--log-level", "error"),
        *(word for limit in limits.items() for word in limit),
        *options,
    ]


def llama_server(slots, port, *options, model=MODEL):
    return [
        *(LLAMA_SERVER_COMMAND, "--host", "127.0.0.1", "--port", port, "--model", model),
        *("--threads", THREADS, "--ctx-size", CONTEXT * slots, "--parallel", slots, "--no-webui"),
        *options,
    ]


def llama_server_with_ngrams(slots, port):
    # By default, 12 tokens must be alike, and 48 are drafted, which on a few cores costs more than it saves.
    ngrams = ("--spec-type", "ngram-simple", "--spec-ngram-simple-size-n", 3, "--spec-ngram-simple-size-m", 8)
    return llama_server(slots, port, *ngrams)


def llama_server_with_draft_model(slots, port):
    draft = ("--spec-type", "draft-simple", "--spec-draft-model", DRAFT_MODEL, "--spec-draft-threads", THREADS)
    return llama_server(slots, port, *draft, model=DEEP_MODEL)


def llama_cpp_python(slots, port):
    # It has one slot, and by default it ends a text when another one is asked for.
    return [
        *(BUILT / "llama-cpp-python/bin/python", "-m", "llama_cpp.server", "--host", "127.0.0.1", "--port", port),
        *("--model", MODEL, "--n_threads", THREADS, "--n_threads_batch", THREADS, "--n_ctx", CONTEXT),
        *("--interrupt_requests", "false", "--logits_all", "false"),
    ]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def load(server, address, callers, texts, tokens, prompts, schema=None):
    """What `load` of load.c prints."""
    command = [BUILT / "load", server.protocol, address, callers, texts, tokens]
    return output([*command, schema] if schema else command, prompts)


def raw_loop(callers, texts, tokens, prompts, model=MODEL):
    """What `raw-loop` prints: the limit."""
    return output([BUILT / "raw-loop", model, THREADS, CONTEXT, callers, texts, tokens], prompts)


def output(command, prompts):
    result = subprocess.run(
        list(map(str, command)), input="\n".join(prompts) + "\n", check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(result.stdout)


TOKENWIRE_COMMAND = ROOT / ".build/release/tokenwire"
LLAMA_SERVER_COMMAND = BUILT / "llama-server"
TOKENWIRE = Tokenwire("tokenwire", tokenwire)
UNSHARED = Tokenwire("no cache", lambda slots, port: tokenwire(slots, port, "--prefix-sharing", "off"))
LLAMA_SERVER = Server("llama-server", llama_server)
LLAMA_SERVER_WITH_NGRAMS = Server("llama-server with n-grams", llama_server_with_ngrams)
DEEP = Tokenwire("tokenwire", lambda slots, port: tokenwire(slots, port, model=DEEP_MODEL))
DEEP_WITH_DRAFT_MODEL = Tokenwire(
    "tokenwire with a draft model",
    lambda slots, port: tokenwire(slots, port, "--draft-model", DRAFT_MODEL, model=DEEP_MODEL),
)
DRAFTED_BY_ITSELF = Tokenwire(
    "tokenwire with itself as draft model", lambda slots, port: tokenwire(slots, port, "--draft-model", MODEL)
)
LLAMA_SERVER_WITH_DRAFT_MODEL = Server("llama-server with a draft model", llama_server_with_draft_model)
LLAMA_CPP_PYTHON = Server("llama-cpp-python", llama_cpp_python)
