"""The index part alone: from tokens and parsed articles in memory to files that are synced.

    indexing.py CORPUS FOLDER

Articles are read, parsed and cut into symbols and words before the clock starts. What is timed is
inverting, packing, storing the texts, merging and writing: `one`, in this process, and `all`, with
that part which the build gives to several processes done by as many as there are cores.
"""

import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import clock
from machine import cores

from search_app.analysis.segmenter import default_segmenter
from search_app.articles.corpus.reader import read_corpus
from search_app.engine.reading.tokens import Tokenizer, Tokens
from search_app.engine.whoosh.answer.collection import BASE
from search_app.engine.whoosh.build.batch import Runs, chunked, write_run
from search_app.engine.whoosh.build.segmentwriter import write_segment
from search_app.model import Article


class Recorder:
    """A tokenizer that keeps what it made, and later gives it again in the same order."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._kept: list[Tokens] = []
        self._again: Iterator[Tokens] | None = None

    def __call__(self, texts: Sequence[str]) -> Tokens:
        if self._again is not None:
            return next(self._again)
        self._kept.append(self._tokenizer(texts))
        return self._kept[-1]

    def rewind(self) -> None:
        """From now on gives what was kept, from the first on."""
        self._again = iter(self._kept)


def recorded(chunks: Sequence[Sequence[Article]], scratch: Path) -> list[Recorder]:
    """A recorder for each chunk, made by writing its run once where it is thrown away."""
    tokenizer = Tokenizer(default_segmenter())
    recorders = []
    for chunk in chunks:
        recorders.append(Recorder(tokenizer))
        write_run(scratch, chunk, recorders[-1])
    scratch.unlink()
    return recorders


def index(
    folder: Path, chunks: Sequence[Sequence[Article]], recorders: Sequence[Recorder], jobs: int
) -> None:
    """Writes a run for each chunk by several processes, then merges and syncs."""
    paths = [folder / f"{n:08}.run" for n in range(len(chunks))]

    def write(job: int) -> None:
        for n in range(job, len(chunks), jobs):
            write_run(paths[n], chunks[n], recorders[n])

    # Forked, so that tokens need not be sent to them.
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=write, args=(job,)) for job in range(1, jobs)]
    for worker in workers:
        worker.start()
    write(0)
    for worker in workers:
        worker.join()
    write_segment(folder, BASE, Runs(paths))
    for path in folder.glob(f"{BASE}.*"):
        _sync(path)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.close(file)


def seconds(
    folder: Path, chunks: Sequence[Sequence[Article]], recorders: Sequence[Recorder], jobs: int
) -> float:
    """How long indexing takes in a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for recorder in recorders:
        recorder.rewind()
    started = time.perf_counter()
    index(folder, chunks, recorders, jobs)
    return time.perf_counter() - started


def main(corpus: str, target: str) -> None:
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    articles = [item for item in read_corpus(Path(corpus)) if isinstance(item, Article)]
    chunks = list(chunked(articles))
    recorders = recorded(chunks, folder / "scratch")
    took = {
        name: seconds(folder, chunks, recorders, jobs)
        for name, jobs in (("all", cores()), ("one", 1))
    }
    clock.report(articles=len(articles), **took)


main(*sys.argv[1:])
