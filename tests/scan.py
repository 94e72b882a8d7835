"""A plain scan over the texts: the simplest engine there is.

It is the example to copy for another engine, and the oracle that faster ones are tested against;
it shares no code with them but the constants and formulas of `ranking`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from whoosh.util.numeric import byte_to_length, length_to_byte

from search_app.analysis.dictionaries import NO_DICTIONARIES
from search_app.analysis.names import LetterTable, Names, find_names
from search_app.analysis.pinyin import begins_to_sound, letters_of, pinyin
from search_app.analysis.segmenter import LONGEST_PIECE, ChineseSegmenter, RjiebaSegmenter
from search_app.analysis.words import Analyser
from search_app.engine.base import (
    Completion,
    HistogramUnit,
    Labels,
    RankedArticle,
    SearchResult,
    TextKind,
    Window,
)
from search_app.engine.columns import date_number, facet_values
from search_app.engine.ranking import (
    ENOUGH,
    HEAD_BOOST,
    K1,
    MOST_EXPANSIONS,
    NEAR_BEST,
    NEAR_SYMBOLS,
    NEAR_WEIGHT,
    PAIR_WEIGHT,
    QUORUM,
    SCORE_UNITS,
    B,
    idf,
    share_weight,
    stand_ins,
)
from search_app.engine.suggested import VALUES, is_suggested, least
from search_app.errors import BadQuery, MovedArticle, UnknownArticle, WithdrawnArticle
from search_app.model import Article, Counts, IndexStatus, ValueField
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
from search_app.text.fold import fold, simplify
from search_app.text.symbols import symbols

Ids = frozenset[str]
T = TypeVar("T")
_DATE_LENGTHS: Mapping[HistogramUnit, int] = {"year": 4, "month": 7, "day": 10}
_BOOSTS: Mapping[TextField, float] = {"head": HEAD_BOOST, "body": 1.0}
Symbols = tuple[str, ...]
_HAN_PIECE = re.compile(f"[\u4e00-\u9fd5]{{1,{LONGEST_PIECE}}}")


class NamesAlone:
    """The names in one article at a time, by its words as strings."""

    def __init__(self, segmenter: ChineseSegmenter) -> None:
        self._words = segmenter.words
        self._letters = LetterTable(segmenter)

    def __call__(self, article: Article) -> Names:
        """The names in head and body."""
        return self._in_text(article.head).then(self._in_text(article.body))

    def _in_text(self, text: str) -> Names:
        words: list[str] = []
        end = -1
        for piece in _HAN_PIECE.finditer(simplify(text)):
            if end >= 0:
                gap = piece.string[end : piece.start()]
                if len(gap) != 1:
                    gap = " " if gap and not gap.strip(" \t") else "."
                words.append(gap)
            words += self._words(piece.group())
            end = piece.end()
        letters = "".join(map(self._letters.__getitem__, words))
        return find_names(letters, [0], lambda start, end: "".join(words[start:end]))[0]


names_alone = NamesAlone(RjiebaSegmenter())


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
    earliest first, `aliases` ids that articles had before, `withdrawn` ids with the reason: facts
    that an index finds when it is built. It knows articles by their ids and by nothing else.
    """

    generation = edition = "scan"
    dictionaries = NO_DICTIONARIES

    def __init__(
        self,
        articles: Iterable[Article],
        analyser: Analyser,
        counted: Iterable[Article] = (),
        reprints: Iterable[Sequence[str]] = (),
        aliases: Mapping[str, str] = MappingProxyType({}),
        withdrawn: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._aliases, self._withdrawn = aliases, withdrawn
        self._articles = {article.id: article for article in articles}
        self._names = {i: names_alone(a) for i, a in self._articles.items()}
        self._texts = {i: _texts(article, analyser) for i, article in self._articles.items()}
        gone = [_texts(article, analyser) for article in counted]
        self._counted = [*self._texts.values(), *gone]
        self._every = frozenset(self._articles)
        self._clusters = {i: cluster for cluster in reprints for i in cluster}
        self.size = len(self._articles)

    def articles(self, ids: Sequence[str], longest: int | None = None) -> list[Article]:
        """The articles with these ids, in this order; raises UnknownArticle."""
        articles = [self.article(article_id) for article_id in ids]
        for n, article in enumerate(articles):
            if longest is not None and len(article.body) > longest:
                articles[n] = replace(article, body=article.body[:longest], printed=None)
        return articles

    def article(self, article_id: str) -> Article:
        """The article with this id; raises UnknownArticle, WithdrawnArticle, MovedArticle."""
        if article_id in self._articles:
            return self._articles[article_id]
        current = self._aliases.get(article_id, "")
        for withdrawn in (article_id, current):
            if withdrawn in self._withdrawn:
                raise WithdrawnArticle(self._withdrawn[withdrawn])
        if current:
            raise MovedArticle(current)
        raise UnknownArticle(f"no article has the id {article_id!r}")

    def labels(self, article_id: str) -> Labels:
        """Who is named in an article, and how many say the same; raises UnknownArticle."""
        names = self._names[self.article(article_id).id]
        return Labels(names.people, names.organisations, self._others(article_id))

    def reprints(self, article_id: str, most: int) -> list[str]:
        """The other articles that say the same as this one, as they were given."""
        cluster = self._clusters.get(self.article(article_id).id, ())
        return [other for other in cluster if other != article_id][:most]

    def _others(self, article_id: str) -> int:
        return len(self._clusters.get(article_id, (article_id,))) - 1

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """In how many articles each word stands, in head or body."""
        counters = [[text[f].words for f in _BOOSTS] for text in self._texts.values()]
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

    def titles_sounding(self, letters: str, most: int) -> list[str]:
        """The articles whose titles begin to sound so, the newest first, then by id."""
        sounding = []
        for article in self._articles.values():
            if not article.title_is_derived and begins_to_sound(fold(article.title), letters):
                sounding.append((-date_number(article.date), article.id))
        return [article_id for _, article_id in sorted(sounding)][:most]

    def _completions(self) -> list[Completion]:
        """Every word that is frequent enough, and every name."""
        counts: dict[str, tuple[int, TextKind]] = {}
        for field in _BOOSTS:
            held = Counter(w for text in self._texts.values() for w in text[field].words)
            for word, count in held.items():
                if count >= least(len(self._texts)) and is_suggested(word):
                    counts[word] = max(counts.get(word, (0, "phrase")), (count, "phrase"))
        for name, kind in VALUES.items():
            values = Counter(v for i in self._every for v in self._values(i, name))
            for value, count in values.items():
                counts[value] = max(count, counts.get(value, (0, kind))[0]), kind
        return [Completion(text, kind, count) for text, (count, kind) in counts.items()]

    def every(self) -> Iterator[Article]:
        """All articles."""
        return iter(self._articles.values())

    def status(self) -> IndexStatus:
        """How many articles there are; nothing was built and nothing rejected."""
        doubtful = sum(article.is_doubtful for article in self.every())
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
        start = self._start(window, left)
        ranked = left[start : start + window.limit]
        has_more = ranked and ranked != left[start:]
        words = query.quorum.words if query.quorum else ()
        dropped = words if added & passed else ()
        asked = window.in_words and query.word
        whole = full & self._evaluate(asked) if asked else full
        return SearchResult(
            total=len(matches),
            total_strict=len(full),
            total_exact=len(runs),
            ranked=tuple(ranked),
            total_word=len(whole) if 2 * len(whole) < len(full) else None,
            dropped=tuple(w.symbols for w in dropped if (added & passed) - self._leaf(w)),
            stand_ins=tuple(run for run in weights if added and run not in words),
            total_collapsed=len(left) if window.collapse else None,
            strict_collapsed=sum(r.id in full for r in left) if window.collapse else None,
            facets=tuple((f, self._facet(f, window, strict | added)) for f in window.facets),
            histogram=self._histogram(matches, window.histogram) if window.histogram else (),
            mark=_mark_of(ranked[-1].id) if has_more else None,
        )

    def _start(self, window: Window, order: Sequence[RankedArticle]) -> int:
        """How many stand before the window: up to the article whose mark it goes on from."""
        if window.after is None:
            return window.offset
        marks = [_mark_of(ranked.id) for ranked in order]
        if window.after not in marks:
            raise BadQuery("is no mark of this result", "cursor")
        return marks.index(window.after) + 1

    def totals(self, queries: Sequence[Query], window: Window) -> list[SearchResult]:
        """Counts the matches of several queries; of one that is refused there are none."""
        results = []
        for query in queries:
            try:
                results.append(self.search(query, replace(window, offset=0, limit=0, after=None)))
            except BadQuery as refused:
                results.append(SearchResult(0, 0, 0, (), refused=refused))
        return results

    def counts(self, texts: Sequence[str]) -> list[int]:
        """How many articles hold each text as it is."""
        runs = map(symbols, texts)
        return [len(self._leaf(Run(run))) if run else 0 for run in runs]

    def walk(self, query: Query, window: Window) -> Iterator[RankedArticle]:
        """Every match once, in the window's order."""
        yield from self.search(query, replace(window, offset=0, limit=self.size, after=None)).ranked

    def _evaluate(self, node: Node) -> Ids:
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, Not):
            return self._every - self._evaluate(node.part)
        sets = [self._evaluate(part) for part in node.parts]
        return (
            self._every.intersection(*sets) if isinstance(node, And) else frozenset().union(*sets)
        )

    def _leaf(self, leaf: Leaf) -> Ids:
        if isinstance(leaf, Valued):
            return self._having(leaf.key, [leaf.symbols])
        if isinstance(leaf, Dated):
            return self._dated(leaf.low, leaf.high)
        fields = [leaf.field] if leaf.field else TEXT_FIELDS
        if isinstance(leaf, Prefix):
            self._check_expansions(leaf, fields)
        found = ((i, text[field]) for i, text in self._texts.items() for field in fields)
        return frozenset(i for i, text in found if _holds(text, leaf))

    def _check_expansions(self, prefix: Prefix, fields: Sequence[TextField]) -> None:
        for field in fields:
            met = {symbol for text in self._texts.values() for symbol in text[field].symbols}
            runs = {symbol for symbol in met if _begins(symbol, prefix.text)}
            if len(runs) > MOST_EXPANSIONS:
                raise BadQuery(
                    f"{prefix.text}* stands for over {MOST_EXPANSIONS} words; write more of it"
                )

    def _having(self, field: ValueField, wanted: Iterable[Symbols]) -> Ids:
        values = set(wanted)
        return frozenset(
            i for i in self._every if {symbols(v) for v in self._values(i, field)} & values
        )

    def _dated(self, low: str | None, high: str | None) -> Ids:
        dates = [(a.id, a.date) for a in self.every()]
        return frozenset(i for i, d in dates if d and (low or "") <= d <= (high or "9") + "\uffff")

    def _passing(self, window: Window, ignored: ValueField | None) -> Ids:
        """The articles that pass all filters but the one that is ignored."""
        found = self._every
        if window.date_from or window.date_to:
            found &= self._dated(window.date_from, window.date_to)
        for field, values in window.filters:
            if field != ignored:
                found &= self._having(field, map(symbols, values))
        return found

    def _relaxed(self, query: Query, strict: Ids) -> tuple[Ids, Mapping[Run, float]]:
        """The articles to add, and the runs whose weights brought them in."""
        if query.quorum is None or len(strict) >= ENOUGH:
            return frozenset(), {}
        words = query.quorum.words
        runs = [run for w in words for run in ([w] if self._leaf(w) else stand_ins(w))]
        weights = {run: self._weight(run) for run in runs if self._leaf(run)}
        least = QUORUM * sum(weights.values()) - 1e-9
        firm = self._evaluate(query.quorum.firm) if weights else frozenset()
        enough = {
            i for i in firm if sum(w for r, w in weights.items() if i in self._leaf(r)) >= least
        }
        return frozenset(enough) - strict, weights

    def _weight(self, run: Run) -> float:
        return share_weight(len(self._every), len(self._leaf(run)))

    def _ordered(
        self,
        query: Query,
        window: Window,
        matches: Ids,
        full: Ids,
        runs: Ids,
        weights: Mapping[Run, float],
    ) -> list[RankedArticle]:
        by_date = window.sort != "relevance"
        scores = {i: 0.0 if by_date else self._score(i, query.ranking) for i in matches}
        first = full if by_date or not query.runs_first else runs

        def place(i: str) -> tuple[int, int, int, str]:
            date = date_number(self._articles[i].date)
            newest = -date if window.sort != "oldest" else date or 10**9
            group = 0 if i in first & full else 1 if i in full else 2
            return group, -round(scores[i] * SCORE_UNITS), newest, i

        order = sorted(matches, key=place)
        if not by_date:
            best = order[:NEAR_BEST]
            near = {run: self._weight(run) for run in query.ranking.near if self._leaf(run)} | dict(
                weights
            )
            scores |= {i: scores[i] * (1 + NEAR_WEIGHT * self._nearness(i, near)) for i in best}
            order[:NEAR_BEST] = sorted(best, key=place)
        rounded = {i: round(score * SCORE_UNITS) / SCORE_UNITS for i, score in scores.items()}
        return [RankedArticle(i, rounded[i], self._others(i)) for i in order]

    def _collapsed(self, order: Iterable[RankedArticle]) -> list[RankedArticle]:
        """The first one of each cluster."""
        first: dict[str, RankedArticle] = {}
        for ranked in order:
            first.setdefault(self._clusters.get(ranked.id, [ranked.id])[0], ranked)
        return list(first.values())

    def _score(self, article_id: str, ranking: Ranking) -> float:
        """Σ over head and body of boost × (BM25 of the words + 0.6 × BM25 of the pairs)."""
        score, texts = 0.0, self._texts[article_id]
        for name, boost in _BOOSTS.items():
            words = [text[name].words for text in self._counted]
            pairs = [text[name].pairs for text in self._counted]
            score += boost * _bm25_of(words, texts[name].words, ranking.words)
            score += boost * PAIR_WEIGHT * _bm25_of(pairs, texts[name].pairs, ranking.pairs)
        return score

    def _nearness(self, article_id: str, weights: Mapping[Run, float]) -> float:
        """The largest share by weight of the runs inside so many symbols of one field."""
        best = 0.0
        for field, text in self._texts[article_id].items():
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

    def _facet(self, field: ValueField, window: Window, found: Ids) -> tuple[tuple[str, int], ...]:
        passed = found & self._passing(window, field)
        counts = Counter(v for i in passed for v in set(self._values(i, field)))
        return tuple(sorted(counts.items(), key=lambda c: (-c[1], c[0]))[: window.facet_limit])

    def _values(self, article_id: str, field: ValueField) -> Iterable[str]:
        return facet_values(self._articles[article_id], field, self._names[article_id])

    def _histogram(self, found: Ids, unit: HistogramUnit) -> tuple[tuple[str, int], ...]:
        size = _DATE_LENGTHS[unit]
        dates = (self._articles[i].date or "" for i in found)
        return tuple(sorted(Counter(date[:size] for date in dates if len(date) >= size).items()))


def _mark_of(article_id: str) -> str:
    """Where to go on behind an article."""
    return f"behind{article_id.encode().hex()}"


def _bm25_of(counters: Sequence[Counter[T]], counter: Counter[T], terms: Iterable[T]) -> float:
    """The BM25 of some terms in one of the texts that are counted here."""
    mean = sum(c.total() for c in counters) / len(counters)
    # Whoosh keeps a length in one byte, and so counts with what is left of it.
    length = byte_to_length(length_to_byte(counter.total()))
    score = 0.0
    for term in filter(counter.__contains__, terms):
        rarity = idf(len(counters), sum(term in c for c in counters))
        tf = counter[term]
        score += rarity * (tf * (K1 + 1)) / (tf + K1 * (1 - B + B * length / mean))
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
