"""Who is named in a text: people and organisations, by its words and those beside them.

Each word becomes one letter that says what it may be part of (see `letters`); names are what
regular expressions match among the letters. A name is taken only with a reason: a title before it,
a title or a verb of speaking behind it, a dot inside it, others in a list with it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from search_app.analysis.letters import (
    DOTTED,
    LIST,
    MEMBER,
    ORGANISATION,
    SAYING,
    TITLED,
    Letter,
)
from search_app.analysis.segmenter import LONGEST_PIECE, ChineseSegmenter
from search_app.model import Article
from search_app.text.fold import simplify

_RUN = re.compile(f"[\u4e00-\u9fd5]{{1,{LONGEST_PIECE}}}")
# A longer "name" is a row of words that happen to fit; a bound that costs nothing to check.
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


def _read_words() -> dict[str, list[str]]:
    """The words of each kind in names.tsv."""
    text = (files("search_app.analysis") / "names.tsv").read_text(encoding="utf-8")
    words: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            kind, listed = line.split("\t")
            words[kind] = listed.split()
    return words


_WORDS = _read_words()
_SURNAMES, _RARE = frozenset(_WORDS["surname"][0]), frozenset(_WORDS["rare"][0])
_FOREIGN, _FUNCTION = frozenset(_WORDS["foreign"][0]), frozenset(_WORDS["function"][0])
_GLUED = frozenset(_WORDS["glued"][0])
_COMPOUND, _HEADS = frozenset(_WORDS["compound"]), tuple(_WORDS["head"])
_HEAD_ENDS, _TITLES = frozenset(head[-1] for head in _HEADS), tuple(_WORDS["title"])
_TITLE_ENDS = frozenset(title[-2:] for title in _TITLES)
# The last word of a name that has "and" in it, or that jieba cuts: 文化和旅游部.
_WHOLE = dict(pair.split("=") for pair in _WORDS["whole"])
_KINDS = {
    "part": Letter.NOUN, "stop": Letter.OTHER_WORD, "not": Letter.OTHER_WORD,
    "title": Letter.TITLE, "verb": Letter.SPEAKING, "after": Letter.BEHIND_NAME,
    "head": Letter.HEAD, "firm": Letter.FIRM, "thing": Letter.PLACE_THING, "place": Letter.PLACE,
    "whole": Letter.WHOLE_END, "org": Letter.ORGANISATION, "body": Letter.BODY,
}  # fmt: skip
_LISTED: dict[str, str] = {}
for _kind, _letter in _KINDS.items():  # of a word in several rows the last one counts
    for _word in _WORDS[_kind]:
        _LISTED[_word.partition("=")[0]] = _letter
# What is no one organisation: 美国公司, or two that were taken as one.
_VAGUE = re.compile(
    "及|书记|委.{0,2}政府$|^.?.国(?:公立|科技|数据|石油|能源|汽车|制药)?"
    "(?:公司|法院|大学|学院|医院|中学|小学|集团|协会)$"
)
_COMMON = re.compile("(.+)(?:公司|法院|博物馆|图书馆|协会)")
# 美财政部 is not 财政部.
_ABROAD = "美俄英法德日韩朝伊乌叙土印"
_ONE_CHARACTER = (
    Letter.CHARACTER, Letter.FOREIGN_CHARACTER, Letter.FOREIGN_SURNAME, Letter.SURNAME,
    Letter.RARE_SURNAME,
)  # fmt: skip
# What may stand between two runs of Han characters; \0 stands between two texts.
_GAPS: dict[str, str] = {
    "、": Letter.COMMA, **dict.fromkeys("·•・‧", Letter.DOT), **dict.fromkeys("-—", Letter.DASH),
    " ": Letter.BLANK, "\0": Letter.END,
}  # fmt: skip
# A paper says 市教育局 of its own city's.
_ADMINISTRATIVE = "市县区省"
# A given name ends with none of these, many places and things do.
_NO_GIVEN = frozenset(
    "州市县区省村镇乡港岛湖街桥站馆院所部局族语化性型感率者员们式度器车线费税论队"
)

# Words of grammar that end many a given name: 刘国中, 丁一.
_UNSURE = "中一"

# From one word up to another: what stands there in the text.
Piece = Callable[[int, int], str]


class NameFinder:
    """Finds names in texts that were cut by one segmenter.

    `letters` gives the letter of each word of simplified Han, and of what stands between two runs
    of Han: one character, a space for several blanks, a stop for anything else.
    """

    def __init__(self, segmenter: ChineseSegmenter) -> None:
        self._segmenter = segmenter
        self.letters = _LetterTable(segmenter)

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
    """What stands between two runs of Han, as one character: a space for several blanks."""
    if len(text) == 1:
        return text
    return " " if text and not text.strip(" \t") else "."


def _reasoned(letters: str, piece: Piece) -> Iterator[tuple[int, str]]:
    """People with a reason of their own, each with the word that begins the name."""
    for expression, group in ((TITLED, 1), (SAYING, 0), (DOTTED, 0)):
        for match in expression.finditer(letters):
            start, end = match.span(group)
            if name := _person(piece(start, end)):
                yield start, name


def _lists(letters: str, piece: Piece) -> Iterator[list[tuple[int, str]]]:
    """The people of each list, as _reasoned gives them."""
    for match in LIST.finditer(letters):
        members: list[tuple[int, str]] = []
        for member in MEMBER.finditer(letters, *match.span()):
            if name := _person(piece(*member.span())):
                members.append((member.start(), name))
        if members:
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
    longest = 3
    if name[:1] not in _SURNAMES or _FOREIGN.issuperset(name):
        longest = 8
    elif name[:2] in _COMPOUND:
        longest = 4
    return name if 2 <= len(name) <= longest else None


def _organisations(letters: str, piece: Piece) -> Iterator[tuple[int, str]]:
    for match in ORGANISATION.finditer(letters):
        start, end = match.span()
        name = piece(start, end)
        if letters[start] == Letter.WHOLE_END:
            whole = _WHOLE[name]
            begin = letters.rfind(Letter.END, 0, start) + 1
            # Eight words are as many as the longest of these names has.
            if piece(max(begin, end - 8), end).endswith(whole):
                yield start, whole
        elif _is_one(name):
            if start and letters[start - 1] in _ONE_CHARACTER:
                before = piece(start - 1, start)
                if before in _ABROAD:
                    name = before + name
            yield start, name


@lru_cache(maxsize=65_536)
def _is_one(organisation: str) -> bool:
    common = _COMMON.fullmatch(organisation)
    place = common and (common[1] == "日本" or _FOREIGN.issuperset(common[1]))
    return not place and len(organisation) <= _LONGEST and not _VAGUE.search(organisation)


class _LetterTable(dict[str, str]):
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
            return _GAPS.get(word, Letter.STOP)
        if len(word) == 1:
            return _single(word)
        if word in _COMPOUND:
            return Letter.COMPOUND_SURNAME
        known = self._segmenter.knows(word)
        odd = not known and not _FUNCTION.isdisjoint(word)
        surname = word[0] in _SURNAMES
        if odd and not surname:
            return Letter.ODD_WORD
        if not known and len(word) == 2 and not surname and word[1] not in _FOREIGN:
            return Letter.GIVEN_NAME
        tag = self._segmenter.tag(word)
        if tag == "ns":
            return Letter.OTHER_WORD if odd else Letter.PLACE
        if word[-1] in _HEAD_ENDS and word.endswith(_HEADS):
            return self._headed(word, tag)
        if tag.startswith("nr"):
            return _named(word, tag)
        if tag[0] in "nlj" and word[-2:] in _TITLE_ENDS and word.endswith(_TITLES):
            return Letter.TITLE
        if _FOREIGN.issuperset(word):
            return Letter.FOREIGN_WORD if known and tag != "nz" else Letter.FOREIGN_NAME
        if odd:
            return Letter.ODD_WORD
        if not known and len(word) == 2:
            return Letter.GIVEN_NAME
        if not known and len(word) == 3 and surname and tag == "x":
            return Letter.LONG_RARE_NAME  # no word at all, and as long as names are: 陆文骁
        return _common(word, tag)

    def _headed(self, word: str, tag: str) -> str:
        """A word that ends as organisations do: a whole name of one where a place begins it."""
        head = next(head for head in _HEADS if word.endswith(head))
        rest = word.removesuffix(head)
        if rest and self[rest] in (Letter.ORGANISATION, Letter.BODY):
            return Letter.ORGANISATION
        if tag == "nt" and (self._begins_with_place(rest) or self._is_proper(rest)):
            return Letter.ORGANISATION
        return Letter.HEAD if tag[:1] in "nj" else Letter.OTHER_WORD

    def _begins_with_place(self, text: str) -> bool:
        return any(self[text[:size]] == Letter.PLACE for size in (2, 3, 4) if size <= len(text))

    def _is_proper(self, text: str) -> bool:
        """Whether a text is the name of a place, a thing or a person, to jieba."""
        if text[-1:] in ("省", "市"):
            text = text[:-1]
        return text != "" and self._segmenter.tag(text)[:2] in ("ns", "nz", "nr")


def _common(word: str, tag: str) -> str:
    if tag == "nz":
        return Letter.NAMED_THING
    if tag in ("n", "j", "b", "nt"):
        return Letter.NOUN
    return Letter.ORDINAL if word[0] == "第" else Letter.OTHER_WORD


def _single(word: str) -> str:
    if word in _FUNCTION:
        return Letter.GRAMMAR_IN_NAMES if word in _UNSURE else Letter.GRAMMAR
    if word in _ADMINISTRATIVE:
        return Letter.ADMINISTRATIVE
    if word not in _SURNAMES:
        return Letter.FOREIGN_CHARACTER if word in _FOREIGN else Letter.CHARACTER
    if word in _FOREIGN:
        return Letter.FOREIGN_SURNAME
    return Letter.RARE_SURNAME if word in _RARE else Letter.SURNAME


def _named(word: str, tag: str) -> str:
    """The letter of a word that is tagged as a name of a person."""
    size, surname = len(word), word[0] in _SURNAMES
    if size in (3, 4) and word[:2] in _COMPOUND:
        return Letter.NAME if size == 3 else Letter.LONG_NAME
    if tag == "nrfg" and size == 3 and surname:
        return Letter.KNOWN_NAME
    foreign = _FOREIGN.issuperset(word)
    if surname and size < 4:
        if foreign:
            return Letter.NAME_OR_FOREIGN
        if word[0] in _RARE:
            return Letter.RARE_NAME if size == 2 else Letter.LONG_RARE_NAME
        return Letter.NAME if size == 2 else Letter.LONG_NAME
    if foreign:
        return Letter.FOREIGN_NAME
    if size == 2:
        return Letter.GIVEN_NAME
    if size == 4 and surname:
        return Letter.GLUED_NAME if word[-1] in _GLUED else Letter.OTHER_WORD
    return Letter.GLUED_NAME if size < 5 and _FUNCTION.isdisjoint(word) else Letter.OTHER_WORD
