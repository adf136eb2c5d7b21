"""gRPC's own interoperability test cases with the client of grpc-swift-2, and its generations.

The cases are in interop-swift, which `make test-grpc-swift` builds; as that builds another HTTP/2 stack,
`make test-grpc` leaves this file out.
"""

import os
import subprocess

import pytest

from programs import CASES
from servers import PATIENCE, text_of_tokens


def run(target, case):
    """What the program tells on standard output; it has to pass the case."""
    command = [os.environ["INTEROP_SWIFT"], target, case]
    told = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert told.returncode == 0, told.stderr
    return told.stdout


@pytest.mark.parametrize("case", CASES)
def test_case(interop_target, case):
    run(interop_target, case)


def test_generation(server):
    assert run(server.target, "generate") == text_of_tokens(20) + "\n"


def test_cancelled_generation_frees_the_place(serve):
    server = serve("--scripted-pace", "20ms", "--anonymous-streams", 1)
    run(server.target, "generate_cancelled")
