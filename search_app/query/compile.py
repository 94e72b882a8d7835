"""From what was typed to the tree that engines answer, with its explanation.

Alternatives, relaxation and ranking are decided here, by the words and symbols of each chunk.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from search_app.analysis.dictionaries import Dictionaries, Synonyms
from search_app.analysis.names import Names
from search_app.analysis.words import Analyser, Word, is_han, is_punctuation, trim
from search_app.errors import BadQuery
from search_app.model import Article, Match
from search_app.query.alternatives import Alternatives, dotted
from search_app.query.parse import parse
from search_app.query.syntax import (
    AllOf,
    AnyOf,
    Chunk,
    DateRange,
    Expression,
    FieldValue,
    Leaf,
    Negation,
    ParsedQuery,
    Proximity,
    WordPrefix,
)
from search_app.query.tree import (
    And,
    Dated,
    Mark,
    Near,
    Node,
    Not,
    Or,
    Prefix,
    Query,
    Quorum,
    Ranking,
    Run,
    Valued,
)
from search_app.text.fold import fold, simplify
from search_app.text.numerals import has_numerals, in_arabic, in_han
from search_app.text.symbols import Edges, symbols

MAX_LENGTH = 200
# Some characters stand for many (U+FDFA for 18): what they stand for is limited too.
LONGEST_FOLDED = 400
# What of a query asks for text.
Textual = Chunk | Proximity | WordPrefix
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Group(NamedTuple):
    """Words of a chunk that must all occur, unless one of the other runs does."""

    runs: tuple[Run, ...]
    others: tuple[Run, ...] = ()


# What a chunk asks for: every one of its groups.
Reading = list[Group]


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query ready to run, how it was understood, and the runs to mark in what it finds.

    `alternatives` are other ways to write words, which match as well.
    """

    query: Query
    chunks: tuple[str, ...]
    words: tuple[str, ...]
    marks: tuple[Mark, ...]
    alternatives: tuple[str, ...] = ()

    @property
    def unrelaxed(self) -> Query:
        """The query as it is where nothing weaker may be added."""
        return replace(self.query, quorum=None)


class QueryCompiler:
    """Compiles queries with one analyser and one set of synonyms, added to the usual spellings."""

    def __init__(self, analyser: Analyser, synonyms: Iterable[Synonyms] = ()) -> None:
        self._analyser = analyser
        self._alternatives = Alternatives(analyser, synonyms)

    def using(self, dictionaries: Dictionaries) -> "QueryCompiler":
        """The compiler for an index that was built with these dictionaries."""
        return _compiler_of(dictionaries) if dictionaries else self

    def edges(self, text: str) -> Edges:
        """The symbols with which search words of a text begin, and those with which they end."""
        return self._analyser.word_edges(text)

    def ranking_words(self, text: str) -> Iterator[str]:
        """The words of a text that a score counts."""
        return self._analyser.ranking_words(text)

    def names(self, article: Article) -> Names:
        """The people and organisations in an article."""
        return self._analyser.names(article)

    def words(self, text: str) -> list[Word]:
        """The words that an unquoted chunk asks for, each as its symbols."""
        return self._analyser.required_words(text)

    def compile(self, q: str, match: Match) -> CompiledQuery:
        """Compiles a query; raises BadQuery where it has nothing positive to search for."""
        _check(q)
        typed = parse(q)
        for weak in (False, True):
            compiled = _Compilation(self._analyser, self._alternatives, match, weak).run(typed)
            if compiled is not None:
                return compiled
        raise BadQuery("the query has nothing to search for; give at least one word")


