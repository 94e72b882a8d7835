"""What an archive checks about its index: recall, and what other dictionaries would change.

Recall asks for pieces of the articles' own text, and scans all texts for them. The scan knows no
index: it is what a reader would do.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from random import Random

from search_app.analysis.dictionaries import Dictionaries
from search_app.analysis.words import Analyser
from search_app.engine.base import SearchEngine, Window
from search_app.errors import BadQuery
from search_app.model import Article, Reject
from search_app.query.compile import QueryCompiler
from search_app.text.fold import fold

# Articles whose text is looked through at a time.
_BATCH = 2_000
_HAN = "\u4e00-\u9fff"
_LONGEST = 16
_SHOWN = 5
_ASCII_RUN = re.compile(r"[A-Za-z0-9]+")
_NAMES = re.compile(f"(?:主席|总理|书记|部长|省长|市长|委员长|记者|教授|局长)([{_HAN}]{{2,3}})")
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?%?")
_MIXED = re.compile(f"[{_HAN}]{{1,2}}[A-Za-z0-9]+[{_HAN}]{{1,2}}")
# White space between two runs of letters, or of digits, that would be one without it.
_PARTED = re.compile(r"(?<=[a-z])\s+(?=[a-z])|(?<=[0-9])\s+(?=[0-9])")
_WORDS = re.compile(f"[{_HAN}]+")


@dataclass(frozen=True, slots=True)
class Recall:
    """How many of the articles that hold some pieces were found by them; a few that were not."""

    kind: str
    queries: int
    held: int
    found: int
    missed: tuple[str, ...]

    @property
    def share(self) -> float:
        """1 where nothing was missed."""
        return self.found / self.held if self.held else 1.0


@dataclass(frozen=True, slots=True)
class _Sample:
    kind: str
    typed: str
    run: str


def recall(
    engine: SearchEngine, compiler: QueryCompiler, count: int, seed: int = 1
) -> list[Recall]:
    """Takes so many pieces of articles chosen at random, and says how many were found, by kind."""
    samples = list(islice(_samples(engine, compiler, Random(seed), count), count))
    held = _scanned(engine, samples)
    found = [_found(engine, compiler, sample) for sample in samples]
    return [_of_kind(kind, samples, held, found) for kind in _PIECES]


def _of_kind(
    kind: str, samples: Sequence[_Sample], held: Sequence[set[str]], found: Sequence[set[str]]
) -> Recall:
    here = [n for n, sample in enumerate(samples) if sample.kind == kind]
    missed = [samples[n].typed for n in here if held[n] - found[n]]
    both = sum(len(held[n] & found[n]) for n in here)
    return Recall(kind, len(here), sum(len(held[n]) for n in here), both, tuple(missed[:_SHOWN]))


def _found(engine: SearchEngine, compiler: QueryCompiler, sample: _Sample) -> set[str]:
    """The articles that a piece finds; none where it cannot be asked for."""
    try:
        query = compiler.compile(sample.typed, "smart").unrelaxed
    except BadQuery:
        return set()
    return {ranked.id for ranked in engine.walk(query, Window(sort="newest"))}


def _samples(
    engine: SearchEngine, compiler: QueryCompiler, random: Random, count: int
) -> Iterator[_Sample]:
    """Pieces of each kind in turn, of articles chosen at random."""
    total = engine.size
    chosen = {random.randrange(total) for _ in range(2 * count)} if total else set()
    articles = [a for n, a in enumerate(engine.every()) if n in chosen]
    some = True
    while some:  # a small index is gone through again and again
        some = False
        random.shuffle(articles)
        for article in articles:
            for kind, pieces in _PIECES.items():
                if found := [p for p in pieces(article, random, compiler) if _squeezed(p)]:
                    piece, some = random.choice(found), True
                    typed = f"“{piece}”" if kind == "substrings" else piece
                    yield _Sample(kind, typed, _squeezed(piece))


def _substrings(article: Article, random: Random, _: QueryCompiler) -> list[str]:
    """A range of head or body, whatever stands in it, that cuts no number or word of letters."""
    text = random.choice((article.head, article.body, article.body)) or article.body
    start = random.randrange(len(text))
    end = min(len(text), start + random.randint(1, _LONGEST))
    for run in _ASCII_RUN.finditer(text):
        start = run.start() if run.start() < start < run.end() else start
        end = run.end() if run.start() < end < run.end() else end
    piece = text[start:end]
    return [] if any(quote in piece for quote in '"“”「」『』') or len(piece) > 190 else [piece]


def _words(article: Article, random: Random, compiler: QueryCompiler) -> list[str]:
    runs = _WORDS.findall(article.body)
    words = compiler.words(random.choice(runs)) if runs else []
    return ["".join(word) for word in words]


def _names(article: Article, random: Random, compiler: QueryCompiler) -> list[str]:
    return list(article.authors) or _NAMES.findall(article.body)


def _matches(pattern: re.Pattern[str]) -> Callable[[Article, Random, QueryCompiler], list[str]]:
    return lambda article, random, compiler: pattern.findall(article.body)


_PIECES: Mapping[str, Callable[[Article, Random, QueryCompiler], list[str]]] = {
    "substrings": _substrings,
    "words": _words,
    "names": _names,
    "numbers": _matches(_NUMBERS),
    "mixed": _matches(_MIXED),
}


def _scanned(engine: SearchEngine, samples: Sequence[_Sample]) -> list[set[str]]:
    """The articles in which each piece stands, by looking through all texts."""
    held: dict[str, set[str]] = {sample.run: set() for sample in samples}
    articles = engine.every()
    while batch := list(islice(articles, _BATCH)):
        texts = [_text_of(article) for article in batch]
        starts = list(accumulate(map(len, texts), initial=0))
        text = "".join(texts)
        for run, ids in held.items():
            ids.update(batch[n].id for n in _holding(text, starts, run))
    return [held[sample.run] for sample in samples]


def _text_of(article: Article) -> str:
    fields = (article.head, article.body, article.byline_text)
    return "".join(f"{_squeezed(field)}\n" for field in fields)


def _squeezed(text: str) -> str:
    """Text as it is compared, without white space; where that parts two numbers, a mark instead."""
    return "".join(_PARTED.sub("\0", fold(text)).split())


def _holding(text: str, starts: Sequence[int], run: str) -> Iterator[int]:
    """The articles, by their place, in whose part of the text a run stands whole."""
    at = text.find(run)
    while at >= 0:
        if not (_goes_on(text[at - 1 : at], run[0]) or _goes_on(run[-1], text[at + len(run)])):
            article = bisect_right(starts, at) - 1
            yield article
            at = starts[article + 1] - 1
        at = text.find(run, at + 1)


def _goes_on(one: str, other: str) -> bool:
    """Whether two characters belong to one run of letters or of digits."""
    both = one + other
    return len(both) == 2 and both.isascii() and (both.isalpha() or both.isdigit())


@dataclass(frozen=True, slots=True)
class Impact:
    """In how many of `articles` the words differ; those that come and go, with their articles."""

    articles: int
    changed: int
    gained: tuple[tuple[str, int], ...]
    lost: tuple[tuple[str, int], ...]


def check(folder: Path) -> tuple[list[Reject], list[Reject]]:
    """The lines of a folder's dictionaries that cannot be read, and those that change nothing.

    Raises BadSetting where a file is no UTF-8.
    """
    dictionaries = Dictionaries.kept(folder)
    return list(dictionaries.faults()), list(dictionaries.idle())


def impact(engine: SearchEngine, folder: Path) -> Impact:
    """Cuts every live article as it was indexed and with the dictionaries of a folder; compares.

    Raises BadSetting where these have a fault.
    """
    before, after = engine.dictionaries.analyser(), Dictionaries.read(folder).analyser()
    gained, lost = Counter[str](), Counter[str]()
    articles = changed = 0
    for text in _texts(engine):
        articles += 1
        old, new = _cut(before, text), _cut(after, text)
        if old != new:
            changed += 1
            gained.update(set(new) - set(old))
            lost.update(set(old) - set(new))
    return Impact(articles, changed, _ordered(gained), _ordered(lost))


def _texts(engine: SearchEngine) -> Iterator[str]:
    return (f"{article.head}\n{article.body}" for article in engine.every())


def _cut(analyser: Analyser, text: str) -> Counter[str]:
    return Counter(analyser.search_words(text))


def _ordered(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
