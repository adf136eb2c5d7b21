"""gRPC's own interoperability test cases with Go's and C++'s gRPC, which do not share code with each other.

The cases are in interop-go and interop-cpp, as Debian has no package of gRPC's own programs for them.
"""

import subprocess

import pytest

from programs import HERE, build_cpp, build_go
from servers import PATIENCE

CASES = [
    *("empty_unary", "large_unary", "client_compressed_unary"),
    *("client_streaming", "client_compressed_streaming", "server_streaming", "ping_pong", "empty_stream"),
    *("custom_metadata", "status_code_and_message", "special_status_message"),
    *("unimplemented_method", "unimplemented_service"),
    *("cancel_after_begin", "cancel_after_first_response", "timeout_on_sleeping_server"),
    "unary_with_deadline",
]


@pytest.fixture(scope="module", params=["go", "cpp"])
def program(request):
    """The path of the program of this language."""
    return build_go(HERE / "interop-go", "interop-go") if request.param == "go" else build_cpp()


@pytest.mark.parametrize("case", CASES)
def test_case(program, interop_target, case):
    command = [program, interop_target, case]
    told = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert told.returncode == 0, told.stderr
