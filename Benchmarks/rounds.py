"""Compares what is measured side by side: interleaved rounds, medians, ratios, one table, JSON."""

import json
import operator
import os
import platform
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).parent.parent
RESULTS = Path(os.environ.get("RESULTS", ROOT / "Benchmarks/results"))
TOKENWIRE = ROOT / ".build/release/tokenwire"
PROGRAMS = ROOT / ".build/release"

AIMS = {"at least": operator.ge, "at most": operator.le, "under": operator.lt}


@dataclass
class Figure:
    """Something that each round measures."""

    name: str
    unit: str
    digits: int = 0


@dataclass
class Ratio:
    """How the figures of one round relate; `of` gets them by their names.

    `aim` is one of the words of `AIMS` and a number, or None where there is none to reach.
    """

    name: str
    of: Callable[[dict[str, float]], float]
    aim: str | None
    unit: str = ""
    digits: int = 2

    def is_met(self, value):
        if self.aim is None:
            return None
        words, _, bound = self.aim.rpartition(" ")
        return AIMS[words](value, float(bound))


def compare(name, title, rounds, measurements, figures, ratios):
    """Runs the measurements one after the other, round by round, prints the table, writes NAME.json.

    Each measurement is a function that returns some of the figures, as {name: value}. ROUNDS in the
    environment is another number of rounds.
    """
    rounds = int(os.environ.get("ROUNDS", rounds))
    measured = []
    for number in range(1, rounds + 1):
        if sys.stderr.isatty():
            print(f"\rround {number} of {rounds}", end="", file=sys.stderr, flush=True)
        values = {}
        for measurement in measurements:
            values |= measurement()
        measured.append(values)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)

    rows = [(figure, [values[figure.name] for values in measured]) for figure in figures]
    rows += [(ratio, [ratio.of(values) for values in measured]) for ratio in ratios]
    result = {
        "name": name,
        "title": title,
        "machine": machine(),
        "rounds": rounds,
        "figures": [summary(*row) for row in rows if isinstance(row[0], Figure)],
        "ratios": [
            summary(ratio, values) | {"aim": ratio.aim, "met": ratio.is_met(statistics.median(values))}
            for ratio, values in rows
            if isinstance(ratio, Ratio)
        ],
    }
    print_table(result, rows)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n")


def summary(row, values):
    return {
        "name": row.name,
        "unit": row.unit,
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
        "values": values,
    }


def print_table(result, rows):
    machine = result["machine"]
    print(f"{result['title']}; medians of {result['rounds']} interleaved rounds")
    print(f"{machine['processor']}, {machine['cores']} cores, {machine['system']}\n")
    width = max(len(row.name) for row, _ in rows)
    print(f"{'':{width}}  {'median':>12} {'min':>12} {'max':>12}")
    for row, values in rows:
        numbers = [statistics.median(values), min(values), max(values)]
        cells = " ".join(f"{number:>12,.{row.digits}f}" for number in numbers)
        note = f"aim: {row.aim}" if isinstance(row, Ratio) and row.aim else row.unit
        print(f"{row.name:{width}}  {cells}  {note}".rstrip())
    print()


def machine():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": len(os.sched_getaffinity(os.getppid())),
        "system": f"{platform.system()} {platform.release()}",
    }
