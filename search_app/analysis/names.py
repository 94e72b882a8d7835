"""Who is named in a text: people and organisations, by its words and those beside them.

Each word becomes one letter that says what it may be part of (see `_Letters`); names are what
regular expressions find among the letters. A name is taken only with a reason: a title before it,
a title or a verb of speaking behind it, a dot inside it, others in a list with it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from search_app.analysis.segmenter import LONGEST_PIECE, ChineseSegmenter
from search_app.model import Article
from search_app.text.fold import simplify

_RUN = re.compile(f"[\u4e00-\u9fd5]{{1,{LONGEST_PIECE}}}")
_LONGEST = 20
# So many words keep their letters: memory stays bounded, whatever the corpus.
_MOST_KEPT = 300_000


class Names(NamedTuple):
    """People and organisations in the order in which they are first named, each once."""

    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()

    def then(self, more: "Names") -> "Names":
        """These names and those of what comes behind."""
        return Names(
            tuple(dict.fromkeys(self.people + more.people)),
            tuple(dict.fromkeys(self.organisations + more.organisations)),
        )


def _read() -> dict[str, list[str]]:
    text = (files("search_app.analysis") / "names.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {kind: words.split() for kind, words in rows}


_WORDS = _read()
_SURNAMES, _RARE, _FOREIGN, _FUNCTION, _GLUED = (
    frozenset(_WORDS[kind][0]) for kind in ("surname", "rare", "foreign", "function", "glued")
)
_COMPOUND, _HEADS = frozenset(_WORDS["compound"]), tuple(_WORDS["head"])
_HEAD_ENDS, _TITLES = frozenset(head[-1] for head in _HEADS), tuple(_WORDS["title"])
_TITLE_ENDS = frozenset(title[-2:] for title in _TITLES)
# The last word of a name that has "and" in it, or that jieba cuts: 文化和旅游部.
_WHOLE = dict(pair.split("=") for pair in _WORDS["whole"])
_LISTED = {
    word.partition("=")[0]: letter
    for kind, letter in (
        ("part", "n"), ("stop", "x"), ("not", "x"), ("title", "t"), ("verb", "v"), ("after", "a"),
        ("head", "H"), ("firm", "C"), ("thing", "G"), ("place", "L"), ("whole", "W"), ("org", "O"),
        ("body", "I"),
    )
    for word in _WORDS[kind]
}  # fmt: skip
# What is no one organisation: 美国公司, or two that were taken as one.
_VAGUE = re.compile(
    "及|书记|委.{0,2}政府$|^.?.国(?:公立|科技|数据|石油|能源|汽车|制药)?"
    "(?:公司|法院|大学|学院|医院|中学|小学|集团|协会)$"
)
_COMMON = re.compile("(.+)(?:公司|法院|博物馆|图书馆|协会)")
# 美财政部 is not 财政部.
_ABROAD = "美俄英法德日韩朝伊乌叙土印"
# What may stand between two runs of Han characters; \0 stands between two texts.
_GAPS = {
    "、": ",", "·": "q", "•": "q", "・": "q", "‧": "q", "-": "D", "—": "D", " ": "_", "\0": "!",
}  # fmt: skip
# A paper says 市教育局 of its own city's.
_ADMINISTRATIVE = "市县区省"
# A given name ends with none of these, many places and things do.
_NO_GIVEN = frozenset(
    "州市县区省村镇乡港岛湖街桥站馆院所部局族语化性型感率者员们式度器车线费税论队"
)

# Words of grammar that end many a given name: 刘国中, 丁一.
_UNSURE = "中一"

# The letters. Of one character: s b y surnames (b: foreign names have it too, y: rare as one), f of
# foreign names, c grammar that ends given names, z grammar that does not, 1 any other. Of a word
# that jieba tags as a name: p P a surname and one or two more, r R the same with a rare surname, K
# a well-known name, B foreign perhaps, J glued to what follows. S a surname of two, g a given name,
# F l foreign names; t a title, a what stands behind a name, v a verb of speaking. Of organisations:
# H C what they end with (C: firms), O a whole one, I one that others begin with, W the end of a
# whole one, L a place, G a thing at a place, Z things with names, n m what may stand between. X x
# any other word. Between runs of Han: , for a list, q a dot in a name, D a dash, _ blanks, . a
# stop, ! the end of a text.
# The expressions; each begins with a set of letters, because those are found fast.
_ALIEN = "[FfbB](?:[FfbBlPp]|s(?=[FfbB]))*(?:[qD][FfbBlL]+)*"
_GIVEN = "[1cfsby]"
_FULL = (
    "[sbyprPRBJKS]"
    f"(?:(?<=[sby])(?:[gprB]|{_GIVEN}{{1,2}}|_{_GIVEN})|(?<=p){_GIVEN}?|(?<=[rPRBJK])"
    f"|(?<=S)(?:[gF]|{_GIVEN}{{1,2}}))"
)
_TITLED = re.compile(
    f"[ta]_?((?>{_ALIEN})(?![qD1AgcsyrRJLX])|{_FULL}(?=[vta,.z_OILx!]|$)|P|[sb][Ln](?=[v,.!]))"
)
_SAYING = re.compile(
    "[KPpsbyS](?<![sbnLO][KPpsbyS])"
    "(?:(?<=K)|(?<=p)1?(?=a)|(?<=P)(?=[va])|(?<=[sby])[gp](?=[va])|(?<=S)[gF](?=[va]))"
)
_DOTTED = re.compile("[FfbBl](?<![qD1Ag].)(?>(?:(?<=l)|[FfbBl]*)(?:q[FfbBlL]+)+)(?![qD1AgcLXHCG])")
_LIST = re.compile(f"{_FULL}(?:,{_FULL})+(?=[,.vtzx_!]|$)")
_MEMBER = re.compile(_FULL)
_ORGANISATION = re.compile(
    "[LOIWFBJZA](?:(?<=L)L{0,2}(?:[nFBPpRrJlmZ]{0,4}[HC]+|O+(?:[nmZ]{0,3}H+)?)"
    "|(?<=O)O?(?:[nmZ]{0,3}H+)?|(?<=I)(?:[nm]{0,2}H)*|(?<=W)|(?<=[FBJZ])C|(?<![^xvtaKz,.!_]A)(?<=A)[nm]{0,2}H+)"
)

# From one word up to another: what stands there in the text.
Piece = Callable[[int, int], str]


class NameFinder:
    """Finds names in texts that were cut by one segmenter.

    `letters` gives the letter of each word of simplified Han, and of what stands between two runs
    of Han: one character, a space for several blanks, a stop for anything else.
    """

    def __init__(self, segmenter: ChineseSegmenter) -> None:
        self._segmenter = segmenter
        self.letters = _Letters(segmenter)

    def in_article(self, article: Article) -> Names:
        """The names in head and body."""
        return self._in_text(article.head).then(self._in_text(article.body))

    def _in_text(self, text: str) -> Names:
        words = list(self._words(simplify(text)))
        letters = "".join(map(self.letters.__getitem__, words))
        return self.find(letters, [0], lambda start, end: "".join(words[start:end]))[0]

    def find(self, letters: str, starts: Sequence[int], piece: Piece) -> list[Names]:
        """The names in each of some texts, by the letters of all words one after the other.

        `starts` says with which word each text begins; texts need some letter ! between them.
        """
        people = dict(_reasoned(letters, piece))
        sure = {(bisect_right(starts, start), name) for start, name in people.items()}
        for members in _lists(letters, piece):
            text = bisect_right(starts, members[0][0])
            if len(members) > 2 or any((text, name) in sure for _, name in members):
                people.update(members)
        found = _by_text(starts, sorted(people.items()))
        return list(map(Names, found, _by_text(starts, _organisations(letters, piece))))

    def _words(self, text: str) -> Iterator[str]:
        end = -1
        for run in _RUN.finditer(text):
            if end >= 0:
                yield _gap(text[end : run.start()])
            yield from self._segmenter.words(run.group())
            end = run.end()


def _by_text(starts: Sequence[int], named: Iterable[tuple[int, str]]) -> Iterator[tuple[str, ...]]:
    """The names of each text, each once; they come in the order of the words they begin with."""
    found: list[dict[str, None]] = [{} for _ in starts]
    for start, name in named:
        found[bisect_right(starts, start) - 1][name] = None
    return map(tuple, found)


def _gap(text: str) -> str:
    if len(text) == 1:
        return text
    return " " if text and not text.strip(" \t") else "."


def _reasoned(letters: str, piece: Piece) -> Iterator[tuple[int, str]]:
    """People with a reason of their own, each with the word that begins the name."""
    for expression, group in ((_TITLED, 1), (_SAYING, 0), (_DOTTED, 0)):
        for match in expression.finditer(letters):
            start, end = match.span(group)
            if name := _person(piece(start, end)):
                yield start, name


def _lists(letters: str, piece: Piece) -> Iterator[list[tuple[int, str]]]:
    """The people of each list, as _reasoned gives them."""
    for match in _LIST.finditer(letters):
        spans = [member.span() for member in _MEMBER.finditer(letters, *match.span())]
        if members := [(a, name) for a, b in spans if (name := _person(piece(a, b)))]:
            yield members


@lru_cache(maxsize=65_536)
def _person(text: str) -> str | None:
    name = "".join(text.split())
    if len(name) > 2 and name[-1] in _GLUED:
        name = name[:-1]
    if not name.isalpha():
        return name if len(name) <= _LONGEST else None
    if len(name) > 2 and name[-1] in _NO_GIVEN:
        return None
    chinese = name[:1] in _SURNAMES and not _FOREIGN.issuperset(name)
    longest = 8 if not chinese else 4 if name[:2] in _COMPOUND else 3
    return name if 2 <= len(name) <= longest else None


def _organisations(letters: str, piece: Piece) -> Iterator[tuple[int, str]]:
    for match in _ORGANISATION.finditer(letters):
        start, end = match.span()
        name = piece(start, end)
        if letters[start] == "W":
            whole = _WHOLE[name]
            begin = letters.rfind("!", 0, start) + 1
            if piece(max(begin, end - 8), end).endswith(whole):
                yield start, whole
        elif _is_one(name):
            before = piece(start - 1, start) if start and letters[start - 1] in "1fbsy" else ""
            yield start, before + name if before and before in _ABROAD else name


@lru_cache(maxsize=65_536)
def _is_one(organisation: str) -> bool:
    common = _COMMON.fullmatch(organisation)
    place = common and (common[1] == "日本" or _FOREIGN.issuperset(common[1]))
    return not place and len(organisation) <= _LONGEST and not _VAGUE.search(organisation)


class _Letters(dict[str, str]):
    """The letter of each word, worked out when it is first met."""

    def __init__(self, segmenter: ChineseSegmenter) -> None:
        super().__init__(_LISTED)
        self._segmenter = segmenter

    def __missing__(self, word: str) -> str:
        if len(self) > _MOST_KEPT:
            self.clear()
            self.update(_LISTED)
        letter = self[word] = self._letter(word)
        return letter

    def _letter(self, word: str) -> str:
        if not "\u4e00" <= word[:1] <= "\u9fff":
            return _GAPS.get(word, ".")
        if len(word) == 1:
            return _single(word)
        if word in _COMPOUND:
            return "S"
        known = self._segmenter.knows(word)
        odd = not known and not _FUNCTION.isdisjoint(word)
        if odd and word[0] not in _SURNAMES:
            return "X"
        if not known and len(word) == 2 and word[0] not in _SURNAMES and word[1] not in _FOREIGN:
            return "g"
        tag = self._segmenter.tag(word)
        if tag == "ns":
            return "x" if odd else "L"
        if word[-1] in _HEAD_ENDS and word.endswith(_HEADS):
            return self._headed(word, tag)
        if tag.startswith("nr"):
            return _named(word, tag)
        if tag[0] in "nlj" and word[-2:] in _TITLE_ENDS and word.endswith(_TITLES):
            return "t"
        if _FOREIGN.issuperset(word):
            return "l" if known and tag != "nz" else "F"
        if odd:
            return "X"
        if not known and len(word) == 2:
            return "g"
        if not known and len(word) == 3 and word[0] in _SURNAMES and tag == "x":
            return "R"  # no word at all, and as long as names are: 陆文骁
        if tag == "nz":
            return "Z"
        return "n" if tag in ("n", "j", "b", "nt") else "m" if word[0] == "第" else "x"

    def _headed(self, word: str, tag: str) -> str:
        """A word that ends as organisations do: a whole name of one where a place begins it."""
        head = next(head for head in _HEADS if word.endswith(head))
        rest = word.removesuffix(head)
        own = rest and self._segmenter.tag(rest[:-1] if rest[-1:] in "省市" else rest)
        places = any(self[rest[:n]] == "L" for n in (2, 3, 4) if n <= len(rest))
        if rest and self[rest] in "OI":
            return "O"
        if tag == "nt" and (places or own[:2] in ("ns", "nz", "nr")):
            return "O"
        return "H" if tag[:1] in "nj" else "x"


def _single(word: str) -> str:
    if word in _FUNCTION:
        return "c" if word in _UNSURE else "z"
    if word in _ADMINISTRATIVE:
        return "A"
    if word in _SURNAMES:
        return "b" if word in _FOREIGN else "y" if word in _RARE else "s"
    return "f" if word in _FOREIGN else "1"


def _named(word: str, tag: str) -> str:
    """The letter of a word that is tagged as a name of a person."""
    if len(word) in (3, 4) and word[:2] in _COMPOUND:
        return "pP"[len(word) - 3]
    if tag == "nrfg" and len(word) == 3 and word[0] in _SURNAMES:
        return "K"
    if word[0] in _SURNAMES and len(word) < 4:
        if _FOREIGN.issuperset(word):
            return "B"
        return "pPrR"[len(word) - 2 + 2 * (word[0] in _RARE)]
    if _FOREIGN.issuperset(word):
        return "F"
    if len(word) == 2:
        return "g"
    if len(word) == 4 and word[0] in _SURNAMES:
        return "J" if word[-1] in _GLUED else "x"
    return "J" if len(word) < 5 and _FUNCTION.isdisjoint(word) else "x"
