"""Rebuilds an index from real articles and prints articles per second, size and peak memory.

    python bench/rebuild.py [CORPUS]

CORPUS defaults to the broadcast news beside the checkout. The figures are of one run on whatever
this machine was doing: compare ratios of runs side by side, not single figures.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "cctv_xwlb.jsonl.gz"
SEARCH_APP = Path(sys.executable).parent / "search-app"
TEXTS = ("kicker", "title", "subtitle", "byline", "body")


def run(*arguments: str) -> str:
    """Runs a command of ours; its standard error is shown, its output returned."""
    done = subprocess.run(
        [SEARCH_APP, *arguments], stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(f"search-app {arguments[0]} ended with {done.returncode}")
    return done.stdout


def raw_bytes(corpus: Path) -> int:
    """The UTF-8 bytes of the articles' texts, without the marks of the file format."""
    lines = run("extract", "--json", str(corpus)).splitlines()
    articles = (json.loads(line) for line in lines)
    return sum(len((a[name] or "").encode()) for a in articles for name in TEXTS)


def main() -> None:
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not corpus.exists():
        sys.exit(f"{corpus} is not there: name a corpus")
    text = raw_bytes(corpus)
    with tempfile.TemporaryDirectory() as index:
        started = time.perf_counter()
        run("rebuild", "--corpus", str(corpus), "--index", index)
        took = time.perf_counter() - started
        status = json.loads(run("status", "--json", "--index", index))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak //= 1024 * 1024 if sys.platform == "darwin" else 1024
    print(f"articles              {status['indexed']:>12,}")
    print(f"text, UTF-8 bytes     {text:>12,}")
    print(f"rebuild, seconds      {took:>12.1f}")
    print(f"articles per second   {status['indexed'] / took:>12.0f}")
    print(f"generation, bytes     {status['bytes']:>12,}")
    print(f"bytes per text byte   {status['bytes'] / text:>12.2f}")
    print(f"peak memory, MiB      {peak:>12,}")


if __name__ == "__main__":
    main()
