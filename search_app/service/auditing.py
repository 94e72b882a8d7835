"""What an archive checks about its index: recall, and what other dictionaries would change."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from random import Random

from search_app.analysis.dictionaries import Dictionaries
from search_app.engine.base import SearchEngine, Window
from search_app.errors import BadQuery
from search_app.model import Article, Reject
from search_app.query.compile import QueryCompiler
from search_app.text.fold import fold

# Articles whose text is looked through at a time: one long text is searched faster than many.
_BATCH = 2_000
_HAN = "\u4e00-\u9fff"
_LONGEST_SUBSTRING = 16
# A query may have 200 characters, and the quotes around a substring count.
_LONGEST_TYPED = 190
_MOST_LISTED = 5
_QUOTES = frozenset('"“”「」『』')
_ASCII_RUN = re.compile(r"[A-Za-z0-9]+")
_HAN_RUN = re.compile(f"[{_HAN}]+")
_KINDS = ("substrings", "words", "names", "numbers", "mixed")
_TYPED = {"substrings": "“{}”"}
_PATTERNS = {
    "names": re.compile(
        f"(?:主席|总理|书记|部长|省长|市长|委员长|记者|教授|局长)([{_HAN}]{{2,3}})"
    ),
    "numbers": re.compile(r"[0-9]+(?:\.[0-9]+)?%?"),
    "mixed": re.compile(f"[{_HAN}]{{1,2}}[A-Za-z0-9]+[{_HAN}]{{1,2}}"),
}
# White space between two runs of letters, or of digits, that would be one without it.
_SEPARATING_SPACE = re.compile(r"(?<=[a-z])\s+(?=[a-z])|(?<=[0-9])\s+(?=[0-9])")


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
        if not self.held:
            return 1.0
        return self.found / self.held


# A piece of an article: its kind, the query for it, and what a scan of the texts looks for.
_Sample = tuple[str, str, str]


def recall(
    engine: SearchEngine, compiler: QueryCompiler, count: int, seed: int = 1
) -> list[Recall]:
    """Takes so many pieces of articles chosen at random, and says how many were found, by kind."""
    # What should be found a scan of all texts tells: it knows no index, it is what a reader does.
    samples = list(islice(_samples(engine, compiler, Random(seed), count), count))
    holding = _articles_holding(engine, samples)
    recalls = []
    for kind in _KINDS:
        queries = held = found = 0
        missed = []
        for of_kind, typed, squeezed in samples:
            if of_kind != kind:
                continue
            finding = set()
            with suppress(BadQuery):  # what cannot be asked for is not found
                query = compiler.compile(typed, "smart").unrelaxed
                finding = {ranked.id for ranked in engine.walk(query, Window(sort="newest"))}
            queries += 1
            held += len(holding[squeezed])
            found += len(holding[squeezed] & finding)
            if holding[squeezed] - finding:
                missed.append(typed)
        recalls.append(Recall(kind, queries, held, found, tuple(missed[:_MOST_LISTED])))
    return recalls


# Pieces of each kind in turn, of articles chosen at random; those of few articles again.
def _samples(
    engine: SearchEngine, compiler: QueryCompiler, random: Random, count: int
) -> Iterator[_Sample]:
    if not engine.size:
        return
    chosen = {random.randrange(engine.size) for _ in range(2 * count)}
    articles = [a for n, a in enumerate(engine.every()) if n in chosen]
    has_pieces = True
    while has_pieces:
        has_pieces = False
        random.shuffle(articles)
        for article in articles:
            for kind in _KINDS:
                pieces = list(filter(_squeezed, _pieces(kind, article, random, compiler)))
                if pieces:
                    has_pieces = True
                    piece = random.choice(pieces)
                    yield kind, _TYPED.get(kind, "{}").format(piece), _squeezed(piece)


# What an article has of a kind, or a part of that, to choose from.
def _pieces(kind: str, article: Article, random: Random, compiler: QueryCompiler) -> list[str]:
    if kind == "words":
        if not (runs := _HAN_RUN.findall(article.body)):
            return []
        return list(map("".join, compiler.words(random.choice(runs))))
    if kind == "names" and article.authors:
        return list(article.authors)
    if kind != "substrings":
        return _PATTERNS[kind].findall(article.body)
    # A range of head or body, whatever stands in it, that cuts no number or word of letters.
    text = random.choice((article.head, article.body, article.body)) or article.body
    start = random.randrange(len(text))
    end = min(len(text), start + random.randint(1, _LONGEST_SUBSTRING))
    for run in _ASCII_RUN.finditer(text):
        if run.start() < start < run.end():
            start = run.start()
        if run.start() < end < run.end():
            end = run.end()
    piece = text[start:end]
    if _QUOTES & set(piece) or len(piece) > _LONGEST_TYPED:
        return []
    return [piece]


# The ids of the articles in which each squeezed piece stands, by looking through all texts.
def _articles_holding(engine: SearchEngine, samples: Sequence[_Sample]) -> Mapping[str, set[str]]:
    holding: dict[str, set[str]] = {squeezed: set() for _, _, squeezed in samples}
    articles = engine.every()
    while batch := list(islice(articles, _BATCH)):
        texts = []
        for article in batch:
            fields = map(_squeezed, (article.head, article.body, article.byline_text))
            texts.append("\n".join([*fields, ""]))
        starts = list(accumulate(map(len, texts), initial=0))
        text = "".join(texts)
        for squeezed, ids in holding.items():
            for n in _texts_with(squeezed, text, starts):
                ids.add(batch[n].id)
    return holding


# Text as it is compared, without white space; where that parts two numbers, a mark instead.
def _squeezed(text: str) -> str:
    return "".join(_SEPARATING_SPACE.sub("\0", fold(text)).split())


# The numbers of the texts, which begin at `starts`, that hold a piece as whole runs.
def _texts_with(squeezed: str, text: str, starts: Sequence[int]) -> Iterator[int]:
    at = text.find(squeezed)
    while at >= 0:
        around = (text[at - 1 : at] + squeezed[0], squeezed[-1] + text[at + len(squeezed)])
        if any(map(_is_one_run, around)):
            at = text.find(squeezed, at + 1)
            continue
        n = bisect_right(starts, at) - 1
        yield n
        at = text.find(squeezed, starts[n + 1])


# Whether two characters side by side belong to one run of letters or of digits.
def _is_one_run(both: str) -> bool:
    return len(both) == 2 and both.isascii() and (both.isalpha() or both.isdigit())


@dataclass(frozen=True, slots=True)
class Impact:
    """In how many of `articles` the words differ; those that come and go, most frequent first."""

    articles: int
    changed: int
    gained: tuple[tuple[str, int], ...]
    lost: tuple[tuple[str, int], ...]


def check(folder: Path) -> tuple[list[Reject], list[Reject]]:
    """The lines of dictionaries that cannot be read, and idle ones; BadSetting for no UTF-8."""
    dictionaries = Dictionaries.kept(folder)
    return list(dictionaries.faults()), list(dictionaries.idle())


def impact(engine: SearchEngine, folder: Path) -> Impact:
    """Compares how live articles are cut and would be; BadSetting for a fault in the folder."""
    before, after = engine.dictionaries.analyser(), Dictionaries.read(folder).analyser()
    gained, lost = Counter[str](), Counter[str]()
    articles = changed = 0
    for article in engine.every():
        articles += 1
        text = f"{article.head}\n{article.body}"
        old, new = Counter(before.search_words(text)), Counter(after.search_words(text))
        if old != new:
            changed += 1
            gained.update(set(new) - set(old))
            lost.update(set(old) - set(new))
    ordered = []
    for counts in (gained, lost):
        ordered.append(tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))))
    return Impact(articles, changed, *ordered)
