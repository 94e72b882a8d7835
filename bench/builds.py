"""Building: articles per second of ours and of peers, and bytes of what is built."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from budgets import Measured
from inputs import Inputs, index_of, text_bytes
from process import OURS, PEERS, WORK, Built, in_turns, measure, rebuild, say

_BEST = "best of {} rounds, in turns"


def against_whoosh(inputs: Inputs) -> Iterator[Measured]:
    """`search-app rebuild` by all cores, from start to end of the command, against the recipe."""
    corpus, sizes = inputs.cctv(), inputs.sizes
    found = in_turns(
        sizes.rounds,
        ours=lambda: inputs.built(rebuild(corpus, index_of(corpus))).rate,
        whoosh=lambda: _rate(_whoosh("build", corpus, sizes.whoosh)),
    )
    note = f"Whoosh, being slow, indexed {sizes.whoosh:,} articles spread over the corpus; the "
    note += f"time in which jieba loads is not counted; {_BEST.format(sizes.rounds)}"
    yield Measured("whoosh-build", max(found["ours"]), max(found["whoosh"]), note)


def index_part(inputs: Inputs) -> Iterator[Measured]:
    """From tokens in memory to committed files: inverting, packing, storing, merging, writing.

    Ours has the arrays of symbols and words of each run, and the parsed articles; Whoosh gets the
    words that ChineseAnalyzer made, as lists, and the texts to store. Ours also writes the pairs of
    symbols, which Whoosh's index has not.
    """
    corpus, sizes = inputs.cctv(), inputs.sizes
    found = in_turns(
        sizes.rounds,
        ours=lambda: _ours_alone(corpus),
        whoosh=lambda: _whoosh("terms", corpus, sizes.whoosh),
    )
    every, one = (
        max(done["articles"] / done[jobs] for done in found["ours"]) for jobs in ("all", "one")
    )
    peer = max(map(_rate, found["whoosh"]))
    note = "from tokens in memory to committed files on both sides; ours with pairs of symbols, "
    note += f"which Whoosh does not index; by one process ours is {one / peer:.1f}×"
    yield Measured("whoosh-index", every, peer, note)


def against_tantivy(inputs: Inputs) -> Iterator[Measured]:
    """`search-app rebuild --jobs 1` against tantivy's writer with one thread."""
    small, large, rounds = inputs.cctv(), inputs.mixed(), inputs.sizes.rounds
    found = in_turns(
        rounds,
        ours=lambda: _ours_by_one(small),
        tantivy=lambda: _tantivy(small),
        words=lambda: _tantivy(small, "words"),
        sqlite=lambda: _sqlite(small),
    )
    rates = {name: max(map(_wall_rate, done)) for name, done in found.items()}
    best = rates["ours"]
    yield Measured("tantivy-24k", best, rates["tantivy"], _threads(found["tantivy"], rounds))
    yield Measured("tantivy-words", best, rates["words"], "ours with pairs, tantivy without")
    yield Measured("sqlite-build", best, rates["sqlite"], "ours with words, trigrams have none")
    yield from _large(inputs, large)


def _large(inputs: Inputs, corpus: Path) -> Iterator[Measured]:
    found = in_turns(
        min(2, inputs.sizes.rounds),
        ours=lambda: inputs.built(rebuild(corpus, index_of(corpus), 1)).rate,
        tantivy=lambda: _wall_rate(_tantivy(corpus)),
    )
    note = _BEST.format(len(found["ours"]))
    yield Measured("tantivy-100k", max(found["ours"]), max(found["tantivy"]), note)


def sizes(inputs: Inputs) -> Iterator[Measured]:
    """All files of a generation against the texts in them."""
    for key, corpus in (("size-24k", inputs.cctv()), ("size-100k", inputs.mixed())):
        yield Measured(key, inputs.index(corpus).bytes / 1e6, text_bytes(corpus) / 1e6)


def growth(inputs: Inputs) -> Iterator[Measured]:
    """Headlines in rising numbers, for the table of growth, and the memory of one of them."""
    for count in inputs.sizes.growth:
        corpus = inputs.headlines(count)
        index = inputs.built(_watched(corpus))
        inputs.growth.append((index, text_bytes(corpus)))
        if count == inputs.sizes.memory:
            note = "all processes together, shared pages once, mapped files included; every 0.1 s"
            yield Measured("memory", index.peak / 2**20, None, note)


def _watched(corpus: Path) -> Built:
    say(f"  ours, {corpus.name}")
    return rebuild(corpus, index_of(corpus), watched=True)


def tantivy_index(inputs: Inputs) -> Path:
    """tantivy's index of the mixed articles; built where no measurement has."""
    folder = _tantivy_folder(inputs.mixed())
    if not (folder / "meta.json").exists():
        say("  building tantivy's index")
        _tantivy(inputs.mixed())
    return folder


def sqlite_index(corpus: Path) -> Path:
    """SQLite's index of a corpus."""
    file = _sqlite_file(corpus)
    if not file.exists():
        say("  building SQLite's index")
        _sqlite(corpus)
    return file


def whoosh_index(corpus: Path) -> Path:
    """Stock Whoosh's index of a corpus: minutes to build, so it is kept."""
    folder = WORK / f"whoosh-{corpus.stem}"
    if not (folder / "done").exists():
        say("  building Whoosh's index, which takes minutes")
        measure(PEERS, "peers/whoosh_peer.py", "cut", corpus, folder)
        (folder / "done").touch()
    return folder


def _ours_alone(corpus: Path) -> dict[str, Any]:
    return measure(OURS, "ours/indexing.py", corpus, WORK / "ours-alone")


def _ours_by_one(corpus: Path) -> dict[str, Any]:
    index = rebuild(corpus, WORK / "ours-jobs1", 1)
    return {"articles": index.articles, "wall": index.wall}


def _whoosh(command: str, corpus: Path, count: int) -> dict[str, Any]:
    folder = WORK / "whoosh-sample"
    return measure(PEERS, "peers/whoosh_peer.py", command, corpus, folder, count)


def _tantivy(corpus: Path, *options: str) -> dict[str, Any]:
    folder = _tantivy_folder(corpus, *options)
    return measure(PEERS, "peers/tantivy_peer.py", "build", corpus, folder, *options)


def _tantivy_folder(corpus: Path, *options: str) -> Path:
    return WORK / "-".join(["tantivy", corpus.stem, *options])


def _sqlite(corpus: Path) -> dict[str, Any]:
    return measure(PEERS, "peers/sqlite_peer.py", "build", corpus, _sqlite_file(corpus))


def _sqlite_file(corpus: Path) -> Path:
    return WORK / f"sqlite-{corpus.stem}.db"


def _rate(done: dict[str, Any]) -> float:
    return float(done["articles"] / done["seconds"])


def _wall_rate(done: dict[str, Any]) -> float:
    return float(done["articles"] / done["wall"])


def _threads(done: Sequence[dict[str, Any]], rounds: int) -> str:
    best = max(done, key=_wall_rate)
    used = best["cpu"] / best["wall"]
    note = f"{_BEST.format(rounds)}; tantivy's one thread works beside Python's, which cuts words: "
    return f"{note}together they used {used:.2f} processors, ours uses one"
