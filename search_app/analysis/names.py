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
from search_app.analysis.segmenter import ChineseSegmenter

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
        people = dict.fromkeys(self.people + more.people)
        organisations = dict.fromkeys(self.organisations + more.organisations)
        return Names(tuple(people), tuple(organisations))


_WORDS: dict[str, list[str]] = {}  # of each kind in names.tsv
for _line in (files("search_app.analysis") / "names.tsv").read_text("utf-8").splitlines():
    _kind, _, _row = _line.partition("\t")
    _WORDS[_kind] = _row.split()
_SURNAMES, _RARE = frozenset(_WORDS["surname"][0]), frozenset(_WORDS["rare"][0])
_FOREIGN, _FUNCTION = frozenset(_WORDS["foreign"][0]), frozenset(_WORDS["function"][0])
_GLUED = frozenset(_WORDS["glued"][0])
_COMPOUND, _HEADS = frozenset(_WORDS["compound"]), tuple(_WORDS["head"])
_HEAD_ENDS, _TITLES = frozenset(head[-1] for head in _HEADS), tuple(_WORDS["title"])
_TITLE_ENDS = frozenset(title[-2:] for title in _TITLES)
# The last word of a name that has "and" in it, or that jieba cuts: 文化和旅游部.
_WHOLE = dict(pair.split("=") for pair in _WORDS["whole"])
# What words that are listed may be part of, characters that are one by themselves, and what stands
# between two runs of Han. Of one in several rows the last one counts.
_LISTED: dict[str, str] = {}
for _listed, _letter in (
    ("、", Letter.COMMA), ("·•・‧", Letter.DOT), ("-—", Letter.DASH),
    (" ", Letter.BLANK), ("\0", Letter.END),  # one or several; between two texts
    (_FOREIGN, Letter.FOREIGN_CHARACTER), (_SURNAMES, Letter.SURNAME),
    (_SURNAMES & _RARE, Letter.RARE_SURNAME), (_SURNAMES & _FOREIGN, Letter.FOREIGN_SURNAME),
    ("市县区省", Letter.ADMINISTRATIVE),  # a paper says 市教育局 of its own city's
    (_FUNCTION, Letter.GRAMMAR), ("中一", Letter.GRAMMAR_IN_NAMES),  # 刘国中, 丁一
    (_COMPOUND, Letter.COMPOUND_SURNAME), (_WORDS["part"], Letter.NOUN),
    (_WORDS["stop"], Letter.OTHER_WORD), (_WORDS["not"], Letter.OTHER_WORD),
    (_TITLES, Letter.TITLE), (_WORDS["verb"], Letter.SPEAKING),
    (_WORDS["after"], Letter.BEHIND_NAME), (_HEADS, Letter.HEAD), (_WORDS["firm"], Letter.FIRM),
    (_WORDS["thing"], Letter.PLACE_THING), (_WORDS["place"], Letter.PLACE),
    (_WHOLE, Letter.WHOLE_END), (_WORDS["org"], Letter.ORGANISATION), (_WORDS["body"], Letter.BODY),
):  # fmt: skip
    _LISTED.update(dict.fromkeys(_listed, _letter))
# What a word that is in no list is by jieba's tag.
_TAGGED = {"nz": Letter.NAMED_THING, **dict.fromkeys(("n", "j", "b", "nt"), Letter.NOUN)}
# Names of people by their length.
_NAMES = {2: Letter.NAME, 3: Letter.LONG_NAME}
_RARE_NAMES = {2: Letter.RARE_NAME, 3: Letter.LONG_RARE_NAME}
# What is no one organisation: 美国公司, or two that were taken as one.
_VAGUE = re.compile(
    "及|书记|委.{0,2}政府$|^.?.国(?:公立|科技|数据|石油|能源|汽车|制药)?"
    "(?:公司|法院|大学|学院|医院|中学|小学|集团|协会)$"
)
_COMMON = re.compile("(.+)(?:公司|法院|博物馆|图书馆|协会)")
# 美财政部 is not 财政部. 日 is grammar, as a day.
_ABROAD = "美俄英法德韩朝伊乌叙土印"
_ABROAD_LETTERS = frozenset(_LISTED.get(c, Letter.CHARACTER) for c in _ABROAD)
# A given name ends with none of these, many places and things do.
_NO_GIVEN = "州市县区省村镇乡港岛湖街桥站馆院所部局族语化性型感率者员们式度器车线费税论队"

# From one word up to another: what stands there in the text.
Piece = Callable[[int, int], str]


