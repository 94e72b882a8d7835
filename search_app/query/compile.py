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
    Leaf,
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
from search_app.text.numerals import has_numerals, in_arabic, in_han
from search_app.text.symbols import symbols

MAX_LENGTH = 200
# Some characters stand for many (U+FDFA for 18): what they stand for is limited too.
LONGEST_FOLDED = 400
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
    """Compiles queries with one analyser and one set of synonyms, added to the usual spellings.

    Texts that are shown beside an answer must be cut as the query was: `edges`, `ranking_words`,
    `names` and `words` (those that an unquoted chunk asks for) are its analyser's.
    """

    def __init__(self, analyser: Analyser, synonyms: Iterable[Synonyms] = ()) -> None:
        self._analyser = analyser
        self._alternatives = Alternatives(analyser, synonyms)
        self.edges = analyser.word_edges
        self.ranking_words = analyser.ranking_words
        self.names = analyser.names
        self.words = analyser.required_words

    def using(self, dictionaries: Dictionaries) -> "QueryCompiler":
        """The compiler for an index that was built with these dictionaries."""
        return _compiler_of(dictionaries) if dictionaries else self

    def compile(self, q: str, match: Match) -> CompiledQuery:
        """Compiles a query; raises BadQuery where it has nothing positive to search for."""
        if len(q) > MAX_LENGTH:
            raise BadQuery(
                f"the query has {len(q)} characters; at most {MAX_LENGTH} are searched for"
            )
        if len(simplify(q)) > LONGEST_FOLDED:
            raise BadQuery("the query stands for too many characters; make it shorter")
        if _CONTROL.search(q):
            raise BadQuery("the query holds control characters; leave them out")
        parsed = parse(q)
        # Stop words alone are searched for only where a query has nothing else.
        for weak in (False, True):
            compiled = _Compilation(self._analyser, self._alternatives, match, weak).run(parsed)
            if compiled is not None:
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
    known: dict[tuple[Chunk, Match, bool], tuple[tuple[Run, ...], list[Interpretation]]] = field(
        default_factory=dict
    )

    def run(self, parsed: ParsedQuery) -> CompiledQuery | None:
        """The query compiled; None where it has nothing positive to search for."""
        texts: list[Textual] = []
        marks: dict[Mark, None] = {}  # a dict for a set that keeps its order, here and below
        others: dict[Mark, None] = {}
        asks_for_values = False
        for leaf in _positive_leaves(parsed.part):
            if isinstance(leaf, Valued | Dated):
                asks_for_values = True
            elif leaf_marks := self._marks(leaf):
                texts.append(leaf)
                marks.update(dict.fromkeys(leaf_marks))
                others.update(dict.fromkeys(self._other_runs(leaf)))
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
        return Query(
            strict=strict,
            exact=self._tree(parsed.part, "exact") or Or(()),
            ranking=ranking,
            runs_first=parsed.plain and not firm,
            quorum=quorum,
            word=word,
        )

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

    def _marks(self, leaf: Textual) -> tuple[Mark, ...]:
        """What of a leaf is highlighted where it matches; none of a chunk that does not count."""
        if isinstance(leaf, Chunk):
            return self._read(leaf, self.match)[0]
        if isinstance(leaf, Prefix):
            return (leaf,)
        near = leaf.near
        return Run(near.one, near.field), Run(near.other, near.field)

    def _other_runs(self, leaf: Textual) -> Iterator[Run]:
        """Every run that may match for a chunk by another way to read it than by its words."""
        if isinstance(leaf, Chunk):
            for interpretation in self._read(leaf, self.match)[1]:
                for group in interpretation:
                    yield from group.runs + group.others

    def _tree(self, part: Expression, match: Match, negative: bool = False) -> Node | None:
        """The node that engines answer for an expression; None where nothing of it counts."""
        if isinstance(part, Chunk):
            return self._chunk_tree(part, match, negative)
        if isinstance(part, Proximity):
            return part.near
        if isinstance(part, Leaf):
            return part
        if isinstance(part, Negation):
            inner = self._tree(part.part, match, negative=True)
            return inner and Not(inner)
        nodes: list[Node] = []
        for side in part.parts:
            if node := self._tree(side, match):
                nodes.append(node)
        if not nodes:
            return None
        return _joined(And if isinstance(part, AllOf) else Or, nodes)

    def _chunk_tree(self, chunk: Chunk, match: Match, negative: bool) -> Node | None:
        runs, interpretations = self._read(chunk, match, negative)
        if not runs:
            return None
        ways: list[Node] = []
        for interpretation in interpretations:
            groups: list[Node] = []
            for group in interpretation:
                groups.append(_joined(Or, [_joined(And, group.runs), *group.others]))
            ways.append(_joined(And, groups))
        return _joined(Or, ways) if ways else _joined(And, runs)

    def _read(
        self, chunk: Chunk, match: Match, negative: bool = False
    ) -> tuple[tuple[Run, ...], list[Interpretation]]:
        """The runs that must all occur for a chunk to match; none where it does not count.

        Then the ways to read it, as typed the first; none where there is but that one.
        """
        key = (chunk, match, negative)
        if key not in self.known:
            runs = self._runs(chunk, match, negative)
            ways: list[Interpretation] = []
            if runs and not chunk.quoted and match != "exact":
                ways = self._ways(chunk, runs, match, negative)
            self.known[key] = runs, ways
        return self.known[key]

    def _runs(self, chunk: Chunk, match: Match, negative: bool) -> tuple[Run, ...]:
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

    def _ways(
        self, chunk: Chunk, runs: tuple[Run, ...], match: Match, negative: bool
    ) -> list[Interpretation]:
        typed: Interpretation = []
        for at, size, others in self.alternatives([run.symbols for run in runs]):
            other_runs = tuple(replace(runs[0], symbols=other) for other in others)
            typed.append(WordGroup(runs[at : at + size], other_runs))
        numbered = self._numbered(chunk, runs, match, negative)
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

    def _numbered(
        self, chunk: Chunk, typed: tuple[Run, ...], match: Match, negative: bool
    ) -> Interpretation:
        """A chunk with its numbers in Arabic numerals, or as Chinese ones; empty without any."""
        if not has_numerals(chunk.text):
            return []
        arabic = in_arabic(chunk.text)
        if arabic == fold(chunk.text):
            arabic = chunk.text
        # Words are those with Arabic numerals: jieba would take 二〇二四年 apart.
        runs = self._runs(replace(chunk, text=arabic), match, negative)
        interpretation: Interpretation = []
        changes = runs != typed
        for run in runs:
            forms = in_han("".join(run.symbols))
            others = tuple(replace(run, symbols=symbols(form)) for form in forms)
            interpretation.append(WordGroup((run,), others))
            changes = changes or bool(others)
        return interpretation if changes else []


def _joined(kind: type[And | Or], nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else kind(tuple(nodes))


def _positive_leaves(part: Expression) -> Iterator[Textual | Valued | Dated]:
    if isinstance(part, Textual | Valued | Dated):
        yield part
    elif not isinstance(part, Negation):
        for inner in part.parts:
            yield from _positive_leaves(inner)


def _shown(part: Textual | Run) -> str:
    """A text as the answer shows what was understood: trimmed, operators in their ASCII form."""
    if isinstance(part, Run):
        return "".join(part.symbols)
    if isinstance(part, Prefix):
        return f"{part.text}*"
    if isinstance(part, Proximity):
        return f"{part.text}~{part.near.gap}"
    if part.quoted:
        return part.text
    return trim(part.text) or part.text
