"""Programs in Go and C++, which are built with Debian's gRPC beside the virtual environment."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = Path(sys.prefix)


def build_go(sources, name):
    """Builds the program whose sources are in this folder, and returns its path."""
    subprocess.run([HERE / "build-go", FOLDER, sources, name], check=True)
    return FOLDER / name


def build_cpp():
    """Builds interop-cpp, and returns its path."""
    subprocess.run([HERE / "build-cpp", FOLDER], check=True)
    return FOLDER / "interop-cpp"
