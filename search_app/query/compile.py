"""From what was typed to the tree that engines answer, with its explanation.

Alternatives, relaxation and ranking are decided here, by the words and symbols of each chunk.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from search_app.analysis.words import Analyser, Word, is_han, is_punctuation, trim
from search_app.errors import BadQuery
from search_app.model import Match
from search_app.query.parse import parse
from search_app.query.syntax import Both, Chunk, Dates, Either, Negative, Part, Typed, Value
from search_app.query.tree import And, Dated, Node, Not, Or, Query, Quorum, Ranking, Run, Valued
from search_app.text.fold import simplify
from search_app.text.symbols import symbols

MAX_LENGTH = 200
# Some characters stand for many (U+FDFA for 18): what they stand for is limited too.
LONGEST_FOLDED = 400
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query ready to run, how it was understood, and the runs to mark in what it finds."""

    query: Query
    chunks: tuple[str, ...]
    words: tuple[str, ...]
    marks: tuple[Run, ...]

    @property
    def unrelaxed(self) -> Query:
        """The query as it is where nothing weaker may be added."""
        return replace(self.query, quorum=None)


class QueryCompiler:
    """Compiles queries with one analyser; it keeps nothing between two of them."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser

    def compile(self, q: str, match: Match) -> Compiled:
        """Compiles a query; raises BadQuery where it has nothing positive to search for."""
        _check(q)
        if match == "word":
            raise BadQuery("match=word is not available yet; use smart or exact", "match")
        typed = parse(q)
        for weak in (False, True):
            compiled = _Compilation(self._analyser, match, weak).run(typed)
            if compiled is not None:
                return compiled
        raise BadQuery("the query has nothing to search for; give at least one word")


def _check(q: str) -> None:
    if len(q) > MAX_LENGTH:
        raise BadQuery(f"the query has {len(q)} characters; at most {MAX_LENGTH} are searched for")
    if len(simplify(q)) > LONGEST_FOLDED:
        raise BadQuery("the query stands for too many characters; make it shorter")
    if _CONTROL.search(q):
        raise BadQuery("the query holds control characters; leave them out")


@dataclass(frozen=True, slots=True)
class _Compilation:
    """One try: with `weak`, chunks of stop words alone count too."""

    analyser: Analyser
    match: Match
    weak: bool
    # A chunk is asked about for `strict`, `exact`, the marks and the ranking.
    known: dict[tuple[Chunk, Match, bool], tuple[Run, ...]] = field(default_factory=dict)

    def run(self, typed: Typed) -> Compiled | None:
        leaves = list(_positive_leaves(typed.part))
        positive = [c for c in leaves if isinstance(c, Chunk) and self._runs(c, self.match)]
        strict = self._node(typed.part, self.match)
        if strict is None or not (positive or any(not isinstance(c, Chunk) for c in leaves)):
            return None
        exact = self._node(typed.part, "exact") or Or(())
        marks = tuple(dict.fromkeys(w for c in positive for w in self._runs(c, self.match)))
        query = Query(
            strict=strict,
            exact=exact,
            ranking=self._ranking(positive, marks),
            runs_first=typed.plain and _is_bare(typed.part),
            quorum=self._quorum(typed) if typed.plain and self.match == "smart" else None,
        )
        words = tuple(dict.fromkeys("".join(run.symbols) for run in marks))
        return Compiled(query, tuple(_shown(c) for c in positive), words, marks)

    def _node(self, part: Part, match: Match, negative: bool = False) -> Node | None:
        """The part as a tree; None where nothing is left of it."""
        if isinstance(part, Chunk):
            runs = self._runs(part, match, negative)
            return None if not runs else runs[0] if len(runs) == 1 else And(runs)
        if isinstance(part, Value):
            return Valued(part.key, symbols(part.text))
        if isinstance(part, Dates):
            return Dated(part.low, part.high)
        if isinstance(part, Negative):
            inner = self._node(part.part, match, negative=True)
            return None if inner is None else Not(inner)
        nodes = tuple(n for n in (self._node(p, match) for p in part.parts) if n is not None)
        if len(nodes) <= 1:
            return nodes[0] if nodes else None
        return And(nodes) if isinstance(part, Both) else Or(nodes)

    def _runs(self, chunk: Chunk, match: Match, negative: bool = False) -> tuple[Run, ...]:
        """The runs that must all occur for a chunk to match; none where it does not count."""
        key = (chunk, match, negative)
        if key not in self.known:
            self.known[key] = self._cut(chunk, match, negative)
        return self.known[key]

    def _cut(self, chunk: Chunk, match: Match, negative: bool) -> tuple[Run, ...]:
        if not self._counts(chunk, negative):
            return ()
        whole = symbols(chunk.text if chunk.quoted else trim(chunk.text))
        if chunk.quoted or match == "exact":
            return (Run(whole, chunk.field),)
        words = self.analyser.required_words(chunk.text) or [whole]
        return tuple(Run(word, chunk.field) for word in words)

    def _counts(self, chunk: Chunk, negative: bool) -> bool:
        """Whether a chunk is searched for: not punctuation alone, stop words only if `weak`."""
        if chunk.quoted:
            return bool(symbols(chunk.text))
        if self.analyser.required_words(chunk.text):
            return True
        return (self.weak or negative) and not is_punctuation(symbols(trim(chunk.text)))

    def _ranking(self, positive: list[Chunk], near: tuple[Run, ...]) -> Ranking:
        words = [w for c in positive for w in self._ranking_words(c)]
        pairs = [pair for c in positive for pair in _han_pairs(symbols(c.text))]
        return Ranking(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(pairs)), near)

    def _ranking_words(self, chunk: Chunk) -> list[str]:
        words = list(self.analyser.ranking_words(chunk.text))
        return words or list(self.analyser.search_words(chunk.text))

    def _quorum(self, typed: Typed) -> Quorum | None:
        """What may be weakened: the unquoted chunks without a field; the rest stays firm."""
        parts = [p for b in _either_parts(typed.part) for p in _both_parts(b)]
        loose = [p for p in parts if isinstance(p, Chunk) and not p.quoted and p.field is None]
        firm = Both(tuple(p for p in parts if p not in loose))
        words = [w for chunk in loose for w in self.analyser.required_words(chunk.text)]
        if not words:
            return None
        node = self._node(firm, self.match)
        return Quorum(node or And(()), tuple(Run(w) for w in dict.fromkeys(words)))


def _positive_leaves(part: Part) -> Iterator[Chunk | Value | Dates]:
    if isinstance(part, Chunk | Value | Dates):
        yield part
    elif not isinstance(part, Negative):
        for inner in part.parts:
            yield from _positive_leaves(inner)


def _either_parts(part: Part) -> tuple[Part, ...]:
    return part.parts if isinstance(part, Either) else (part,)


def _both_parts(part: Part) -> tuple[Part, ...]:
    return part.parts if isinstance(part, Both) else (part,)


def _is_bare(part: Part) -> bool:
    """Whether a query is one or more unquoted chunks and nothing else."""
    chunks = [p for b in _either_parts(part) for p in _both_parts(b)]
    return all(isinstance(c, Chunk) and not c.quoted and c.field is None for c in chunks)


def _han_pairs(word: Word) -> Iterator[tuple[str, str]]:
    return (pair for pair in itertools.pairwise(word) if all(map(is_han, pair)))


def _shown(chunk: Chunk) -> str:
    return chunk.text if chunk.quoted else trim(chunk.text) or chunk.text
