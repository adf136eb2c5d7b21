"""gRPC's own interoperability test cases with Go's and C++'s gRPC, which do not share code with each other.

The cases are in interop-go and interop-cpp, as Debian has no package of gRPC's own programs for them.
"""

import subprocess

import pytest

from programs import CASES, HERE, build_cpp, build_go
from servers import PATIENCE


@pytest.fixture(scope="module", params=["go", "cpp"])
def program(request):
    """The path of the program of this language."""
    return build_go(HERE / "interop-go", "interop-go") if request.param == "go" else build_cpp()


@pytest.mark.parametrize("case", CASES)
def test_case(program, interop_target, case):
    command = [program, interop_target, case]
    told = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert told.returncode == 0, told.stderr
