"""From what was typed to the tree that engines answer, with its explanation.

Alternatives, relaxation and ranking are decided here, by the words and symbols of each chunk.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from search_app.analysis.dictionaries import Dictionaries, Synonyms
from search_app.analysis.words import Analyser, Word, is_han, is_punctuation, trim
from search_app.errors import BadQuery
from search_app.model import Match
from search_app.query.alternatives import Alternatives, dotted
from search_app.query.parse import (
    AllOf,
    AnyOf,
    Chunk,
    Expression,
    Negation,
    ParsedQuery,
    Proximity,
    Textual,
    parse,
)
from search_app.query.tree import (
    And,
    Dated,
    Mark,
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
from search_app.text.numerals import HAS_NUMERALS, in_arabic, in_han
from search_app.text.symbols import symbols

LONGEST = 200
# Some characters stand for many (U+FDFA for 18): what they stand for is limited too.
LONGEST_FOLDED = 400
# No text holds them; in an answer or a log they would break what is printed.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
Runs = tuple[Run, ...]


class WordGroup(NamedTuple):
    """Words of a chunk that must all occur, unless one of the other runs does."""

    runs: Runs
    others: Runs = ()


# One way to read a chunk: every one of its groups must occur.
Way = list[WordGroup]


class Reading(NamedTuple):
    """A leaf's marks, other runs that may match, and its node: empty where it does not count."""

    marks: tuple[Mark, ...]
    others: Iterable[Run]
    node: Node | None


class CompiledQuery(NamedTuple):
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

    def relaxed_if(self, relax: bool) -> Query:
        """The query as it was asked for: with weaker matches or without."""
        if relax:
            return self.query
        return self.unrelaxed


class QueryCompiler:
    """Compiles queries with one analyser and one set of synonyms, added to the usual spellings.

    Texts that are shown beside an answer must be cut as the query was: `edges`, `ranking_words`
    and `words` (those that an unquoted chunk asks for) are its analyser's.
    """

    def __init__(self, analyser: Analyser, synonyms: Iterable[Synonyms] = ()) -> None:
        self._analyser = analyser
        self._alternatives = Alternatives(analyser, synonyms)
        self.edges = analyser.edges
        self.ranking_words = analyser.ranking_words
        self.words = analyser.required_words

    def using(self, dictionaries: Dictionaries) -> "QueryCompiler":
        """The compiler for an index that was built with these dictionaries."""
        return _compiler_of(dictionaries) if dictionaries else self

    def compile(self, q: str, match: Match) -> CompiledQuery:
        """Compiles a query; raises BadQuery where it has nothing positive to search for."""
        if len(q) > LONGEST:
            raise BadQuery(f"the query has {len(q)} characters; at most {LONGEST} are searched for")
        if len(simplify(q)) > LONGEST_FOLDED:
            raise BadQuery("the query stands for too many characters; make it shorter")
        if _CONTROL.search(q):
            raise BadQuery("the query holds control characters; leave them out")
        parsed = parse(q)
        # Stop words alone are searched for only where a query has nothing else.
        for weak in (False, True):
            compilation = _Compilation(self._analyser, self._alternatives, match, weak)
            if compiled := compilation.run(parsed):
                return compiled
        raise BadQuery("the query has nothing to search for; give at least one word")


# An analyser of its own reads jieba's dictionary once more (see `segmenter`).
@lru_cache(maxsize=4)
def _compiler_of(dictionaries: Dictionaries) -> QueryCompiler:
    return QueryCompiler(dictionaries.analyser(), dictionaries.synonym_groups())


