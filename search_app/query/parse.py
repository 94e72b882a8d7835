"""The query language (design, *Meaning*: Chunk, Operators): from characters to a tree of chunks.

NOT and `-` bind tighter than AND (written or not), AND tighter than OR. Nothing typed is an
error but nesting or alternatives past the limits: what is no operator where it stands is text.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from search_app.errors import BadQuery
from search_app.filters import FILTERS
from search_app.model import ValueField
from search_app.query.tree import Dated, Near, Prefix, TextField, Valued
from search_app.text.fold import fold
from search_app.text.symbols import HAN, symbols

# Limits of the query language (docs/query-syntax.md): what a query costs grows with both.
MAX_NESTING = 3
MAX_ALTERNATIVES = 8
# A shorter prefix would stand for half of the dictionary.
SHORTEST_PREFIX = 2

SENTENCE = frozenset("，。；：！？、")
_HALF_WIDTH = frozenset(",.;:!?")
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』"}
_FIELDS: dict[str, TextField] = {
    "标题": "head", "標題": "head", "title": "head", "正文": "body", "body": "body",
}  # fmt: skip
_VALUES: dict[str, ValueField] = {}
for row in FILTERS:
    _VALUES |= dict.fromkeys(row.typed, row.field)
_DATES = ("日期", "date")
_FIELD = re.compile(f"({'|'.join([*_FIELDS, *_VALUES, *_DATES])})[:：]\\s*(?=\\S)")
_DAY = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_RANGE = re.compile(rf"({_DAY})|({_DAY})\.\.({_DAY})?|\.\.({_DAY})", re.ASCII)
_IS_HAN = re.compile(f"[{HAN}]")
_GAP = re.compile("~([0-9]+)")
# A star behind one run of letters or digits asks for all that begins so; behind anything else that
# can be searched for it changes nothing.
_PREFIX = re.compile(r"([a-z]+|[0-9]+)\*+")
_STARRED = re.compile(rf"(.*[a-z0-9{HAN}])\*+")
# Full-width forms of the operators, letters and digits: one code point to one, so that positions
# in the translated query are positions in what was typed.
_FULL_WIDTH = [0xFF02, 0xFF5E, 0xFF5C, 0xFF08, 0xFF09, 0xFF0D]
_FULL_WIDTH += [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
_TO_ASCII = {c: c - 0xFEE0 for c in _FULL_WIDTH}
# Most queries are words and spaces, in which nothing can be an operator.
_WORDS = re.compile(f"[{HAN}a-z0-9 ]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Text to search for; inside a quoted one everything is literal."""

    text: str
    quoted: bool = False
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Proximity:
    """Two texts near each other, 渡口 灯火 as they were typed: "渡口 灯火"~8."""

    text: str
    near: Near


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts must match; a `Negation` among them takes its articles away."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the sides of an OR must match."""

    parts: tuple[AllOf, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The part must not match."""

    part: "Expression"


# What of a query asks for text; the other leaves ask for values.
Textual = Chunk | Proximity | Prefix
Expression = Textual | Valued | Dated | AllOf | AnyOf | Negation


class ParsedQuery(NamedTuple):
    """A parsed query. `plain`: no OR and no parentheses stand in it, so that it may be relaxed."""

    part: AnyOf
    plain: bool


def parse(query: str) -> ParsedQuery:
    """Takes a query apart; raises BadQuery where it nests or branches past the limits."""
    if _WORDS.fullmatch(query):
        return ParsedQuery(AnyOf((AllOf(tuple(map(Chunk, query.split()))),)), plain=True)
    parser = _Parser(query.translate(_TO_ASCII))
    return ParsedQuery(parser.either(), parser.plain)


class _Parser:
    """Recursive descent over the characters of a query."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self.plain = True

    def either(self) -> AnyOf:
        """Sides of OR up to the end, or to the parenthesis that closes a group."""
        sides = [self._conjunction()]
        while self._take_alone("OR", "|"):
            self.plain = False
            sides.append(self._conjunction())
        sides = [side for side in sides if side.parts]
        if len(sides) > MAX_ALTERNATIVES:
            raise BadQuery(f"a query may have at most {MAX_ALTERNATIVES} sides of OR")
        return AnyOf(tuple(sides))

    def _conjunction(self) -> AllOf:
        parts: list[Expression] = []
        while not self._at_end():
            if self._take_alone("AND"):
                continue
            negative = False
            while self._take_alone("NOT"):
                negative = True
            if self._at_end():
                break
            # A minus with nothing to take away is text, and as punctuation alone left out.
            if self._text[self._at] == "-" and not self._nothing_at(self._at + 1):
                self._at += 1
                negative = True
            part = self._atom()
            if part not in (AnyOf(()), Chunk("")):
                parts.append(Negation(part) if negative else part)
        return AllOf(tuple(parts))

    # What stands here: a group in parentheses, a field with what is asked of it, a chunk.
    def _atom(self) -> Expression:
        start = self._at
        # One that never closes is text.
        if self._text[start] == "(" and ")" in self._text[start:]:
            self.plain = False
            self._at += 1
            self._depth += 1
            if self._depth > MAX_NESTING:
                raise BadQuery(f"parentheses may be nested at most {MAX_NESTING} deep")
            group = self.either()
            self._at = min(self._at + 1, len(self._text))
            self._depth -= 1
            return group
        if prefix := _FIELD.match(self._text, start):
            self._at = prefix.end()
            if part := self._in_field(prefix[1]):
                return part
            self._at = start
        return self._chunk(None)

    # What is asked of a field; None where nothing can be, so that its name is text.
    def _in_field(self, name: str) -> Expression | None:
        if self._nothing_at(self._at):
            return None
        if name in _FIELDS:
            return self._chunk(_FIELDS[name])
        quoted = self._quoted(None)
        text = quoted.text if quoted else self._unquoted()
        if name in _VALUES and (value := symbols(text)):
            return Valued(_VALUES[name], value)
        if name in _DATES and (dates := _RANGE.fullmatch(text)):
            day, low, high, last = dates.groups(default="")
            return Dated(day or low, day or high or last)
        return None

    def _chunk(self, field: TextField | None) -> Textual:
        if quoted := self._quoted(field):
            return quoted
        text = self._unquoted()
        folded = fold(text)
        prefix = _PREFIX.fullmatch(folded)
        if prefix and len(prefix[1]) < SHORTEST_PREFIX:
            raise BadQuery(f"before * there must be at least {SHORTEST_PREFIX} letters or digits")
        if prefix:
            return Prefix(prefix[1], field)
        if _STARRED.fullmatch(folded):
            text = text.rstrip("*＊")
        return Chunk(text, field=field)

    def _quoted(self, field: TextField | None) -> Chunk | Proximity | None:
        end = self._closing_quote(self._at)
        if end < 0:
            return None
        text = self._text[self._at + 1 : end]
        self._at = end + 1
        if gap := _GAP.match(self._text, self._at):
            self._at = gap.end()
            sides = list(map(symbols, text.split()))
            if len(sides) == 2 and all(sides):
                return Proximity(text, Near(sides[0], sides[1], int(gap[1]), field))
        return Chunk(text, quoted=True, field=field)

    def _unquoted(self) -> str:
        start, end = self._at, self._at
        while end < len(self._text) and not self._ends_chunk(start, end):
            end += 1
        # What ends a chunk where it begins is passed, so that parsing comes to an end.
        self._at = max(end, start + 1)
        return self._text[start:end]

    # Whether no chunk can begin here.
    def _nothing_at(self, i: int) -> bool:
        return i >= len(self._text) or self._text[i] == "|" or self._ends_chunk(i, i)

    def _ends_chunk(self, start: int, i: int) -> bool:
        c = self._text[i]
        return (
            c.isspace()
            or c in SENTENCE
            or (c == ")" and self._depth > 0)
            or (i > start and (c == "|" or self._closing_quote(i) > 0))
            # Half-width stops are those of a sentence beside Han, of 3.5 or a,b elsewhere.
            or (c in _HALF_WIDTH and bool(_IS_HAN.search(self._text[max(i - 1, 0) : i + 2])))
        )

    # Where the quote that opens at `i` closes; -1 where none opens or it never closes.
    def _closing_quote(self, i: int) -> int:
        if i < len(self._text) and (close := _QUOTES.get(self._text[i])):
            return self._text.find(close, i + 1)
        return -1

    # Whether this conjunction is over: the end, a closing parenthesis, an OR (not taken).
    def _at_end(self) -> bool:
        or_ahead = self._alone("OR", "|") > 0
        rest = self._text[self._at :]
        return not rest or or_ahead or (self._depth > 0 and rest[0] == ")")

    def _take_alone(self, *operators: str) -> bool:
        length = self._alone(*operators)
        self._at += length
        return length > 0

    # The length of the operator that stands alone here or behind white space; else 0.
    def _alone(self, *operators: str) -> int:
        text = self._text
        # The stops of a sentence part chunks as white space does.
        while self._at < len(text) and (text[self._at].isspace() or text[self._at] in SENTENCE):
            self._at += 1
        for operator in operators:
            if text.startswith(operator, self._at):
                after = text[self._at + len(operator) :][:1]
                if operator == "|" or not after or after.isspace() or after == "(":
                    return len(operator)
        return 0
