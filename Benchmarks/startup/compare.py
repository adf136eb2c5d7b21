"""From the start of a server to the first text at a client; the memory that it keeps; its size.

All files are in the page cache: it is no start of the machine.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

BENCHMARKS = Path(__file__).parent.parent
sys.path += [str(BENCHMARKS), str(BENCHMARKS / "article")]
from rounds import Figure, Ratio, compare
from servers import ARTICLE_BUILT, ROOT, Article, Tokenwire

ROUNDS = 5
PEERS = [Tokenwire.name, Article.name]


def main():
    with tempfile.TemporaryDirectory() as folder:
        tokenwire, article = Tokenwire(folder), Article(folder)
        compare(
            name="startup",
            title="From the start of a server to the first text at a client",
            rounds=ROUNDS,
            measurements=[
                lambda: start(tokenwire) | sizes(tokenwire.name, folder),
                lambda: start(article) | {f"{article.name}, packages": mebibytes(ARTICLE_BUILT / "python")},
            ],
            figures=[
                *(Figure(f"{peer}, start", "s to the first text", 3) for peer in PEERS),
                *(
                    Figure(f"{peer}, memory, {kind}", "MiB at rest", 1)
                    for peer in PEERS
                    for kind in ["anonymous", "of files"]
                ),
                Figure("tokenwire, binary", "MiB, stripped", 1),
                Figure("tokenwire, libllama", "MiB of shared libraries", 1),
                Figure(f"{article.name}, packages", "MiB of Python packages", 1),
            ],
            ratios=[
                Ratio("start in s", lambda of: of[f"{tokenwire.name}, start"], "under 1"),
                Ratio(
                    "start, of the article's stack / tokenwire",
                    lambda of: of[f"{article.name}, start"] / of[f"{tokenwire.name}, start"],
                    "at least 20",
                ),
            ],
        )


def start(peer):
    begin = time.monotonic()
    with peer.serve() as (process, address):
        pieces = peer.generate(address, "Once upon a time", 16)
        while not next(pieces):
            pass
        seconds = time.monotonic() - begin
        for _ in pieces:
            pass
        # At rest: what the text took has been given back, as far as it is.
        time.sleep(2)
        return {f"{peer.name}, start": seconds} | memory(peer.name, process.pid)


def memory(name, pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    resident = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith("Rss")}
    return {
        f"{name}, memory, anonymous": resident["RssAnon"] + resident["RssShmem"],
        f"{name}, memory, of files": resident["RssFile"],
    }


def sizes(name, folder):
    binary, stripped = ROOT / ".build/release/tokenwire", Path(folder) / "stripped"
    subprocess.run(["strip", "-o", stripped, binary], check=True)
    libraries = subprocess.run(["ldd", binary], check=True, stdout=subprocess.PIPE, text=True).stdout
    paths = {Path(line.split()[2]) for line in libraries.splitlines() if "libllama" in line or "libggml" in line}
    return {
        f"{name}, binary": mebibytes(stripped),
        f"{name}, libllama": sum(map(mebibytes, paths)),
    }


def mebibytes(path):
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 2**20


main()
