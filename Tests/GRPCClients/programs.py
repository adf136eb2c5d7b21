"""Programs in Go and C++, which are built with Debian's gRPC beside the virtual environment."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = Path(sys.prefix)

#: What each program for gRPC's interoperability tests knows.
CASES = [
    *("empty_unary", "large_unary", "client_compressed_unary"),
    *("client_streaming", "client_compressed_streaming", "server_streaming", "ping_pong", "empty_stream"),
    *("custom_metadata", "status_code_and_message", "special_status_message"),
    *("unimplemented_method", "unimplemented_service"),
    *("cancel_after_begin", "cancel_after_first_response", "timeout_on_sleeping_server"),
    "unary_with_deadline",
]


def build_go(sources, name):
    """Builds the program whose sources are in this folder, and returns its path."""
    subprocess.run([HERE / "build-go", FOLDER, sources, name], check=True)
    return FOLDER / name


def build_cpp():
    """Builds interop-cpp, and returns its path."""
    subprocess.run([HERE / "build-cpp", FOLDER], check=True)
    return FOLDER / "interop-cpp"
