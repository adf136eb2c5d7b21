"""Servers of streams of chat completions with a scripted text, and the load on them."""

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path

from processor_time import seconds_of

ROOT = Path(__file__).parent.parent.parent
BUILT = ROOT / ".build-peers"
LIMITS = {
    "--anonymous-requests-per-minute": 10**9, "--anonymous-tokens-per-minute": 10**9, "--anonymous-streams": 10**6,
    "--max-connections": 20_000, "--max-connections-per-address": 20_000, "--idle-timeout": "1h",
}  # fmt: skip


class Peer:
    """A server with a scripted text. `speed` is about how many tokens it moves in the time in which FastAPI moves
    one."""

    def __init__(self, name, speed, command):
        self.name = name
        self.speed = speed
        self.command = command

    @contextmanager
    def serve(self, pace=0):
        """`pace` is the time between two tokens of a stream, in microseconds."""
        command = [str(word) for word in self.command(pace)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            words = process.stdout.readline().split()
            yield process.pid, words[words.index("on") + 1]
        finally:
            process.terminate()
            process.wait()

    def load(self, streams, tokens, rounds=1, spread=0, pace=0):
        with self.serve(pace) as (pid, address):
            self.run(address, min(streams, 64), 20, 1)
            before = seconds_of(pid) * 1e6
            result = self.run(address, streams, tokens, rounds, spread)
            return result | {"cpu_us": seconds_of(pid) * 1e6 - before}

    @staticmethod
    def run(address, *numbers):
        command = [BUILT / "go-http", "load", address, *map(str, numbers)]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def tokenwire(pace):
    limits = (word for limit in LIMITS.items() for word in limit)
    scripted = ["--generator", "scripted", "--scripted-pace", f"{pace}us", "--log-level", "error"]
    return [ROOT / ".build/release/tokenwire", "serve", "--listen", "127.0.0.1:0", *scripted, *limits]