@dataclass(frozen=True, slots=True)
class _Compilation:
    """Compiles one query; with `weak`, chunks of stop words alone count too."""

    analyser: Analyser
    alternatives: Alternatives
    match: Match
    weak: bool
    # Each chunk is asked about four times: for `strict`, for `exact`, for highlights, for ranking.
    known: dict[tuple[Chunk, Match, bool], Reading] = field(default_factory=dict)

    def run(self, parsed: ParsedQuery) -> CompiledQuery | None:
        """The query compiled; None where it has nothing positive to search for."""
        texts: list[Textual] = []
        marks: dict[Mark, None] = {}  # a dict for a set that keeps its order, here and below
        others: dict[Mark, None] = {}
        asks_for_values = False
        for leaf in _positive_leaves(parsed.part):
            if isinstance(leaf, Valued | Dated):
                asks_for_values = True
            elif (reading := self._read(leaf, self.match)).node:
                texts.append(leaf)
                marks.update(dict.fromkeys(reading.marks))
                others.update(dict.fromkeys(reading.others))
        strict = self._tree(parsed.part, self.match)
        if strict is None or not (texts or asks_for_values):
            return None
        chunks = tuple(map(_shown, texts))
        typed = fold("\n".join(chunks))
        words = tuple(dict.fromkeys(map(_shown, marks)))
        alternatives: list[str] = []
        for other in others:
            if other not in marks and (text := _shown(other)) not in typed:
                alternatives.append(text)
        query = self._query(parsed, strict, self._ranking(texts, marks))
        return CompiledQuery(query, chunks, words, tuple(marks | others), tuple(alternatives))

    def _query(self, parsed: ParsedQuery, strict: Node, ranking: Ranking) -> Query:
        # What may be weakened: the unquoted chunks without a field; the rest stays firm.
        words: dict[Word, None] = {}
        firm: list[Expression] = []
        for side in parsed.part.parts:
            for part in side.parts:
                if isinstance(part, Chunk) and not part.quoted and part.field is None:
                    words.update(dict.fromkeys(self.analyser.required_words(part.text)))
                else:
                    firm.append(part)
        quorum = word = None
        if self.match == "smart":
            word = self._tree(parsed.part, "word")
            if parsed.plain and words:
                node = self._tree(AllOf(tuple(firm)), self.match)
                quorum = Quorum(node or And(()), tuple(map(Run, words)))
        exact = self._tree(parsed.part, "exact") or Or(())
        return Query(strict, exact, ranking, parsed.plain and not firm, quorum, word)

    def _ranking(self, texts: list[Textual], marks: Iterable[Mark]) -> Ranking:
        words: dict[str, None] = {}
        pairs: dict[tuple[str, str], None] = {}
        for leaf in texts:
            counted = list(self.analyser.ranking_words(leaf.text))
            # Of stop words alone, those: an order by something is better than by nothing.
            words.update(dict.fromkeys(counted or self.analyser.search_words(leaf.text)))
            for pair in pairwise(symbols(leaf.text)):
                if is_han(pair[0]) and is_han(pair[1]):
                    pairs[pair] = None
        near = tuple(mark for mark in marks if isinstance(mark, Run))
        return Ranking(tuple(words), tuple(pairs), near)

    # The node that engines answer for an expression; None where nothing of it counts.
    def _tree(self, part: Expression, match: Match, negative: bool = False) -> Node | None:
        if isinstance(part, Textual):
            return self._read(part, match, negative).node
        if isinstance(part, Valued | Dated):
            return part
        if isinstance(part, Negation):
            inner = self._tree(part.part, match, negative=True)
            return inner and Not(inner)
        nodes: list[Node] = []
        for side in part.parts:
            if node := self._tree(side, match):
                nodes.append(node)
        kind = And if isinstance(part, AllOf) else Or
        return _joined(kind, nodes) if nodes else None

    def _read(self, leaf: Textual, match: Match, negative: bool = False) -> Reading:
        if isinstance(leaf, Prefix):
            return Reading((leaf,), (), leaf)
        if isinstance(leaf, Proximity):
            near = leaf.near
            return Reading((Run(near.one, near.field), Run(near.other, near.field)), (), near)
        key = (leaf, match, negative)
        if reading := self.known.get(key):
            return reading
        runs = self._runs(leaf, match, negative)
        ways = [[WordGroup(runs)]]
        if runs and not leaf.quoted and match != "exact":
            ways = self._ways(leaf, runs, match, negative)
        others: dict[Run, None] = {}
        nodes: list[Node] = []
        for interpretation in ways:
            groups: list[Node] = []
            for group in interpretation:
                others.update(dict.fromkeys(group.runs + group.others))
                groups.append(_joined(Or, [_joined(And, group.runs), *group.others]))
            nodes.append(_joined(And, groups))
        reading = self.known[key] = Reading(runs, others, _joined(Or, nodes) if runs else None)
        return reading

    # The runs that must all occur for a chunk to match; none where it does not count.
    def _runs(self, chunk: Chunk, match: Match, negative: bool) -> Runs:
        if chunk.quoted:
            quoted = symbols(chunk.text)
            return (Run(quoted, chunk.field),) if quoted else ()
        whole = symbols(trim(chunk.text))
        words = self.analyser.required_words(chunk.text)
        # Punctuation alone does not count; stop words do only if `weak`, or if they are taken away.
        if not words and (is_punctuation(whole) or not (self.weak or negative)):
            return ()
        if match == "exact" or not words:
            words = [whole]
        return tuple(Run(word, chunk.field, match == "word") for word in words)

    # The ways to read a chunk, as typed the first.
    def _ways(self, chunk: Chunk, runs: Runs, match: Match, negative: bool) -> list[Way]:
        typed: Way = []
        for at, size, others in self.alternatives([run.symbols for run in runs]):
            other_runs = tuple(replace(runs[0], symbols=other) for other in others)
            typed.append(WordGroup(runs[at : at + size], other_runs))
        ways = [typed]
        numbered = self._numbered(chunk, runs, match, negative)
        if [group.runs for group in numbered] == [group.runs for group in typed]:
            # The same words: one interpretation with the alternatives of both costs less.
            for n, group in enumerate(numbered):
                typed[n] = WordGroup(group.runs, typed[n].others + group.others)
        elif numbered:
            ways.append(numbered)
        for name in dotted(symbols(trim(chunk.text))):
            ways.append([WordGroup((replace(runs[0], symbols=name),))])
        return ways

    # A chunk with its numbers in Arabic numerals, or as Chinese ones; empty without any.
    def _numbered(self, chunk: Chunk, typed: Runs, match: Match, negative: bool) -> Way:
        if not HAS_NUMERALS.search(chunk.text):
            return []
        arabic = in_arabic(chunk.text)
        if arabic == fold(chunk.text):
            arabic = chunk.text
        # Words are those with Arabic numerals: jieba would take 二〇二四年 apart.
        runs = self._runs(replace(chunk, text=arabic), match, negative)
        interpretation: Way = []
        for run in runs:
            forms = in_han("".join(run.symbols))
            others = tuple(replace(run, symbols=symbols(form)) for form in forms)
            interpretation.append(WordGroup((run,), others))
        if runs == typed and not any(group.others for group in interpretation):
            return []
        return interpretation


def _joined(kind: type[And | Or], nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else kind(tuple(nodes))


def _positive_leaves(part: Expression) -> Iterator[Textual | Valued | Dated]:
    if isinstance(part, AllOf | AnyOf):
        for inner in part.parts:
            yield from _positive_leaves(inner)
    elif not isinstance(part, Negation):
        yield part


# A text as the answer shows what was understood: trimmed, operators in their ASCII form.
def _shown(part: Textual | Mark) -> str:
    if isinstance(part, Run):
        return "".join(part.symbols)
    if isinstance(part, Prefix):
        return f"{part.text}*"
    if isinstance(part, Proximity):
        return f"{part.text}~{part.near.gap}"
    if part.quoted:
        return part.text
    return trim(part.text) or part.text
