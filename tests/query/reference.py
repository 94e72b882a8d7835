"""What a typed query means, by the outside program beside the checkout and what it leaves open.

`meaning.py` scans texts for `smart` and `exact`. Added here, over the same texts: `match=word`,
prefixes, other numerals, limits, totals, and what the order depends on. And where that program
differs from the words of the design:

- a group with nothing left in it is left out (docs/decisions/009);
- a field's name with nothing behind it is text, also before `|` and `)`, and with empty quotes
  where a whole value is meant;
- a minus before `|` or `)` has no operand, so that they are what they are elsewhere.

Synonyms, spellings by context and names without their dot are not modelled; no phrase of `grammar`
has one.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import jieba
from needs import shared

from search_app.engine.ranking import share_weight, stand_ins
from search_app.model import Article, SearchRequest
from search_app.query.tree import Ranking, Run
from search_app.text.numerals import in_arabic, in_han


def _outside(path: Path) -> ModuleType:
    """The program as a module; importing it would leave compiled files beside it."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    exec(compile(path.read_text(encoding="utf-8"), path, "exec"), vars(module))
    return module


meaning = _outside(shared() / "contract" / "meaning.py")
Word = tuple[str, ...]
Ids = frozenset[str]
PREFIX = re.compile(r"([a-z]+|[0-9]+)\*+")
STARRED = re.compile(rf".*[a-z0-9{meaning.HAN}]\*+")
NAMES = "|".join([*meaning.TEXT_FIELD, *meaning.WHOLE_VALUE, *meaning.DATE_FIELD])
NAMED = re.compile(rf"({NAMES})[:：]\s*(?=\S)")
RUNS = re.compile(f"([{meaning.HAN}]+)|([^{meaning.HAN}]+)")


class Refused(Exception):
    """The query is past a limit."""


@dataclass
class Wanted:
    """What a request finds; `full`, `runs` and `added` of those that pass the filters."""

    full: Ids
    runs: Ids
    added: Ids
    whole: Ids
    dropped: set[str]
    ranking: Ranking
    runs_first: bool
    weights: dict[Run, float]


class Reference(meaning.Index):  # type: ignore[misc, name-defined]
    """Articles to scan."""

    def __init__(self, articles: list[Article]) -> None:
        super().__init__(map(_as_record, articles))
        texts = {a.id: {"head": a.head, "body": a.body, "byline": a.byline_text} for a in articles}
        self.edges = {i: {f: _edges(t) for f, t in fields.items()} for i, fields in texts.items()}

    def answer(self, request: SearchRequest) -> Wanted | None:
        """What a request finds; None where it is refused."""
        with suppress(Refused):
            for weak in (False, True):
                parser = Parser(self, request.q, request.match, weak)
                strict, positive = parser.either()
                if positive:
                    return self._answer(request, parser, strict)
        return None

    def _answer(self, request: SearchRequest, parser: "Parser", strict: Ids) -> Wanted:
        relaxed = request.relax and request.match == "smart" and parser.plain and len(strict) < 10
        added = self.quorum(parser) - strict if relaxed else frozenset()
        passed = self._passing(request)
        words = [w for chunk in parser.loose for w in meaning.words(chunk)] if relaxed else []
        lacked = {w for w in words if (added & passed) - self.holding(w)}
        return Wanted(
            full=strict & passed,
            runs=self._again(request, "exact", parser.weak) & passed,
            added=added & passed,
            whole=self._again(request, "word", parser.weak) & strict & passed,
            dropped=set(map("".join, lacked)),
            ranking=_ranking(parser),
            runs_first=parser.plain and parser.bare,
            weights={run: self._weight(run) for run in self._held(words)},
        )

    def _again(self, request: SearchRequest, match: str, weak: bool) -> Ids:
        found: Ids = Parser(self, request.q, match, weak).either()[0]
        return found

    def _passing(self, request: SearchRequest) -> Ids:
        found: Ids = self.all
        if request.date_from or request.date_to:
            found &= self.dated(f"{request.date_from or ''}..{request.date_to or ''}")
        for facet, values in request.filters:
            key = "authors" if facet == "author" else facet
            having = (self.dated(v) if key == "year" else self.valued(key, v) for v in values)
            found &= frozenset().union(*having)
        return found

    def _held(self, words: list[Word]) -> list[Run]:
        """The runs that relaxation weighs: words, or the pairs that stand for those nobody has."""
        runs = [r for w in words for r in ([Run(w)] if self.holding(w) else stand_ins(Run(w)))]
        return [run for run in runs if self.holding(run.symbols)]

    def _weight(self, run: Run) -> float:
        return share_weight(len(self.all), len(self.holding(run.symbols)))

    def chunk(
        self, text: str, match: str, field: str = "", quoted: bool = False, weak: bool = True
    ) -> Ids | None:
        """As the outside program says; prefixes, whole words and other numerals too."""
        if not quoted and (prefix := _prefix(text)):
            return self._beginning(prefix, field)
        if quoted or match == "exact":
            found: Ids | None = super().chunk(text, match, field, quoted, weak)
            return found
        need, counts = meaning.required(text)
        if not need or not (counts or weak):
            return None
        held = self._whole if match == "word" else self.holding
        found = frozenset.intersection(*(held(word, field) for word in need))
        # docs/decisions/016: cut again with Arabic numerals, and each word in any spelling.
        need, counts = meaning.required(_arabic(text))
        ways = ([w, *map(meaning.symbols, in_han("".join(w)))] for w in need)
        sets = [frozenset().union(*(held(way, field) for way in word)) for word in ways]
        return found | self.all.intersection(*sets) if need and (counts or weak) else found

    def _beginning(self, prefix: str, field: str) -> Ids:
        if len(prefix) < 2:
            raise Refused("a prefix of one character")
        kind = str.isdigit if prefix.isdigit() else str.isalpha
        return frozenset(
            i
            for i, fields in self.fields.items()
            for name, found in fields.items()
            if field in ("", name)
            for s in found
            if s.startswith(prefix) and s.isascii() and kind(s)
        )

    @lru_cache(maxsize=10_000)  # noqa: B019 - as long as the other sets
    def _whole(self, word: Word, field: str = "") -> Ids:
        """Articles where the word stands between edges of search-mode words."""
        return frozenset(
            i
            for i in self.holding(word, field)
            for name, found in self.fields[i].items()
            if field in ("", name)
            for at in range(len(found) - len(word) + 1)
            if found[at : at + len(word)] == word
            and at in self.edges[i][name][0]
            and at + len(word) in self.edges[i][name][1]
        )


