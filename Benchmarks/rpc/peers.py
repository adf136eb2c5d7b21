"""The servers that are compared, and how each is started and loaded."""

import json
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from processor_time import seconds_of

ROOT = Path(__file__).parent.parent.parent
BUILT = ROOT / ".build-peers"


class Peer:
    """A server with a scripted text, and a client in the same language.

    `speed` is about how many times the messages it moves in the time in which grpcio moves one: the
    same time is given to each.
    """

    def __init__(self, name, speed, command, has_streams=True):
        self.name = name
        self.speed = speed
        self.command = command
        self.has_streams = has_streams

    def serve_command(self, pace):
        return [*self.command, "serve", *([str(pace)] if pace else [])]

    @contextmanager
    def serve(self, pace=0):
        """A running server. `pace` is the time between two messages of a stream, in microseconds."""
        process = subprocess.Popen(
            self.serve_command(pace),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONPATH": str(BUILT / "python")},
        )
        try:
            yield Server(self, process.pid, self.address(process.stdout.readline()))
        finally:
            process.terminate()
            process.wait()

    def address(self, line):
        return line.split()[-1]

    def load_command(self, *arguments):
        return [*self.command, "load", *map(str, arguments)]


class Tokenwire(Peer):
    """`tokenwire serve`, with the limits for callers without a token out of the way."""

    def serve_command(self, pace):
        # All callers have one address here.
        limits = {
            "--anonymous-requests-per-minute": 10**9,
            "--anonymous-tokens-per-minute": 10**9,
            "--anonymous-streams": 10**6,
            "--max-connections": 20_000,
            "--max-connections-per-address": 20_000,
            "--idle-timeout": "1h",
        }
        return [
            *self.command, "serve", "--listen", "127.0.0.1:0", "--generator", "scripted",
            "--scripted-pace", f"{pace}us", "--log-level", "error",
            *(str(word) for limit in limits.items() for word in limit),
        ]  # fmt: skip

    def address(self, line):
        return line.split("ready on ")[1].split()[0]

    def load_command(self, *arguments):
        return [str(ROOT / ".build/release/Load"), *map(str, arguments)]


class TokenwireOverGRPC(Tokenwire):
    """`tokenwire serve`, with another peer's client, so that the server alone differs from that peer."""

    def __init__(self, client):
        super().__init__(f"tokenwire with {client.name}'s client", client.speed, TOKENWIRE.command)
        self.client = client

    def load_command(self, *arguments):
        return self.client.load_command(*arguments)


class Server:
    def __init__(self, peer, pid, address):
        self.peer = peer
        self.pid = pid
        self.address = address

    def load(self, mode, callers, count, connections, interval=0):
        """Puts a load on it; what was received, with `cpu_us`, the server's processor time."""
        before = self.cpu()
        command = self.peer.load_command(self.address, mode, callers, count, connections, interval)
        result = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(BUILT / "python")},
        )  # fmt: skip
        return json.loads(result.stdout) | {"cpu_us": self.cpu() - before}

    @contextmanager
    def idle_streams(self, count, connections):
        """Streams that have begun and whose next message is far away."""
        command = self.peer.load_command(self.address, "stream", count, 1, connections, 0)
        load = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(BUILT / "python")})
        try:
            yield
        finally:
            load.kill()
            load.wait()

    def cpu(self):
        return seconds_of(self.pid) * 1_000_000

    def resident_kib(self):
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])


TOKENWIRE = Tokenwire("tokenwire", 40, [str(ROOT / ".build/release/tokenwire")])
GO_GRPC = Peer("Go gRPC", 16, [str(BUILT / "go-grpc")])
CPP_GRPC = Peer("C++ gRPC", 8, [str(BUILT / "cpp-grpc")])
GRPCIO = Peer("grpcio", 1, [str(BUILT / "python/bin/python"), str(Path(__file__).parent / "grpcio/peer.py")])
SWIFT_GRPC = Peer("grpc-swift-2", 5, [str(BUILT / "swift-grpc")])
GO_TTRPC = Peer("Go ttrpc", 20, [str(BUILT / "go-ttrpc")], has_streams=False)
PEERS = [TOKENWIRE, GO_GRPC, CPP_GRPC, SWIFT_GRPC, GRPCIO, GO_TTRPC]
