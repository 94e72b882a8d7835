"""Bugs, planted one at a time in a copy of the package, that the oracle has to notice.

As a program it is what a process does that imports such a copy: it asks the oracle about corpus
after corpus, stops at the first answer that is wrong, and prints the verdict.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import NamedTuple

TESTS = Path(__file__).resolve().parent
PACKAGE = TESTS.parent / "search_app"
CORPORA = 20
SECONDS = 300


class Mutant(NamedTuple):
    """A bug: in a module of the engine, in whichever room, some text, and what it is changed to."""

    name: str
    file: str
    old: str
    new: str


class Verdict(NamedTuple):
    """How many corpora were asked about, and what was wrong with the last; None: nothing."""

    corpora: int
    wrong: str | None


MUTANTS = (
    Mutant(
        "every position but the first is one too small",
        "invert.py",
        "narrow(place - tokens.starts[docs])",
        "narrow((place - tokens.starts[docs] - 1).clip(0))",
    ),
    Mutant(
        "the end of a field makes a pair with the next article",
        "invert.py",
        "second[tokens.starts[1:][lengths > 0] - 1] = 0",
        "second[-1:] = 0",
    ),
    Mutant(
        "punctuation is no word of its own",
        "invert.py",
        "bits[(opened - closed).cumsum() == 0] = 3",
        "bits[(opened - closed).cumsum() == 0] = 0",
    ),
    Mutant(
        "match=word looks at the bit of a word's start only",
        "pairs.py",
        "_STARTS, _ENDS = 1, 2",
        "_STARTS, _ENDS = 1, 3",
    ),
    Mutant(
        "an article is lost where a run ends",
        "batch.py",
        "start, size = end, 0",
        "start, size = end + 1, 0",
    ),
    Mutant(
        "the postings of common terms stand before those of rare ones",
        "field.py",
        "[far[far_begin:far_end], near[near_begin:near_end]]",
        "[near[near_begin:near_end], far[far_begin:far_end]]",
    ),
    Mutant(
        "the bitmap of a common symbol lacks what a slab before it had",
        "common.py",
        "table[np.concatenate(self._docs)] = True",
        "table[self._docs[-1]] = True",
    ),
    Mutant(
        "one deletion is lost",
        "collection.py",
        "self.gone = DocSet(self.documents, table=gone)",
        "gone[gone.argmax()] = False\n        self.gone = DocSet(self.documents, table=gone)",
    ),
    Mutant(
        "NOT keeps what is deleted",
        "collection.py",
        "self.live = DocSet(self.documents, table=~gone)",
        "self.live = DocSet(self.documents, table=gone | True)",
    ),
    Mutant(
        "scores count the documents of the base segment only",
        "order.py",
        "documents = sum(segment.documents for segment in segments)",
        "documents = segments[0].documents",
    ),
    Mutant(
        "a length is rounded up to Whoosh's next byte",
        "field.py",
        "LENGTHS.searchsorted(lengths)",
        'LENGTHS.searchsorted(lengths, "right")',
    ),
    Mutant(
        "a tf over 255 is lost",
        "field.py",
        "values[large].astype(np.uint32)",
        "values[large].astype(np.uint8)",
    ),
    Mutant(
        "of terms that begin alike the place of a longer one is wrong",
        "terms.py",
        "place + short + before",
        "place + before",
    ),
    Mutant(
        "an article forgets which file it is from",
        "ledger.py",
        "path[documents] = order[numbers]",
        "path[documents] = order[numbers * 0]",
    ),
    Mutant(
        "scores that differ by less than a unit are no ties",
        "order.py",
        "rank = -np.rint(scores * ranking.SCORE_UNITS)",
        "rank = -scores",
    ),
    Mutant(
        "a new article stands before the old one with the id after it",
        "collection.py",
        "(2 * rank + 1) << 32",
        "(2 * rank + 3) << 32",
    ),
    Mutant(
        "of equal scores the oldest is first",
        "order.py",
        'oldest = self._window.sort == "oldest"',
        'oldest = self._window.sort != "newest"',
    ),
    Mutant(
        "AND is OR",
        "evaluate.py",
        "reduce(and_, sets)",
        "reduce(or_, sets)",
    ),
    Mutant(
        "a quorum is a share of the weightiest word",
        "evaluate.py",
        "QUORUM * sum(weights.values())",
        "QUORUM * max(weights.values(), default=0)",
    ),
    Mutant(
        "a range of dates ends before its last day",
        "evaluate.py",
        "(dates <= high)",
        "(dates < high)",
    ),
    Mutant(
        "nearness looks at where a run begins, not where it ends",
        "order.py",
        "way <= ranking.NEAR_SYMBOLS - len(run.symbols)",
        "way <= ranking.NEAR_SYMBOLS",
    ),
    Mutant(
        "NEAR allows one symbol less",
        "pairs.py",
        "(gaps <= gap)",
        "(gaps < gap)",
    ),
    Mutant(
        "a facet counts what another filter took away",
        "evaluate.py",
        "docs = self._passing(matches.unfiltered, field).docs",
        "docs = matches.unfiltered.docs",
    ),
    Mutant(
        "a filter finds one spelling of several",
        "facets.py",
        "last = bisect_right(numbers, wanted, lo=first, key=self._symbols_of)",
        "last = first + 1",
    ),
    Mutant(
        "a month is counted for articles that have only a year",
        "evaluate.py",
        'if unit == "year" or number % 100:',
        "if number:",
    ),
)


def planted(folder: Path, mutant: Mutant | None) -> Path:
    """A copy of the package in this folder, with the bug; raises LookupError if it has no place."""
    copy = folder / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    if mutant:
        (path,) = (copy / "engine").rglob(mutant.file)
        text = path.read_text(encoding="utf-8")
        if (found := text.count(mutant.old)) != 1:
            raise LookupError(
                f"{mutant.name!r} must be planted anew: {mutant.old!r} stands {found} times in "
                f"{mutant.file}, not once"
            )
        path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return copy


def verdict(folder: Path, mutant: Mutant | None) -> Verdict:
    """What the oracle says of a copy in this folder; raises RuntimeError if it was not asked."""
    copy = planted(folder, mutant)
    path = os.pathsep.join((str(folder), str(TESTS)))
    done = subprocess.run(
        [sys.executable, __file__, str(copy)],
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    if done.returncode:
        raise RuntimeError(f"the oracle was not asked:\n{done.stderr}")
    return Verdict(*json.loads(done.stdout))


def ask_oracle() -> Verdict:
    """Asks about corpus after corpus, up to the first wrong answer."""
    from engine.test_engines_agree import ask

    from search_app.analysis.segmenter import RjiebaSegmenter
    from search_app.analysis.words import Analyser, read_stop_words

    analyser = Analyser(RjiebaSegmenter(), read_stop_words())
    for seed in range(CORPORA):
        try:
            ask(Random(seed), analyser)
        except Exception as error:  # whatever a bug leads to; the copy without one leads to none
            return Verdict(seed + 1, f"{type(error).__name__}: {error}")
    return Verdict(CORPORA, None)


def main(copy: Path) -> None:
    """Prints the verdict on the package, which must be this copy."""
    import search_app

    assert Path(search_app.__file__).parent == copy, "another package was imported"
    print(json.dumps(ask_oracle()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
