"""Tokenwire's gRPC beside the servers of Go gRPC and C++ gRPC, each with the client of that peer."""

import sys
import time
from pathlib import Path

from peers import CPP_GRPC, GO_GRPC, TokenwireOverGRPC

sys.path.append(str(Path(__file__).parent.parent))
from rounds import Figure, Ratio, compare

ROUNDS = 5
PAIRS = [(TokenwireOverGRPC(peer), peer) for peer in [GO_GRPC, CPP_GRPC]]
BOTH = [server for pair in PAIRS for server in pair]


def of(ours, theirs, figure):
    return lambda figures: figures[f"{ours.name}, {figure}"] / figures[f"{theirs.name}, {figure}"]


def streams(callers):
    """Each stream as fast as it goes. Tokenwire merges tokens that wait for a reader."""

    def measure(server):
        with server.serve() as running:
            result = running.load("stream", callers, 40_000 * server.speed // callers, min(callers, 4))
        return {
            f"{server.name}, tokens/s": result["tokens"] / result["seconds"],
            f"{server.name}, messages/s": result["messages"] / result["seconds"],
            f"{server.name}, CPU/token": result["cpu_us"] / result["tokens"],
            f"{server.name}, CPU/message": result["cpu_us"] / result["messages"],
        }

    units = {"tokens/s": "tokens/s", "messages/s": "messages/s", "CPU/token": "µs", "CPU/message": "µs"}
    compare(
        name=f"grpc-stream-{callers}",
        title=f"gRPC: {callers:,} streams on 4 connections, each as fast as it goes",
        rounds=ROUNDS,
        measurements=[lambda server=server: measure(server) for server in BOTH],
        figures=[
            Figure(f"{server.name}, {figure}", unit, 2 if unit == "µs" else 0)
            for figure, unit in units.items()
            for server in BOTH
        ],
        ratios=[
            Ratio(f"{figure}, of {theirs.name}'s", of(ours, theirs, figure), aim if theirs is GO_GRPC else None)
            for ours, theirs in PAIRS
            for figure, aim in [("tokens/s", "at least 1.5"), ("CPU/token", "at most 1"), ("CPU/message", None)]
        ],
    )


def paced():
    """64 streams at a time, a token a millisecond: no token waits, so each is a message."""
    tokens, at_once = 100, 64
    interval = tokens * 1000 // at_once

    def measure(server):
        with server.serve(pace=1000) as running:
            result = running.load("arrivals", 3_000_000 // interval, tokens, 4, interval)
        return {
            f"{server.name}, CPU/message": result["cpu_us"] / result["messages"],
            f"{server.name}, first p50": result["p50_us"] / 1000,
            f"{server.name}, first p99": result["p99_us"] / 1000,
        }

    compare(
        name="grpc-paced",
        title="gRPC: 64 streams at a time on 4 connections, one token/ms each",
        rounds=ROUNDS,
        measurements=[lambda server=server: measure(server) for server in BOTH],
        figures=[
            *(Figure(f"{server.name}, CPU/message", "µs of the server's CPU", 2) for server in BOTH),
            *(
                Figure(f"{server.name}, first {percentile}", "ms from arrival to first token", 2)
                for server in BOTH
                for percentile in ["p50", "p99"]
            ),
        ],
        ratios=[
            Ratio(f"{figure}, of {theirs.name}'s", of(ours, theirs, figure), aim if theirs is GO_GRPC else None)
            for ours, theirs in PAIRS
            for figure, aim in [("CPU/message", "at most 1"), ("first p99", "under 1")]
        ],
    )


def unary():
    """Calls, 64 at a time and one at a time, on one connection."""

    def measure(server):
        with server.serve() as running:
            busy = running.load("unary", 64, 100 * server.speed, 1)
            alone = running.load("unary", 1, 400 * server.speed, 1)
        return {
            f"{server.name}, 64 callers": busy["messages"] / busy["seconds"],
            f"{server.name}, 1 caller p50": alone["p50_us"],
        }

    compare(
        name="grpc-unary",
        title="gRPC: unary calls on one connection",
        rounds=ROUNDS,
        measurements=[lambda server=server: measure(server) for server in BOTH],
        figures=[
            *(Figure(f"{server.name}, 64 callers", "calls/s") for server in BOTH),
            *(Figure(f"{server.name}, 1 caller p50", "µs") for server in BOTH),
        ],
        ratios=[
            Ratio(f"{figure}, of {theirs.name}'s", of(ours, theirs, figure), aim if theirs is not GO_GRPC else None)
            for ours, theirs in PAIRS
            for figure, aim in [("64 callers", "at least 1"), ("1 caller p50", None)]
        ],
    )


def memory():
    """What streams between two tokens hold."""
    ours, theirs = PAIRS[0]

    def measure(server):
        count = 1000
        with server.serve(pace=10**9) as running:
            with running.idle_streams(10, 4):
                time.sleep(2)
                before = running.resident_kib()
            with running.idle_streams(count, 4):
                time.sleep(4)
                return {f"{server.name}, stream": (running.resident_kib() - before) / count}

    compare(
        name="grpc-memory",
        title="gRPC: resident memory of the server",
        rounds=3,
        measurements=[lambda server=server: measure(server) for server in (ours, theirs)],
        figures=[
            Figure(f"{server.name}, stream", "KiB for each of 1,000 idle streams", 1) for server in (ours, theirs)
        ],
        ratios=[Ratio(f"KiB a stream, of {theirs.name}'s", of(ours, theirs, "stream"), "under 1")],
    )


CASES = {
    "grpc-stream-64": lambda: streams(64),
    "grpc-stream-1000": lambda: streams(1000),
    "grpc-paced": paced,
    "grpc-unary": unary,
    "grpc-memory": memory,
}