@lru_cache(maxsize=4)
def _compiler_of(dictionaries: Dictionaries) -> QueryCompiler:
    return QueryCompiler(dictionaries.analyser(), dictionaries.synonym_groups())


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
    alternatives: Alternatives
    match: Match
    weak: bool
    # A chunk is asked about for `strict`, `exact`, the marks and the ranking.
    known: dict[tuple[Chunk, Match, bool], tuple[Run, ...]] = field(default_factory=dict)
    read: dict[tuple[Run, ...], list[Reading]] = field(default_factory=dict)

    def run(self, typed: ParsedQuery) -> CompiledQuery | None:
        leaves = list(_positive_leaves(typed.part))
        texts = [c for c in leaves if isinstance(c, Textual) and self._marks(c)]
        chunks = [c for c in texts if isinstance(c, Chunk)]
        groups = [g for c in chunks for reading in self._readings(c, self.match) for g in reading]
        strict = self._node(typed.part, self.match)
        if strict is None or not (
            texts or any(isinstance(c, FieldValue | DateRange) for c in leaves)
        ):
            return None
        exact = self._node(typed.part, "exact") or Or(())
        marks = tuple(dict.fromkeys(mark for leaf in leaves for mark in self._marks(leaf)))
        read = dict.fromkeys(run for group in groups for run in (*group.runs, *group.others))
        others = tuple(run for run in read if run not in marks)
        near = tuple(mark for mark in marks if isinstance(mark, Run))
        query = Query(
            strict=strict,
            exact=exact,
            ranking=self._ranking(texts, near),
            runs_first=typed.plain and _is_bare(typed.part),
            quorum=self._quorum(typed) if typed.plain and self.match == "smart" else None,
            word=self._node(typed.part, "word") if self.match == "smart" else None,
        )
        words = tuple(dict.fromkeys(map(_word, marks)))
        shown = tuple(map(_shown, texts))
        typed_as = fold("\n".join(shown))
        alternatives = tuple(text for text in map(_word, others) if text not in typed_as)
        return CompiledQuery(query, shown, words, (*marks, *others), alternatives)

    def _marks(self, leaf: Leaf) -> tuple[Mark, ...]:
        """What of a leaf is marked where it was found."""
        if isinstance(leaf, Chunk):
            return self._runs(leaf, self.match)
        if isinstance(leaf, Proximity):
            return tuple(Run(symbols(piece), leaf.field) for piece in leaf.text.split())
        return (Prefix(leaf.text, leaf.field),) if isinstance(leaf, WordPrefix) else ()

    def _node(self, part: Expression, match: Match, negative: bool = False) -> Node | None:
        """The part as a tree; None where nothing is left of it."""
        if isinstance(part, Chunk):
            return self._chunk_node(part, match, negative)
        if isinstance(part, Proximity):
            one, other = map(symbols, part.text.split())
            return Near(one, other, part.gap, part.field)
        if isinstance(part, WordPrefix):
            return Prefix(part.text, part.field)
        if isinstance(part, FieldValue):
            return Valued(part.key, symbols(part.text))
        if isinstance(part, DateRange):
            return Dated(part.low, part.high)
        if isinstance(part, Negation):
            inner = self._node(part.part, match, negative=True)
            return None if inner is None else Not(inner)
        nodes = tuple(n for n in (self._node(p, match) for p in part.parts) if n is not None)
        if len(nodes) <= 1:
            return nodes[0] if nodes else None
        return And(nodes) if isinstance(part, AllOf) else Or(nodes)

    def _chunk_node(self, chunk: Chunk, match: Match, negative: bool) -> Node | None:
        runs = self._runs(chunk, match, negative)
        readings = self._readings(chunk, match, negative)
        nodes = tuple(_all_of(list(map(_any_of, reading))) for reading in readings)
        if not nodes:
            return _all_of(runs) if runs else None
        return nodes[0] if len(nodes) == 1 else Or(nodes)

    def _readings(self, chunk: Chunk, match: Match, negative: bool = False) -> list[Reading]:
        """The ways to read a chunk, as typed the first; none where there is but that one."""
        runs = self._runs(chunk, match, negative)
        if not runs or chunk.quoted or match == "exact":
            return []
        if runs not in self.read:
            self.read[runs] = self._reread(chunk, runs, match, negative)
        return self.read[runs]

    def _reread(
        self, chunk: Chunk, runs: tuple[Run, ...], match: Match, negative: bool
    ) -> list[Reading]:
        words, whole = [run.symbols for run in runs], symbols(trim(chunk.text))
        plain = [
            Group(runs[at : at + size], tuple(replace(runs[0], symbols=other) for other in others))
            for at, size, others in self.alternatives(words)
        ]
        names = [[Group((replace(runs[0], symbols=name),))] for name in dotted(whole)]
        numbered = self._numbered(chunk, match, negative)
        if numbered and [g.runs for g in numbered] == [g.runs for g in plain]:
            plain = [
                Group(a.runs, a.others + b.others) for a, b in zip(plain, numbered, strict=True)
            ]
            numbered = []
        several = names or numbered or any(group.others for group in plain)
        return [plain, *filter(None, [numbered]), *names] if several else []

    def _numbered(self, chunk: Chunk, match: Match, negative: bool) -> Reading:
        """A chunk with its numbers in Arabic numerals, or as Chinese ones; empty without any.

        Its words are those with Arabic numerals: jieba would take 二〇二四年 apart.
        """
        if not has_numerals(chunk.text):
            return []
        if (arabic := in_arabic(chunk.text)) == fold(chunk.text):
            arabic = chunk.text
        runs = self._runs(replace(chunk, text=arabic), match, negative)
        others = [map(symbols, in_han("".join(run.symbols))) for run in runs]
        reading = [
            Group((run,), tuple(replace(run, symbols=other) for other in found))
            for run, found in zip(runs, others, strict=True)
        ]
        several = any(group.others for group in reading)
        return reading if several or runs != self._runs(chunk, match, negative) else []

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
        return tuple(Run(word, chunk.field, match == "word") for word in words)

    def _counts(self, chunk: Chunk, negative: bool) -> bool:
        """Whether a chunk is searched for: not punctuation alone, stop words only if `weak`."""
        if chunk.quoted:
            return bool(symbols(chunk.text))
        if self.analyser.required_words(chunk.text):
            return True
        return (self.weak or negative) and not is_punctuation(symbols(trim(chunk.text)))

    def _ranking(self, texts: list[Textual], near: tuple[Run, ...]) -> Ranking:
        words = [w for c in texts for w in self._ranking_words(c.text)]
        pairs = [pair for c in texts for pair in _han_pairs(symbols(c.text))]
        return Ranking(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(pairs)), near)

    def _ranking_words(self, text: str) -> list[str]:
        return list(self.analyser.ranking_words(text)) or list(self.analyser.search_words(text))

    def _quorum(self, typed: ParsedQuery) -> Quorum | None:
        """What may be weakened: the unquoted chunks without a field; the rest stays firm."""
        parts = [p for b in _either_parts(typed.part) for p in _both_parts(b)]
        loose = [p for p in parts if isinstance(p, Chunk) and not p.quoted and p.field is None]
        firm = AllOf(tuple(p for p in parts if p not in loose))
        words = [w for chunk in loose for w in self.analyser.required_words(chunk.text)]
        if not words:
            return None
        node = self._node(firm, self.match)
        return Quorum(node or And(()), tuple(Run(w) for w in dict.fromkeys(words)))