def find_names(letters: str, starts: Sequence[int], piece: Piece) -> list[Names]:
    """The names in each of some texts, by the letters of all words one after the other.

    `starts` says with which word each text begins; texts need some letter ! between them.
    """
    people: dict[int, str] = {}  # by the word that begins the name
    for expression, group in ((TITLED, 1), (SAYING, 0), (DOTTED, 0)):
        for match in expression.finditer(letters):
            start, end = match.span(group)
            if name := _person(piece(start, end)):
                people[start] = name
    sure = {(bisect_right(starts, start), name) for start, name in people.items()}
    for match in LIST.finditer(letters):
        text = bisect_right(starts, match.start())
        members: dict[int, str] = {}
        one_is_sure = False
        for member in MEMBER.finditer(letters, *match.span()):
            if name := _person(piece(*member.span())):
                members[member.start()] = name
                one_is_sure = one_is_sure or (text, name) in sure
        # A list is a reason where one of it has another one, or where it has three.
        if one_is_sure or len(members) > 2:
            people.update(members)
    found = _by_text(starts, sorted(people.items()))
    return list(map(Names, found, _by_text(starts, _organisations(letters, piece))))


# The names of each text, each once; they come in the order of the words they begin with.
def _by_text(starts: Sequence[int], named: Iterable[tuple[int, str]]) -> Iterator[tuple[str, ...]]:
    found: list[dict[str, None]] = [{} for _ in starts]
    for start, name in named:
        found[bisect_right(starts, start) - 1][name] = None
    return map(tuple, found)


# A paper names the same few over and over.
@lru_cache(maxsize=65_536)
def _person(text: str) -> str | None:
    name = "".join(text.split())
    if len(name) > 2 and name[-1] in _GLUED:
        name = name[:-1]
    shortest, longest = 2, 3
    if not name.isalpha():
        shortest, longest = 0, _LONGEST
    elif len(name) > 2 and name[-1] in _NO_GIVEN:
        return None
    elif name[:1] not in _SURNAMES or _FOREIGN.issuperset(name):
        longest = 8
    elif name[:2] in _COMPOUND:
        longest = 4
    return name if shortest <= len(name) <= longest else None


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
            if start and letters[start - 1] in _ABROAD_LETTERS:
                before = piece(start - 1, start)
                if before in _ABROAD:
                    name = before + name
            yield start, name


@lru_cache(maxsize=65_536)
def _is_one(organisation: str) -> bool:
    common = _COMMON.fullmatch(organisation)
    place = common and (common[1] == "日本" or _FOREIGN.issuperset(common[1]))
    return not place and len(organisation) <= _LONGEST and not _VAGUE.search(organisation)


class LetterTable(dict[str, str]):
    """The letter of each word of simplified Han; of a gap between two runs, as one character."""

    def __init__(self, segmenter: ChineseSegmenter) -> None:
        super().__init__(_LISTED)
        self._knows, self._tag = segmenter.knows, segmenter.tag

    def __missing__(self, word: str) -> str:
        if len(self) > _MOST_KEPT:
            self.clear()
            self.update(_LISTED)
        letter = self[word] = self._letter(word)
        return letter

    def _letter(self, word: str) -> str:
        if not "\u4e00" <= word[:1] <= "\u9fff":
            return Letter.STOP  # whatever else stands between two runs
        if len(word) == 1:
            return Letter.CHARACTER
        known, surname = self._knows(word), word[0] in _SURNAMES
        odd = not known and not _FUNCTION.isdisjoint(word)
        if odd and not surname:
            return Letter.ODD_WORD
        if not known and len(word) == 2 and not surname and word[1] not in _FOREIGN:
            return Letter.GIVEN_NAME
        # The tag comes late, because it costs as much as cutting a text.
        tag = self._tag(word)
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
        if word[0] == "第":
            return _TAGGED.get(tag, Letter.ORDINAL)
        return _TAGGED.get(tag, Letter.OTHER_WORD)

    # A word that ends as organisations do: a whole name of one where a place begins it.
    def _headed(self, word: str, tag: str) -> str:
        head = next(head for head in _HEADS if word.endswith(head))
        rest = word.removesuffix(head)
        if rest and self[rest] in (Letter.ORGANISATION, Letter.BODY):
            return Letter.ORGANISATION
        if tag == "nt":
            for size in range(2, min(len(rest), 4) + 1):
                if self[rest[:size]] == Letter.PLACE:
                    return Letter.ORGANISATION
            # The name of a place, a thing or a person, to jieba.
            proper = rest[:-1] if rest.endswith(("省", "市")) else rest
            if proper and self._tag(proper)[:2] in ("ns", "nz", "nr"):
                return Letter.ORGANISATION
        return Letter.HEAD if tag[:1] in "nj" else Letter.OTHER_WORD


def _named(word: str, tag: str) -> str:
    size, surname = len(word), word[0] in _SURNAMES
    if size in (3, 4) and word[:2] in _COMPOUND:
        return _NAMES[size - 1]
    if tag == "nrfg" and size == 3 and surname:
        return Letter.KNOWN_NAME
    foreign = _FOREIGN.issuperset(word)
    if surname and size < 4:
        if foreign:
            return Letter.NAME_OR_FOREIGN
        return (_RARE_NAMES if word[0] in _RARE else _NAMES)[size]
    if foreign:
        return Letter.FOREIGN_NAME
    if size == 2:
        return Letter.GIVEN_NAME
    glued = size < 5 and _FUNCTION.isdisjoint(word)
    if surname and size == 4:
        glued = word[-1] in _GLUED
    return Letter.GLUED_NAME if glued else Letter.OTHER_WORD
