"""Texts from Tokenwire and from the article's stack, for callers who come at the same time.

Both have the same model, check an HS256 token, generate greedily and store a row for each text.
"""

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from servers import ARTICLE_BUILT, Article, Tokenwire
from tokenizers import Tokenizer

sys.path.append(str(Path(__file__).parent.parent))
from rounds import Figure, Ratio, compare

PEERS = [Tokenwire.name, Article.name]


def main():
    tokenizer = Tokenizer.from_file(str(ARTICLE_BUILT / "model/tokenizer.json"))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = []
        # A slot for each caller; the texts are short.
        for peer in [Tokenwire(folder, "--parallel", "32", "--context", "512"), Article(folder)]:
            _, address = stack.enter_context(peer.serve())
            list(peer.generate(address, "Warm", 4))
            servers.append((peer, address))

        def measure(peer, address, callers, max_tokens):
            def read(index):
                begin, text, first = time.monotonic(), "", None
                for piece in peer.generate(address, prompt(index), max_tokens):
                    if piece and first is None:
                        first = time.monotonic() - begin
                    text += piece
                return first, len(tokenizer.encode(text).ids)

            begin = time.monotonic()
            with ThreadPoolExecutor(callers) as threads:
                firsts, counts = zip(*threads.map(read, range(callers)))
            seconds = time.monotonic() - begin
            return {
                f"{peer.name}, {counted(callers)}": sum(counts) / seconds,
                f"{peer.name}, {counted(callers)}, first": statistics.median(firsts),
            }

        def generation(name, rounds, widths, max_tokens):
            compare(
                name=name,
                title=f"Texts of {max_tokens} tokens for {' and '.join(map(counted, widths))}",
                rounds=rounds,
                measurements=[
                    lambda server=server, callers=callers: measure(*server, callers, max_tokens)
                    for callers in widths
                    for server in servers
                ],
                figures=[
                    figure
                    for callers in widths
                    for peer in PEERS
                    for figure in [
                        Figure(f"{peer}, {counted(callers)}", "tokens/s in all", 1),
                        Figure(f"{peer}, {counted(callers)}, first", "s to the first text, median of the callers", 3),
                    ]
                ],
                ratios=[ratio for callers in widths for ratio in ratios(callers)],
            )

        generation("article", 3, [1, 8], 64)
        # The stack takes minutes for more.
        generation("article-32", 1, [32], 16)


def ratios(callers):
    ours, theirs = (f"{peer}, {counted(callers)}" for peer in PEERS)
    return [
        Ratio(
            f"tokens/s, {counted(callers)}",
            lambda of: of[ours] / of[theirs],
            "at least 10" if callers == 8 else None,
        ),
        Ratio(
            f"time to the first text, {counted(callers)}",
            lambda of: of[f"{ours}, first"] / of[f"{theirs}, first"],
            None,
        ),
    ]


def counted(callers):
    return "1 caller" if callers == 1 else f"{callers} callers"


def prompt(index):
    return f"Here is a long story about a town with {index + 2} bridges. Once upon a time,"


main()