def _all_of(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _any_of(group: Group) -> Node:
    return Or((_all_of(group.runs), *group.others)) if group.others else _all_of(group.runs)


def _positive_leaves(part: Expression) -> Iterator[Leaf]:
    if isinstance(part, Leaf):
        yield part
    elif not isinstance(part, Negation):
        for inner in part.parts:
            yield from _positive_leaves(inner)


def _either_parts(part: Expression) -> tuple[Expression, ...]:
    return part.parts if isinstance(part, AnyOf) else (part,)


def _both_parts(part: Expression) -> tuple[Expression, ...]:
    return part.parts if isinstance(part, AllOf) else (part,)


def _is_bare(part: Expression) -> bool:
    """Whether a query is one or more unquoted chunks and nothing else."""
    chunks = [p for b in _either_parts(part) for p in _both_parts(b)]
    return all(isinstance(c, Chunk) and not c.quoted and c.field is None for c in chunks)


def _han_pairs(word: Word) -> Iterator[tuple[str, str]]:
    return (pair for pair in itertools.pairwise(word) if all(map(is_han, pair)))


def _shown(leaf: Textual) -> str:
    if isinstance(leaf, WordPrefix):
        return f"{leaf.text}*"
    if isinstance(leaf, Proximity):
        return f"{leaf.text}~{leaf.gap}"
    return leaf.text if leaf.quoted else trim(leaf.text) or leaf.text


def _word(mark: Mark) -> str:
    return "".join(mark.symbols) if isinstance(mark, Run) else f"{mark.text}*"
