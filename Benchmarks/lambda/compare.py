"""Cold starts of a function: from its first event, which starts its process, to the answer's first byte.

Both run under Lambda's emulator, which starts a function when its first event comes, and get the same
event with the article's JSON. Tokenwire's function is that of `make lambda`, which its image has as well: a
container of it starts in the same way. The emulator keeps an answer back until it is whole, so the first byte comes
with the last; the text is short.

Each is started twice, and the second start counts: the first one after the other program, which has returned a
gigabyte to a virtual machine's host, pays for getting it back (0.3 s became 1 to 3 s). All files are then in the
page cache.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

BENCHMARKS = Path(__file__).parent.parent
ROOT = BENCHMARKS.parent
sys.path += [str(BENCHMARKS), str(ROOT / "Tests/Lambda")]
FUNCTION = ROOT / ".build/lambda-package/function"
os.environ.setdefault("TOKENWIRE", str(FUNCTION / "tokenwire"))
from gateway import rest_api
from processes import Emulator
from rounds import Figure, Ratio, compare

ROUNDS = int(os.environ.get("ROUNDS", 5))
TOKENWIRE, ARTICLE = "tokenwire", "Flask, transformers"
ARTICLE_BUILT = Path(os.environ.get("ARTICLE_BUILT", ROOT / ".build-article"))
SETTINGS = {
    TOKENWIRE: {"TOKENWIRE_MODEL": os.environ["MODEL"]},
    ARTICLE: {"MODEL": str(ARTICLE_BUILT / "model"), "HF_HUB_OFFLINE": "1"},
}
COMMANDS = {
    TOKENWIRE: f"LAMBDA_TASK_ROOT={FUNCTION} exec {FUNCTION}/bootstrap",
    ARTICLE: f"exec {ARTICLE_BUILT}/python/bin/python {Path(__file__).parent}/app.py",
}


def main():
    compare(
        name="lambda",
        title="From a function's first event to its answer",
        rounds=ROUNDS,
        measurements=[lambda: second_start(TOKENWIRE), lambda: second_start(ARTICLE)],
        figures=[
            Figure(f"{peer}, {kind}", unit, 3)
            for peer in [TOKENWIRE, ARTICLE]
            for kind, unit in [("cold", "s to the answer"), ("warm", "s to the answer")]
        ],
        ratios=[
            Ratio(
                "cold start, of the article's app / tokenwire",
                lambda of: of[f"{ARTICLE}, cold"] / of[f"{TOKENWIRE}, cold"],
                "at least 5",
            ),
        ],
    )


def second_start(peer):
    start(peer)
    return start(peer)


def start(peer):
    event = rest_api("POST", "/generate", json={"prompt": "Once upon a time", "max_length": 8})
    with tempfile.TemporaryDirectory() as folder:
        with Emulator(folder, SETTINGS[peer], COMMANDS[peer], timeout=300) as emulator:
            return {f"{peer}, {kind}": timed(emulator, event) for kind in ["cold", "warm"]}


def timed(emulator, event):
    begin = time.monotonic()
    answer = emulator.invoke(event)
    seconds = time.monotonic() - begin
    assert answer.get("statusCode") == 200, answer
    return seconds


main()
