"""From what was typed to the tree that engines answer, with its explanation.

Alternatives, relaxation and ranking are decided here, by the words and symbols of each chunk.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple, TypeGuard

from search_app.analysis.dictionaries import Dictionaries, Synonyms
from search_app.analysis.names import Names
from search_app.analysis.words import Analyser, Word, is_han, is_punctuation, trim
from search_app.errors import BadQuery
from search_app.model import Article, Match
from search_app.query.alternatives import Alternatives, dotted
from search_app.query.parse import parse
from search_app.query.syntax import (
    AllOf,
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
# No text holds them; in an answer or a log they would break what is printed.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class WordGroup(NamedTuple):
    """Words of a chunk that must all occur, unless one of the other runs does."""

    runs: tuple[Run, ...]
    others: tuple[Run, ...] = ()


# One way to read a chunk: every one of its groups must occur.
Interpretation = list[WordGroup]


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query ready to run, how it was understood, and what to highlight where it matches.

    `chunks` are what was typed, `words` what they were cut into; `alternatives` are other ways to
    write those, which match as well.
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
        _refuse_unreadable(q)
        parsed = parse(q)
        # Stop words alone are searched for only where a query has nothing else.
        for weak in (False, True):
            compiled = _Compilation(self._analyser, self._alternatives, match, weak).run(parsed)
            if compiled is not None:
                return compiled
        raise BadQuery("the query has nothing to search for; give at least one word")


@lru_cache(maxsize=4)
def _compiler_of(dictionaries: Dictionaries) -> QueryCompiler:
    return QueryCompiler(dictionaries.analyser(), dictionaries.synonym_groups())


def _refuse_unreadable(q: str) -> None:
    if len(q) > MAX_LENGTH:
        raise BadQuery(f"the query has {len(q)} characters; at most {MAX_LENGTH} are searched for")
    if len(simplify(q)) > LONGEST_FOLDED:
        raise BadQuery("the query stands for too many characters; make it shorter")
    if _CONTROL.search(q):
        raise BadQuery("the query holds control characters; leave them out")


@dataclass(frozen=True, slots=True)
class _Compilation:
    """Compiles one query; with `weak`, chunks of stop words alone count too."""

    analyser: Analyser
    alternatives: Alternatives
    match: Match
    weak: bool
    # Each chunk is asked about four times: for `strict`, for `exact`, for highlights, for ranking.
    runs_known: dict[tuple[Chunk, Match, bool], tuple[Run, ...]] = field(default_factory=dict)
    ways_known: dict[tuple[Run, ...], list[Interpretation]] = field(default_factory=dict)

    def run(self, parsed: ParsedQuery) -> CompiledQuery | None:
        """The query compiled; None where it has nothing positive to search for."""
        texts: list[Textual] = []
        marks: dict[Mark, None] = {}  # a dict for a set that keeps its order, here and below
        asks_for_values = False
        for leaf in _positive_leaves(parsed.part):
            if isinstance(leaf, FieldValue | DateRange):
                asks_for_values = True
            elif leaf_marks := self._marks(leaf):
                texts.append(leaf)
                marks.update(dict.fromkeys(leaf_marks))
        others = [run for run in self._runs_of_any_way(texts) if run not in marks]
        strict = self._tree(parsed.part, self.match)
        if strict is None or not (texts or asks_for_values):
            return None
        query = self._query(parsed, strict, texts, marks)
        chunks = tuple(map(_as_typed, texts))
        typed = fold("\n".join(chunks))
        alternatives = tuple(text for text in map(_mark_text, others) if text not in typed)
        words = tuple(dict.fromkeys(map(_mark_text, marks)))
        return CompiledQuery(query, chunks, words, (*marks, *others), alternatives)

    def _query(
        self, parsed: ParsedQuery, strict: Node, texts: list[Textual], marks: Iterable[Mark]
    ) -> Query:
        near = tuple(mark for mark in marks if isinstance(mark, Run))
        quorum = word = None
        if self.match == "smart":
            word = self._tree(parsed.part, "word")
            if parsed.plain:
                quorum = self._quorum(parsed)
        return Query(
            strict=strict,
            exact=self._tree(parsed.part, "exact") or Or(()),
            ranking=self._ranking(texts, near),
            runs_first=parsed.plain and all(map(_is_bare, _conjuncts(parsed))),
            quorum=quorum,
            word=word,
        )

    def _marks(self, leaf: Textual) -> tuple[Mark, ...]:
        """What of a leaf is highlighted where it matches; none of a chunk that does not count."""
        if isinstance(leaf, Chunk):
            return self._runs(leaf, self.match)
        if isinstance(leaf, WordPrefix):
            return (Prefix(leaf.text, leaf.field),)
        return tuple(Run(symbols(side), leaf.field) for side in leaf.text.split())

    def _tree(self, part: Expression, match: Match, negative: bool = False) -> Node | None:
        """The node that engines answer for an expression; None where nothing of it counts."""
        if isinstance(part, Chunk):
            return self._chunk_tree(part, match, negative)
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
            inner = self._tree(part.part, match, negative=True)
            return inner and Not(inner)
        nodes: list[Node] = []
        for side in part.parts:
            if node := self._tree(side, match):
                nodes.append(node)
        if not nodes:
            return None
        return _all_of(nodes) if isinstance(part, AllOf) else _any_of(nodes)

    def _chunk_tree(self, chunk: Chunk, match: Match, negative: bool) -> Node | None:
        runs = self._runs(chunk, match, negative)
        if not runs:
            return None
        ways: list[Node] = []
        for interpretation in self._interpretations(chunk, match, negative):
            ways.append(_all_of([_group_tree(group) for group in interpretation]))
        return _any_of(ways) if ways else _all_of(runs)

    def _runs_of_any_way(self, texts: list[Textual]) -> Iterable[Run]:
        """Every run that may match for a chunk, once, in the order of the chunks."""
        runs: dict[Run, None] = {}
        for chunk in texts:
            if isinstance(chunk, Chunk):
                for interpretation in self._interpretations(chunk, self.match):
                    for group in interpretation:
                        runs.update(dict.fromkeys(group.runs + group.others))
        return runs

    def _interpretations(
        self, chunk: Chunk, match: Match, negative: bool = False
    ) -> list[Interpretation]:
        """The ways to read a chunk, as typed the first; none where there is but that one."""
        runs = self._runs(chunk, match, negative)
        if not runs or chunk.quoted or match == "exact":
            return []
        if runs not in self.ways_known:
            self.ways_known[runs] = self._reinterpret(chunk, runs, match, negative)
        return self.ways_known[runs]

    def _reinterpret(
        self, chunk: Chunk, runs: tuple[Run, ...], match: Match, negative: bool
    ) -> list[Interpretation]:
        typed: Interpretation = []
        for at, size, others in self.alternatives([run.symbols for run in runs]):
            other_runs = tuple(replace(runs[0], symbols=other) for other in others)
            typed.append(WordGroup(runs[at : at + size], other_runs))
        numbered = self._numbered(chunk, match, negative)
        if [group.runs for group in numbered] == [group.runs for group in typed]:
            # The same words: one interpretation with the alternatives of both costs less.
            for n, group in enumerate(numbered):
                typed[n] = WordGroup(group.runs, typed[n].others + group.others)
            numbered = []
        ways = [typed]
        if numbered:
            ways.append(numbered)
        for name in dotted(symbols(trim(chunk.text))):
            ways.append([WordGroup((replace(runs[0], symbols=name),))])
        if len(ways) == 1 and not any(group.others for group in typed):
            return []
        return ways

    def _numbered(self, chunk: Chunk, match: Match, negative: bool) -> Interpretation:
        """A chunk with its numbers in Arabic numerals, or as Chinese ones; empty without any.

        Its words are those with Arabic numerals: jieba would take 二〇二四年 apart.
        """
        if not has_numerals(chunk.text):
            return []
        arabic = in_arabic(chunk.text)
        if arabic == fold(chunk.text):
            arabic = chunk.text
        runs = self._runs(replace(chunk, text=arabic), match, negative)
        interpretation: Interpretation = []
        changes = runs != self._runs(chunk, match, negative)
        for run in runs:
            forms = in_han("".join(run.symbols))
            others = tuple(replace(run, symbols=symbols(form)) for form in forms)
            interpretation.append(WordGroup((run,), others))
            changes = changes or bool(others)
        return interpretation if changes else []

    def _runs(self, chunk: Chunk, match: Match, negative: bool = False) -> tuple[Run, ...]:
        """The runs that must all occur for a chunk to match; none where it does not count."""
        key = (chunk, match, negative)
        if key not in self.runs_known:
            self.runs_known[key] = self._required_runs(chunk, match, negative)
        return self.runs_known[key]

    def _required_runs(self, chunk: Chunk, match: Match, negative: bool) -> tuple[Run, ...]:
        if not self._counts(chunk, negative):
            return ()
        if chunk.quoted:
            return (Run(symbols(chunk.text), chunk.field),)
        whole = symbols(trim(chunk.text))
        if match == "exact":
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
        words: dict[str, None] = {}
        pairs: dict[tuple[str, str], None] = {}
        for leaf in texts:
            counted = list(self.analyser.ranking_words(leaf.text))
            # Of stop words alone, those: an order by something is better than by nothing.
            words.update(dict.fromkeys(counted or self.analyser.search_words(leaf.text)))
            for pair in itertools.pairwise(symbols(leaf.text)):
                if is_han(pair[0]) and is_han(pair[1]):
                    pairs[pair] = None
        return Ranking(tuple(words), tuple(pairs), near)

    def _quorum(self, parsed: ParsedQuery) -> Quorum | None:
        """What may be weakened: the unquoted chunks without a field; the rest stays firm."""
        words: dict[Word, None] = {}
        firm: list[Expression] = []
        for part in _conjuncts(parsed):
            if _is_bare(part):
                words.update(dict.fromkeys(self.analyser.required_words(part.text)))
            else:
                firm.append(part)
        if not words:
            return None
        node = self._tree(AllOf(tuple(firm)), self.match)
        return Quorum(node or And(()), tuple(map(Run, words)))


def _all_of(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _any_of(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _group_tree(group: WordGroup) -> Node:
    return _any_of([_all_of(group.runs), *group.others])


def _positive_leaves(part: Expression) -> Iterator[Leaf]:
    if isinstance(part, Leaf):
        yield part
    elif not isinstance(part, Negation):
        for inner in part.parts:
            yield from _positive_leaves(inner)


def _conjuncts(parsed: ParsedQuery) -> Iterator[Expression]:
    """The expressions of a plain query, which must all match: without OR it has one side."""
    for side in parsed.part.parts:
        yield from side.parts


def _is_bare(part: Expression) -> TypeGuard[Chunk]:
    """Whether something typed is text alone, without quotes, field or operator."""
    return isinstance(part, Chunk) and not part.quoted and part.field is None


def _as_typed(leaf: Textual) -> str:
    """A leaf as the answer shows what was understood: trimmed, operators in their ASCII form."""
    if isinstance(leaf, WordPrefix):
        return f"{leaf.text}*"
    if isinstance(leaf, Proximity):
        return f"{leaf.text}~{leaf.gap}"
    if leaf.quoted:
        return leaf.text
    return trim(leaf.text) or leaf.text


def _mark_text(mark: Mark) -> str:
    if isinstance(mark, Prefix):
        return f"{mark.text}*"
    return "".join(mark.symbols)
