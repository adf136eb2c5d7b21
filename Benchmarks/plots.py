"""Plots what the rounds have found: medians, with the lowest and the highest round as error bars."""

import json

import matplotlib.pyplot as plt
from rounds import RESULTS

OURS, OTHERS = "#d1495b", "#8d99ae"
PEERS = ["tokenwire", "Go gRPC", "C++ gRPC", "grpc-swift-2", "grpcio", "Go ttrpc"]
plt.rcParams |= {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    # The same figures make the same file.
    "svg.hashsalt": "tokenwire",
}


class Result:
    """A comparison as its file has it."""

    def __init__(self, name):
        self.json = json.loads((RESULTS / f"{name}.json").read_text())
        self.figures = {figure["name"]: figure for figure in self.json["figures"]}

    def __getitem__(self, name):
        """The median of a figure, and how far below and above it the rounds went."""
        figure = self.figures[name]
        median = figure["median"]
        return median, median - figure["min"], figure["max"] - median

    def caption(self):
        rounds, machine = self.json["rounds"], self.json["machine"]
        return (
            f"median of {rounds} rounds, lowest and highest round as error bars; "
            f"{machine['processor']}, {machine['cores']} cores, {machine['system']}"
        )


def bars(axes, result, names, title, digits=0):
    """A bar for each label of `names`, as long as the figure that it names; ours is red."""
    labels = [label for label, name in names.items() if name in result.figures]
    for position, label in enumerate(labels):
        median, below, above = result[names[label]]
        color = OURS if label == "tokenwire" else OTHERS
        axes.barh(position, median, xerr=[[below], [above]], color=color, ecolor="#2b2d42", capsize=2)
        axes.annotate(
            f"{median:,.{digits}f}", (median + above, position), (4, 0), textcoords="offset points", va="center"
        )
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.margins(x=0.16)
    axes.set_title(title)
    axes.xaxis.set_major_formatter(number)
    axes.locator_params(axis="x", nbins=5)


def lines(axes, series, callers, title, scale="linear"):
    """A line for each label of `series`, with a point for each number of callers; the first is ours."""
    for color, (label, points) in zip([OURS, "#2b2d42", "#edae49", "#66a182"], series.items()):
        medians, below, above = zip(*points)
        axes.errorbar(
            range(len(callers)), medians, yerr=[below, above], label=label, color=color,
            capsize=3, marker="o", markersize=4,
        )  # fmt: skip
    axes.set_xticks(range(len(callers)), callers)
    axes.set_xlabel("callers at the same time")
    axes.set_yscale(scale)
    if scale == "linear":
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(number)
    axes.set_title(title)
    axes.legend(frameon=False)


def number(value, _):
    return f"{value:,.12g}"


def save(figure, name, caption):
    figure.text(0.01, 0.01, caption, fontsize=7, color="#555555")
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    for extension, metadata in [("svg", {"Date": None}), ("png", {"Software": None})]:
        figure.savefig(RESULTS / f"{name}.{extension}", metadata=metadata, dpi=150)
    plt.close(figure)


def rpc():
    def peers(suffix):
        return {peer: f"{peer}, {suffix}" for peer in PEERS}

    figure, axes = plt.subplots(3, 2, figsize=(10, 8.5))
    for place, streams in zip(axes[0], [64, 1000]):
        result = Result(f"rpc-stream-{streams}")
        bars(place, result, peers("tokens/s"), f"Streamed tokens/s, {streams:,} streams on 4 connections")
    bars(axes[1][0], Result("rpc-stream-64"), peers("CPU/token"), "Server's CPU in µs/token, 64 streams", digits=2)
    paced = Result("rpc-paced")
    bars(axes[1][1], paced, peers("CPU/token"), "The same, 64 streams paced at 1 token/ms", digits=2)
    bars(axes[2][0], paced, peers("first p99"), "First token in ms, p99, 64 streams paced at 1 token/ms", digits=2)
    bars(axes[2][1], Result("rpc-unary"), peers("64 callers"), "Unary calls/s, 64 at a time on 1 connection")
    # On the axis of the peers it would leave nothing to see of them.
    limit, _, _ = Result("rpc-stream-64")["64 KiB blocks over loopback"]
    notes = f"the paced load is more than grpcio moves; 64 KiB blocks over loopback hold {limit:,.0f} frames/s"
    save(figure, "rpc", f"{paced.caption()}\n{notes}")


def tokens():
    result = Result("tokens")
    figure, axes = plt.subplots(figsize=(7, 2.2))
    bars(axes, result, {name: name for name in result.figures}, "Verified tokens/s on one core (HS256)")
    save(figure, "tokens", result.caption())


def log():
    result = Result("log")
    figure, axes = plt.subplots(figsize=(7, 4))
    callers = [1, 8, 64, 256]
    median, below, above = result["one-row commits"]
    axes.axhspan(median - below, median + above, color=OTHERS, alpha=0.3)
    axes.axhline(median, color=OTHERS, linestyle="--", label="commits of one row, without RPC")
    series = {
        "entries, on disk when they are answered": [result[f"entries, {counted(count)}"] for count in callers],
        "the same calls where nothing is stored": [result[f"plain calls, {counted(count)}"] for count in callers],
    }
    lines(axes, series, callers, "Log entries/s over RPC")
    save(figure, "log", result.caption())


def engine():
    callers = [1, 8, 32]
    results = [Result(f"engine-{count}") for count in callers]
    figure, (rates, gaps) = plt.subplots(1, 2, figsize=(10, 3.6))
    peers = ["tokenwire", "raw loop", "llama-server", "llama-cpp-python"]
    for axes, name, title in [
        (rates, "tokens/s", "Generated tokens/s in all"),
        (gaps, "next p99", "ms to the next token, p99"),
    ]:
        series = {peer: [result[f"{peer}, {name}"] for result in results] for peer in peers}
        lines(axes, series, callers, title)
    save(figure, "engine", results[0].caption())


def article():
    results = {1: Result("article"), 8: Result("article"), 32: Result("article-32")}
    figure, (rates, firsts) = plt.subplots(1, 2, figsize=(10, 3.6))
    for axes, suffix, title, scale in [
        (rates, "", "Generated tokens/s in all", "linear"),
        (firsts, ", first", "Seconds to the first text, logarithmic", "log"),
    ]:
        series = {
            peer: [result[f"{peer}, {counted(count)}{suffix}"] for count, result in results.items()]
            for peer in ["tokenwire", "Flask, transformers"]
        }
        lines(axes, series, list(results), title, scale)
    save(figure, "article", f"{results[1].caption()}; 32 callers: 1 round")


def counted(callers):
    return "1 caller" if callers == 1 else f"{callers} callers"


PLOTS = {"rpc": rpc, "engine": engine, "article": article, "tokens": tokens, "log": log}


def main():
    for name, plot in PLOTS.items():
        if any(RESULTS.glob(f"{name}.json")) or any(RESULTS.glob(f"{name}-*.json")):
            plot()


main()
