"""Servers with the scripted generator, whose texts are known."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import grpc
from tokenwire.v1 import tokenwire_pb2 as api
from tokenwire.v1 import tokenwire_pb2_grpc as stubs

TOKENWIRE = os.environ["TOKENWIRE"]
sys.path.append(str(Path(__file__).parent.parent / "Conformance"))

#: In seconds: what takes longer hangs.
PATIENCE = 60


class Server:
    """A server that runs until `stop`."""

    def __init__(self, *flags, listen="127.0.0.1:0", generator="scripted"):
        command = [TOKENWIRE, "serve", "--listen", listen, "--generator", generator]
        self.process = subprocess.Popen(
            [*command, "--log-level", "error", *map(str, flags)], stdout=subprocess.PIPE, text=True
        )
        #: As a target of gRPC: "127.0.0.1:1234" or "unix:/path".
        self.target = self.process.stdout.readline().split(" is ready on ")[1].split()[0]

    def drain(self):
        """Asks the server to end when its calls have."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def generate(channel, prompt="go", *, secure=False, timeout=PATIENCE, metadata=None, **fields):
    """The call of Generate, or of SecureGenerate, with these fields of the request."""
    stub = stubs.TokenwireStub(channel)
    method = stub.SecureGenerate if secure else stub.Generate
    request = api.GenerateRequest(prompt=prompt, **fields)
    return method(request, timeout=timeout, metadata=metadata)


def list_models(channel, **options):
    """The call of ListModels."""
    return stubs.TokenwireStub(channel).ListModels(
        api.ListModelsRequest(), **{"timeout": PATIENCE, **options}
    )


def text_of(responses):
    """The text that the responses of one generation have together."""
    return "".join(response.delta.text for response in responses)


def text_of_tokens(count):
    """The text that this many of the scripted generator's tokens are."""
    tokens = ["The", *" quick, brown, fox, jumps, over, the, lazy, dog.".split(","), " "]
    return "".join(tokens[number % len(tokens)] for number in range(count))


def status_of(call):
    """The code and the message of a call that fails, after it has been read."""
    try:
        for _ in call:
            pass
    except grpc.RpcError as error:
        return error.code(), error.details()
    raise AssertionError("The call has not failed")


def text_when_free(channel, **fields):
    """The text of the first call that is not refused because the caller has no place left."""
    end = time.monotonic() + 5
    while True:
        try:
            return text_of(generate(channel, **fields))
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.RESOURCE_EXHAUSTED or time.monotonic() > end:
                raise
        time.sleep(0.01)
