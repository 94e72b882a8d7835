"""A plain scan over the texts: the simplest engine there is.

It is the example to copy for another engine, and the oracle that faster ones are tested against;
it shares no code with them but the constants and formulas of `ranking`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from whoosh.util.numeric import byte_to_length, length_to_byte

from search_app.analysis.dictionaries import NO_DICTIONARIES
from search_app.analysis.pinyin import begins_to_sound, letters_of, pinyin
from search_app.analysis.words import Analyser
from search_app.engine.base import (
    Completion,
    FacetField,
    RankedArticle,
    SearchResult,
    TextKind,
    Window,
)
from search_app.engine.columns import date_number, facet_values
from search_app.engine.ranking import (
    ENOUGH,
    HEAD_BOOST,
    MOST_EXPANSIONS,
    NEAR_BEST,
    NEAR_SYMBOLS,
    NEAR_WEIGHT,
    PAIR_WEIGHT,
    QUORUM,
    SCORE_UNITS,
    bm25,
    idf,
    share_weight,
    stand_ins,
)
from search_app.engine.suggested import VALUES, is_suggested, least
from search_app.errors import BadQuery, UnknownArticle
from search_app.model import Article, Counts, IndexStatus
from search_app.query.tree import (
    TEXT_FIELDS,
    And,
    Dated,
    Leaf,
    Near,
    Node,
    Not,
    Prefix,
    Query,
    Ranking,
    Run,
    TextField,
    Valued,
)
from search_app.text.fold import fold
from search_app.text.symbols import symbols

Numbers = frozenset[int]
T = TypeVar("T")
_BOOSTS: Mapping[TextField, float] = {"head": HEAD_BOOST, "body": 1.0}
Symbols = tuple[str, ...]


class _Text:
    """One field of an article: its symbols, the edges of its words, and the terms of its score."""

    def __init__(self, text: str, analyser: Analyser) -> None:
        self.symbols = symbols(text)
        self.starts, self.ends = analyser.word_edges(text)
        self.words = Counter(analyser.search_words(text))
        self.pairs = Counter(pairwise((*self.symbols, "")))

    def places(self, run: Symbols, whole: bool = False) -> list[int]:
        """Where the run begins, in symbols."""
        last = len(run) - 1
        found = (
            i for i in range(len(self.symbols) - last) if self.symbols[i : i + last + 1] == run
        )
        return [i for i in found if not whole or (i in self.starts and i + last in self.ends)]


class ScanEngine:
    """Holds every article in memory and reads all of them for each query.

    `counted` are articles that are gone but still count in the statistics of scores, as an index
    keeps them until it is built anew. `reprints` are ids of articles that say the same, the
    earliest first, `aliases` ids that articles had before: both are facts that an index finds when
    it is built.
    """

    generation = "scan"
    dictionaries = NO_DICTIONARIES

    def __init__(
        self,
        articles: Iterable[Article],
        analyser: Analyser,
        counted: Iterable[Article] = (),
        reprints: Iterable[Sequence[str]] = (),
        aliases: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._aliases = aliases
        self._articles = list(articles)
        self._numbers = {article.id: n for n, article in enumerate(self._articles)}
        self._names = [analyser.names(a) for a in self._articles]
        self._texts = [_texts(article, analyser) for article in self._articles]
        self._counted = [*self._texts, *(_texts(article, analyser) for article in counted)]
        self._every = frozenset(range(len(self._articles)))
        clusters = [[self._numbers[article_id] for article_id in ids] for ids in reprints]
        self._clusters = {number: cluster for cluster in clusters for number in cluster}

    def articles(self, numbers: Sequence[int]) -> list[Article]:
        """The articles with these numbers, in this order."""
        return [self._articles[n] for n in numbers]

    def article(self, article_id: str) -> Article:
        """The article with this id; raises UnknownArticle."""
        return self._articles[self.number(article_id)]

    def number(self, article_id: str) -> int:
        """The number of the article with this id; raises UnknownArticle."""
        if article_id not in self._numbers:
            raise UnknownArticle(f"no article has the id {article_id!r}")
        return self._numbers[article_id]

    def alias_of(self, article_id: str) -> str | None:
        """The id that stands for this one, as it was given."""
        return self._aliases.get(article_id)

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """In how many articles each word stands, in head or body."""
        counters = [[text[field].words for field in _BOOSTS] for text in self._texts]
        return [sum(any(word in c for c in both) for both in counters) for word in words]

    def completions(self, typed: str, most: int) -> list[Completion]:
        """Words and names that begin with what was typed, or sound so; it knows no phrases."""
        folded, letters = fold(typed), letters_of(typed)
        found = (
            c
            for c in self._completions()
            if fold(c.text).startswith(folded)
            or (letters and begins_to_sound(fold(c.text), letters))
        )
        return sorted(found, key=lambda c: (-c.weight, c.text))[:most]

    def homophones(self, text: str) -> list[Completion]:
        """Words and names that sound exactly as this one."""
        sound = pinyin(fold(text))
        found = (c for c in self._completions() if pinyin(fold(c.text)) == sound)
        return sorted(found, key=lambda c: (-c.weight, c.text))

    def titles_sounding(self, letters: str, most: int) -> list[int]:
        """The newest articles whose titles begin to sound so."""
        printed = ((n, a) for n, a in enumerate(self._articles) if not a.title_is_derived)
        found = [(n, a.date or "") for n, a in printed if begins_to_sound(fold(a.title), letters)]
        return [n for n, _ in sorted(found, key=lambda f: f[1], reverse=True)][:most]

    def _completions(self) -> list[Completion]:
        """Every word that is frequent enough, and every name."""
        counts: dict[str, tuple[int, TextKind]] = {}
        for field in _BOOSTS:
            held = Counter(w for text in self._texts for w in text[field].words)
            for word, count in held.items():
                if count >= least(len(self._texts)) and is_suggested(word):
                    counts[word] = max(counts.get(word, (0, "phrase")), (count, "phrase"))
        for name, kind in VALUES.items():
            values = Counter(v for n in self._every for v in self._values(n, name))
            for value, count in values.items():
                counts[value] = max(count, counts.get(value, (0, kind))[0]), kind
        return [Completion(text, kind, count) for text, (count, kind) in counts.items()]

    def reprints(self, number: int) -> list[int]:
        """The other articles that say the same as this one, as they were given."""
        return [other for other in self._clusters.get(number, ()) if other != number]

    def every(self) -> Iterator[tuple[int, Article]]:
        """All articles, with their numbers."""
        return enumerate(self._articles)

    def status(self) -> IndexStatus:
        """How many articles there are; nothing was built and nothing rejected."""
        doubtful = sum(article.is_doubtful for article in self._articles)
        counts = Counts(indexed=len(self._articles), doubtful=doubtful)
        return IndexStatus.of(counts, generation=self.generation, engine="scan")

    def search(self, query: Query, window: Window) -> SearchResult:
        """Every match counted, those of the window ranked."""
        strict, exact = self._evaluate(query.strict), self._evaluate(query.exact)
        added, weights = self._relaxed(query, strict)
        passed = self._passing(window, None)
        full, runs = strict & passed, exact & passed
        matches = full | (added & passed)
        order = self._ordered(query, window, matches, full, runs, weights)
        left = self._collapsed(order) if window.collapse else order
        words = query.quorum.words if query.quorum and added & passed else ()
        asked = window.in_words and query.word
        whole = full & self._evaluate(asked) if asked else full
        return SearchResult(
            total=len(matches),
            total_strict=len(full),
            total_exact=len(runs),
            ranked=tuple(left[window.offset : window.offset + window.limit]),
            total_word=len(whole) if 2 * len(whole) < len(full) else None,
            dropped=tuple(w.symbols for w in words if (added & passed) - self._leaf(w)),
            stand_ins=tuple(run for run in weights if added and run not in words),
            total_collapsed=len(left) if window.collapse else None,
            strict_collapsed=sum(r.number in full for r in left) if window.collapse else None,
            facets=tuple((f, self._facet(f, window, strict | added)) for f in window.facets),
            histogram=self._histogram(matches) if window.histogram else (),
        )

    def _evaluate(self, node: Node) -> Numbers:
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, Not):
            return self._every - self._evaluate(node.part)
        sets = [self._evaluate(part) for part in node.parts]
        return (
            self._every.intersection(*sets) if isinstance(node, And) else frozenset().union(*sets)
        )

    def _leaf(self, leaf: Leaf) -> Numbers:
        if isinstance(leaf, Valued):
            return self._having(leaf.key, [leaf.symbols])
        if isinstance(leaf, Dated):
            return self._dated(leaf.low, leaf.high)
        fields = [leaf.field] if leaf.field else TEXT_FIELDS
        if isinstance(leaf, Prefix):
            self._check_expansions(leaf, fields)
        found = ((n, text[field]) for n, text in enumerate(self._texts) for field in fields)
        return frozenset(n for n, text in found if _holds(text, leaf))

    def _check_expansions(self, prefix: Prefix, fields: Sequence[TextField]) -> None:
        for field in fields:
            runs = {
                s for text in self._texts for s in text[field].symbols if _begins(s, prefix.text)
            }
            if len(runs) > MOST_EXPANSIONS:
                raise BadQuery(
                    f"{prefix.text}* stands for over {MOST_EXPANSIONS} words; write more of it"
                )

    def _having(self, field: FacetField, wanted: Iterable[Symbols]) -> Numbers:
        values = set(wanted)
        return frozenset(
            n for n in self._every if {symbols(v) for v in self._values(n, field)} & values
        )

    def _dated(self, low: str | None, high: str | None) -> Numbers:
        dates = enumerate(a.date for a in self._articles)
        return frozenset(n for n, d in dates if d and (low or "") <= d <= (high or "9") + "\uffff")

    def _passing(self, window: Window, ignored: FacetField | None) -> Numbers:
        """The articles that pass all filters but the one that is ignored."""
        found = self._every
        if window.date_from or window.date_to:
            found &= self._dated(window.date_from, window.date_to)
        for field, values in window.filters:
            if field != ignored:
                found &= self._having(field, map(symbols, values))
        return found

    def _relaxed(self, query: Query, strict: Numbers) -> tuple[Numbers, Mapping[Run, float]]:
        """The articles to add, and the runs whose weights brought them in."""
        if query.quorum is None or len(strict) >= ENOUGH:
            return frozenset(), {}
        words = query.quorum.words
        runs = [run for w in words for run in ([w] if self._leaf(w) else stand_ins(w))]
        weights = {run: self._weight(run) for run in runs if self._leaf(run)}
        least = QUORUM * sum(weights.values()) - 1e-9
        firm = self._evaluate(query.quorum.firm) if weights else frozenset()
        enough = {
            n for n in firm if sum(w for r, w in weights.items() if n in self._leaf(r)) >= least
        }
        return frozenset(enough) - strict, weights

    def _weight(self, run: Run) -> float:
        return share_weight(len(self._every), len(self._leaf(run)))

    def _ordered(
        self,
        query: Query,
        window: Window,
        matches: Numbers,
        full: Numbers,
        runs: Numbers,
        weights: Mapping[Run, float],
    ) -> list[RankedArticle]:
        by_date = window.sort != "relevance"
        scores = {n: 0.0 if by_date else self._score(n, query.ranking) for n in matches}
        first = full if by_date or not query.runs_first else runs

        def place(n: int) -> tuple[int, int, int, str]:
            date = date_number(self._articles[n].date)
            newest = -date if window.sort != "oldest" else date or 10**9
            group = 0 if n in first & full else 1 if n in full else 2
            return group, -round(scores[n] * SCORE_UNITS), newest, self._articles[n].id

        order = sorted(matches, key=place)
        if not by_date:
            best = order[:NEAR_BEST]
            near = {run: self._weight(run) for run in query.ranking.near if self._leaf(run)} | dict(
                weights
            )
            scores |= {n: scores[n] * (1 + NEAR_WEIGHT * self._nearness(n, near)) for n in best}
            order[:NEAR_BEST] = sorted(best, key=place)
        return [RankedArticle(n, round(scores[n] * SCORE_UNITS) / SCORE_UNITS) for n in order]

    def _collapsed(self, order: Iterable[RankedArticle]) -> list[RankedArticle]:
        """The first one of each cluster."""
        first: dict[int, RankedArticle] = {}
        for ranked in order:
            first.setdefault(self._clusters.get(ranked.number, [ranked.number])[0], ranked)
        return list(first.values())

    def _score(self, number: int, ranking: Ranking) -> float:
        """Σ over head and body of boost × (BM25 of the words + 0.6 × BM25 of the pairs)."""
        score = 0.0
        for name, boost in _BOOSTS.items():
            words = [text[name].words for text in self._counted]
            pairs = [text[name].pairs for text in self._counted]
            score += boost * _bm25_of(words, number, ranking.words)
            score += boost * PAIR_WEIGHT * _bm25_of(pairs, number, ranking.pairs)
        return score

    def _nearness(self, number: int, weights: Mapping[Run, float]) -> float:
        """The largest share by weight of the runs inside so many symbols of one field."""
        best = 0.0
        for field, text in self._texts[number].items():
            places = {
                run: text.places(run.symbols, run.whole)
                for run in weights
                if run.field in (None, field)
            }
            for start in {place for found in places.values() for place in found}:
                ends = {r: start + NEAR_SYMBOLS - len(r.symbols) for r in places}
                inside = (
                    r for r, found in places.items() if any(start <= p <= ends[r] for p in found)
                )
                best = max(best, sum(weights[run] for run in inside))
        return best / sum(weights.values()) if weights else 0.0

    def _facet(
        self, field: FacetField, window: Window, found: Numbers
    ) -> tuple[tuple[str, int], ...]:
        passed = found & self._passing(window, field)
        counts = Counter(v for n in passed for v in set(self._values(n, field)))
        return tuple(sorted(counts.items(), key=lambda c: (-c[1], c[0]))[: window.facet_limit])

    def _values(self, number: int, field: FacetField) -> Iterable[str]:
        article = self._articles[number]
        if field == "year":
            return [article.date[:4]] if article.date else []
        return facet_values(article, field, self._names[number])

    def _histogram(self, found: Numbers) -> tuple[tuple[str, int], ...]:
        dates = (self._articles[n].date or "" for n in found)
        return tuple(sorted(Counter(date[:7] for date in dates if len(date) >= 7).items()))


def _bm25_of(counters: Sequence[Counter[T]], number: int, terms: Iterable[T]) -> float:
    """The BM25 of some terms in one of the texts that are counted here."""
    counter = counters[number]
    mean = sum(c.total() for c in counters) / len(counters)
    # Whoosh keeps a length in one byte, and so counts with what is left of it.
    length = byte_to_length(length_to_byte(counter.total()))
    score = 0.0
    for term in filter(counter.__contains__, terms):
        rarity = idf(len(counters), sum(term in c for c in counters))
        score += bm25(rarity, counter[term], length, mean)
    return score


def _texts(article: Article, analyser: Analyser) -> dict[TextField, _Text]:
    parts: dict[TextField, str] = {
        "head": article.head,
        "body": article.body,
        "byline": article.byline_text,
    }
    return {field: _Text(text, analyser) for field, text in parts.items()}


def _holds(text: _Text, leaf: Run | Near | Prefix) -> bool:
    if isinstance(leaf, Run):
        return bool(text.places(leaf.symbols, leaf.whole))
    if isinstance(leaf, Prefix):
        return any(_begins(symbol, leaf.text) for symbol in text.symbols)
    return any(
        _between(text, *two) <= leaf.gap for two in ((leaf.one, leaf.other), (leaf.other, leaf.one))
    )


def _between(text: _Text, left: Symbols, right: Symbols) -> float:
    """The fewest symbols between an end of the left run and a beginning of the right one."""
    gaps = (b - a - len(left) for a in text.places(left) for b in text.places(right))
    return min((gap for gap in gaps if gap >= 0), default=float("inf"))


def _begins(symbol: str, prefix: str) -> bool:
    return symbol.startswith(prefix) and bool(re.fullmatch("[a-z]+|[0-9]+", symbol))