class Parser(meaning._Parser):  # type: ignore[misc, name-defined]
    """Reads as the outside program does, and notes what stands in the query.

    `texts` and `runs` are of what is asked for, not of what is taken away; `bare` says whether
    nothing but unquoted chunks was typed.
    """

    def __init__(self, index: Reference, query: str, match: str, weak: bool) -> None:
        super().__init__(index, query, match, weak)
        self.index, self.x, self.all = index, self, index.all
        self.texts: list[str] = []
        self.runs: list[Run] = []
        self.bare = True
        self.negatives = self.sides = 0
        self.left = False  # whether anything is left of the group that is read
        self.typed = False  # whether anything stands in the side of OR that is read

    def either(self) -> tuple[Ids, bool]:
        outer, self.sides = self.sides, 0
        found: tuple[Ids, bool] = super().either()
        if self.sides > 8:
            raise Refused("too many sides")
        self.sides = outer
        return found

    def both(self) -> Any:
        outer, self.typed = self.typed, False
        found = super().both()
        self.sides += self.typed
        self.typed |= outer
        self.left |= found is not None
        return found

    def atom(self, negative: bool) -> tuple[Ids, bool] | None:
        if self.q[self.i] in "|" + ")" * bool(self.depth):
            self.typed = True
            return None  # right behind a minus, which has no operand then
        group = self.q[self.i] == "(" and ")" in self.q[self.i :]
        if group and self.depth == 3:
            raise Refused("too deep")
        outer, self.left = self.left, not group
        self.negatives += negative
        self.bare &= not negative
        found = self.text(negative) if self.unasked() else super().atom(negative)
        self.negatives -= negative
        left, self.left = self.left, outer
        if found and self.loose and _prefix(self.loose[-1]):
            self.loose.pop()  # nothing that could be weakened
            self.firm &= found[0]
        self.loose = [_unstarred(text) for text in self.loose]
        return found if left else None

    def token(self, dated: bool = False) -> tuple[str, bool, int | None]:
        text, quoted, gap = super().token(dated)
        self.typed |= bool(text or quoted)
        return text, quoted, gap

    def unasked(self) -> bool:
        """Whether a field's name stands here with nothing behind it, which is text."""
        named, start = NAMED.match(self.q, self.i), self.i
        if named is None:
            return False
        self.i = named.end()
        over, (text, quoted, _), self.i = self.q[self.i] == "|", self.token(), start
        asked = quoted or text if named[1] in meaning.TEXT_FIELD else meaning.symbols(text)
        return over or not asked

    def text(self, negative: bool) -> tuple[Ids, bool] | None:
        text = self.token()[0]
        found = self.chunk(text, self.match, "", False, self.weak or negative)
        if found is not None and not negative:
            self.loose.append(text)
        return None if found is None else (found, True)

    def chunk(self, text: str, match: str, field: str, quoted: bool, weak: bool) -> Ids | None:
        text = text if quoted else _unstarred(text)
        prefix = None if quoted else _prefix(text)
        found = self.index.chunk(text, match, field, quoted, weak)
        self.bare &= not (quoted or field or prefix)
        if found is not None and not self.negatives:
            self.texts.append(prefix or text)
            self._note(
                field, [] if prefix else _words(text, match, quoted), not quoted and match == "word"
            )
        return found

    def near(self, a: str, b: str, gap: int, field: str) -> Ids:
        self.bare = False
        if not self.negatives:
            self.texts.append(f"{a} {b}")
            self._note(field, [meaning.symbols(a), meaning.symbols(b)])
        found: Ids = self.index.near(a, b, gap, field)
        return found

    def valued(self, key: str, value: str) -> Ids:
        self.bare = False
        found: Ids = self.index.valued(key, value)
        return found

    def dated(self, value: str) -> Ids:
        self.bare = False
        found: Ids = self.index.dated(value)
        return found

    def _note(self, field: str, words: list[Word], whole: bool = False) -> None:
        named = {"head": "head", "body": "body"}.get(field)
        self.runs += [Run(word, named, whole) for word in words]  # type: ignore[arg-type]


