"""What is measured on: corpora, queries and indexes in `.work`, made when first asked for.

Corpora and queries are kept for the next run: delete them when `texts.py` changes. Our own indexes
are built anew in each run, unless they are to be reused; those of peers are kept where building
them is not what is measured.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import texts
from clock import WARM
from process import WORK, Built, built, rebuild, say


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    cctv: int | None
    mixed: int
    queries: int
    whoosh: int  # articles of the sample that stock Whoosh indexes
    rounds: int
    common: int  # postings that a common word has at least
    words: int  # common words, and queries that SQLite is asked
    requests: int
    starts: int
    growth: tuple[int, ...]
    memory: int  # headlines of the rebuild whose memory counts
    overload: int  # seconds of twice what can be answered


FULL = Sizes(None, 100_000, 2_000, 2_500, 3, 1_000, 100, 1_000, 7,
             (1_000, 10_000, 100_000, 1_000_000, 2_000_000), 1_000_000, 60)  # fmt: skip
QUICK = Sizes(1_500, 3_000, 200, 200, 2, 100, 20, 50, 2, (1_000, 20_000), 20_000, 4)


@dataclass(slots=True)
class Inputs:
    """Corpora, queries and indexes of some sizes; with `reuse` also indexes of earlier runs."""

    sizes: Sizes
    reuse: bool
    # What the growth measurement has built, and the bytes of the texts in it.
    growth: list[tuple[Built, int]] = field(default_factory=list)
    _built: dict[Path, Built] = field(default_factory=dict)

    def cctv(self) -> Path:
        """The broadcast items, or the first of them."""
        count = self.sizes.cctv
        name = "cctv" if count is None else f"cctv-{count}"
        return _corpus(
            name, lambda: (a for n, a in enumerate(texts.cctv()) if not count or n < count)
        )

    def mixed(self) -> Path:
        """Articles mixed of the broadcast items."""
        return _corpus(f"mixed-{self.sizes.mixed}", lambda: texts.mixed(self.sizes.mixed))

    def headlines(self, count: int) -> Path:
        """So many headlines."""
        return _corpus(f"headlines-{count}", lambda: texts.headlines(count))

    def index(self, corpus: Path) -> Built:
        """Our index of a corpus, built by all cores unless this run has built one."""
        folder = index_of(corpus)
        if folder not in self._built and self.reuse and (folder / "CURRENT").exists():
            self._built[folder] = built(folder)
        if folder not in self._built:
            say(f"  building our index of {corpus.name}")
            self.built(rebuild(corpus, folder))
        return self._built[folder]

    def built(self, index: Built) -> Built:
        """Notes an index that a measurement has built, for those that ask one."""
        self._built[index.folder] = index
        return index

    def queries(self) -> Path:
        """A file with distinct queries of the mixed articles; a few more than are measured."""
        path = WORK / f"queries-{self.sizes.mixed}-{self.sizes.queries}.json"
        corpus = self.mixed()
        return kept(path, lambda: texts.queries(corpus, self.sizes.queries + WARM))

    def queries_of(self, corpus: Path) -> Path:
        """A file with as many distinct queries of another corpus."""
        path = WORK / f"queries-{corpus.stem}-{self.sizes.queries}.json"
        return kept(path, lambda: texts.queries(corpus, self.sizes.queries))

    def some_queries(self, count: int) -> Path:
        """The first so many of them, and the few that are not measured."""
        path = WORK / f"queries-{self.sizes.mixed}-{self.sizes.queries}-{count}.json"
        queries = json.loads(self.queries().read_text(encoding="utf-8"))
        return kept(path, lambda: queries[: count + WARM])


def index_of(corpus: Path) -> Path:
    """Where our index of a corpus lies."""
    return WORK / f"ours-{corpus.stem}"


def kept(path: Path, make: Callable[[], Any]) -> Path:
    """A file of JSON, made where it is not there."""
    if not path.exists():
        path.write_text(json.dumps(make(), ensure_ascii=False), encoding="utf-8")
    return path


def text_bytes(corpus: Path) -> int:
    """The UTF-8 bytes of the titles and bodies in a corpus."""
    return int(corpus.with_suffix(".bytes").read_text())


def _corpus(name: str, articles: Callable[[], Iterator[dict[str, Any]]]) -> Path:
    path = WORK / f"{name}.jsonl"
    if not path.with_suffix(".bytes").exists():
        say(f"  writing {path.name}")
    texts.write(path, articles())
    return path


def missing() -> None:
    """Ends the run where the texts are not there, saying which."""
    names = ("cctv_xwlb.jsonl.gz", "rmrb_headlines.tsv.gz")
    if absent := [name for name in names if not (texts.DATA / name).exists()]:
        sys.exit(
            f"make bench needs real texts, and these are not there: {', '.join(absent)}; "
            f"put them into {texts.DATA}"
        )
