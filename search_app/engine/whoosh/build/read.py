"""Reading a corpus into runs: what worker processes do, and the one that takes their results.

Results are taken in the order of the parts, so that the same corpus gives the same runs whatever
the number of workers.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from search_app.analysis.dictionaries import NO_DICTIONARIES, Dictionaries
from search_app.analysis.segmenter import default_segmenter
from search_app.engine.base import Corpus
from search_app.engine.reading.tokens import Tokenizer
from search_app.engine.reading.workers import in_order
from search_app.engine.whoosh.answer.collection import BASE
from search_app.engine.whoosh.build.batch import chunked, content_of, sources, to_line, write_run
from search_app.engine.whoosh.store.array_file import write_arrays
from search_app.engine.whoosh.store.segment import Segment
from search_app.model import Article, Counts, Reject

Taken = Mapping[int, Reject]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one part held: rejects, counts, id, path and line of each article, and files.

    `runs` are of the articles that are new; `kept` names those that the base segment has.
    """

    rejects: tuple[Reject, ...]
    counts: Counts
    places: tuple[tuple[str, str, int], ...]
    runs: tuple[Path, ...]
    kept: Path | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads parts of a corpus into runs in a folder; can be pickled.

    With `base`, the folder of a generation, articles that its base segment has as they are get
    into no run. Texts are cut with the words of `dictionaries` added.
    """

    read: Callable[[Any], Iterable[tuple[Article | Reject, int]]]
    folder: Path
    base: Path | None = None
    dictionaries: Dictionaries = NO_DICTIONARIES

    def __call__(self, numbered: tuple[int, Any], taken: Taken | None = None) -> Batch:
        """Reads a part; of its articles those `taken`, by their places, are rejects instead."""
        number, part = numbered
        rejects: list[Reject] = []
        places: list[tuple[str, str, int]] = []
        articles: list[Article] = []
        furniture = withdrawn = 0
        for item, line in self.read(part):
            if isinstance(item, Reject):
                rejects.append(item)
            elif item.kind == "furniture":
                furniture += 1
            else:
                places.append((item.id, item.source.path, line))
                if taken and len(places) - 1 in taken:
                    rejects.append(taken[len(places) - 1])
                elif item.kind == "withdrawn":
                    withdrawn += 1
                else:
                    articles.append(item)
        counts = Counts(
            indexed=len(articles),
            furniture=furniture,
            withdrawn=withdrawn,
            rejected=len(rejects),
            doubtful=sum(article.is_doubtful for article in articles),
        )
        name = f"{number:08}"
        kept, articles = self._kept(self.folder / f"{name}.kept", articles)
        runs = self.write(name, articles) if articles else ()
        return Batch(tuple(rejects), counts, tuple(places), tuple(runs), kept)

    def write(self, name: str, articles: Sequence[Article]) -> Sequence[Path]:
        """Writes articles as one run or several; where there are none, as an empty one."""
        chunks = list(chunked(articles)) or [articles]
        paths = [self.folder / f"{name}.{i:04}" for i in range(len(chunks))]
        for path, chunk in zip(paths, chunks, strict=True):
            write_run(path, chunk, _tokenizer(self.dictionaries))
        return paths

    def _kept(self, path: Path, articles: list[Article]) -> tuple[Path | None, list[Article]]:
        """Writes down which articles the base has; returns the others."""
        if self.base is None:
            return None, articles
        base = _segment(self.base)
        numbers = np.array(base.numbers([a.id for a in articles]), np.int64)
        contents = np.array([content_of(to_line(a)) for a in articles], np.uint64)
        same = (numbers >= 0) & (
            base.contents[numbers.clip(0)] == contents if base.documents else False
        )
        kept = [a for a, known in zip(articles, same.tolist(), strict=True) if known]
        write_arrays(path, {"numbers": numbers[same].astype(np.uint32), **sources(kept)})
        return path, [a for a, known in zip(articles, same.tolist(), strict=True) if not known]


@dataclass(slots=True)
class Read:
    """What was read of a corpus so far."""

    rejects: list[Reject] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    runs: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Adds a part."""
        self.rejects += batch.rejects
        self.counts = self.counts.plus(batch.counts)
        self.runs += batch.runs
        self.kept += filter(None, [batch.kept])


def read_corpus(corpus: Corpus, reading: Reading, jobs: int) -> Read:
    """Reads a whole corpus; raises what its `report` raises, and WorkerDied."""
    read = Read()
    for numbered, batch in in_order(reading, enumerate(corpus.parts()), jobs):
        claims = (corpus.claim(*place) for place in batch.places)
        if taken := {n: reject for n, reject in enumerate(claims) if reject}:
            for path in (*batch.runs, *filter(None, [batch.kept])):
                path.unlink()
            batch = reading(numbered, taken)
        corpus.report(numbered[1], batch.rejects)
        read.add(batch)
    return read


@functools.lru_cache(maxsize=1)
def _tokenizer(dictionaries: Dictionaries) -> Tokenizer:
    return Tokenizer(default_segmenter(dictionaries.added_words()))


@functools.lru_cache(maxsize=1)
def _segment(folder: Path) -> Segment:
    return Segment(folder, BASE)