def _prefix(text: str) -> str:
    """The prefix that an unquoted text asks for, "" for none."""
    found = PREFIX.fullmatch(meaning.fold(text))
    return found[1] if found else ""


def _unstarred(text: str) -> str:
    """Without the star that changes nothing: only a run of letters or digits has a beginning."""
    ignored = STARRED.fullmatch(meaning.fold(text)) and not _prefix(text)
    return text.rstrip("*＊") if ignored else text


def _as_record(article: Article) -> dict[str, Any]:
    record = asdict(article) | {"authors": list(article.authors)}
    return record | {"title": None} if article.title_is_derived else record


def _words(text: str, match: str, quoted: bool) -> list[Word]:
    """What of a chunk must stand in a row."""
    if quoted or match == "exact":
        return [meaning.symbols(text if quoted else meaning.trim(text))]
    found: list[Word] = meaning.required(text)[0]
    return found


def _arabic(text: str) -> str:
    written = in_arabic(text)
    return text if written == meaning.fold(text) else written


def _ranking(parser: Parser) -> Ranking:
    """What the order counts: the search-mode words and Han pairs of what is asked for."""
    words = [w for text in parser.texts for w in _counted(text)]
    symbols = [meaning.symbols(text) for text in parser.texts]
    pairs = [p for s in symbols for p in pairwise(s) if all(map(meaning.IS_HAN.match, p))]
    return Ranking(*(tuple(dict.fromkeys(terms)) for terms in (words, pairs, parser.runs)))


def _counted(text: str) -> list[str]:
    """Search-mode words without stop words, unless there are no others."""
    words = list(_search_words(text))
    return [w for w in words if w not in meaning.STOP_WORDS] or words


def _search_words(text: str) -> Iterator[str]:
    for han, other in RUNS.findall(meaning.simplify(text)):
        yield from map(meaning.fold, jieba.cut_for_search(han))
        yield from filter(str.isalnum, meaning.symbols(other))


def _edges(text: str) -> tuple[set[int], set[int]]:
    """With which symbols search-mode words begin, and behind which they end."""
    starts, ends, at = set[int](), set[int](), 0
    for han, other in RUNS.findall(meaning.simplify(text)):
        lone = [(n, n + 1) for n in range(len(meaning.symbols(other)))]
        for _, start, end in (
            jieba.tokenize(han, mode="search") if han else ((None, *x) for x in lone)
        ):
            starts.add(at + start)
            ends.add(at + end)
        at += len(han) or len(lone)
    return starts, ends
