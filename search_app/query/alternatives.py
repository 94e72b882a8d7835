"""Other ways to say or to write what was typed: synonyms, spellings, foreign names with a dot.

Numbers are in `text.numerals`, because they change how a chunk is cut.
"""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import chain

from search_app.analysis.dictionaries import Synonyms
from search_app.analysis.words import Analyser, Word
from search_app.text.fold import fold
from search_app.text.symbols import symbols

# The dot in foreign names, and the characters these are written with: 理查德·凯利.
_DOT = "·"
_NAMES = frozenset(
    "阿埃艾爱昂奥巴白柏班邦贝比彼宾波伯勃布查达戴丹道德狄迪蒂丁杜多恩尔法菲费芬弗福盖甘冈戈格根古哈海汉豪赫亨胡华"
    "怀霍基吉加贾杰金卡凯坎康考柯科克肯库拉莱兰朗劳勒雷里理丽利莉连林琳龙卢鲁路伦罗洛马玛迈麦曼梅蒙米密明摩莫默姆"
    "穆纳娜南内尼妮诺欧帕佩皮珀普齐奇契乔琼切瑞萨塞赛桑森沙莎舍史斯松苏索塔泰坦汤唐特提图托瓦万威韦维温文翁沃乌"
    "伍西希夏谢辛休逊雅亚延耶叶伊因英尤约泽扎詹珍治朱兹佐"
)
# Shorter ones are mostly words of our own, with such characters by chance; a part of a name has two
# characters at least.
_SHORTEST, _LONGEST, _PART = 4, 8, 2


class Alternatives:
    """For runs of words of a chunk the other runs of symbols that may stand in their place."""

    def __init__(self, analyser: Analyser, synonyms: Iterable[Synonyms] = ()) -> None:
        # Words whose traditional forms do not become the usual simplified ones by characters.
        table = (files("search_app.query") / "spellings.tsv").read_text(encoding="utf-8")
        pairs = (tuple(map(fold, line.split("\t"))) for line in table.splitlines())
        self._others: dict[Word, dict[Word, None]] = {}
        for group in (*(Synonyms(pair, pair) for pair in pairs), *synonyms):
            for text in group.typed:
                typed = symbols(text)
                # As a chunk is cut: without what does not count.
                key = tuple(chain.from_iterable(analyser.required_words(text)))
                others = self._others.setdefault(key or typed, {})
                for meant in map(symbols, group.meant):
                    if meant not in (key, typed):
                        others[meant] = None
        self._longest = max(map(len, self._others), default=0)

    def __call__(self, words: Sequence[Word]) -> Iterator[tuple[int, int, tuple[Word, ...]]]:
        """The words in groups: the first, how many, and what may stand in place of all of these."""
        at = 0
        while at < len(words):
            size, others, joined = 1, tuple[Word, ...](), Word()
            for n, word in enumerate(words[at:], 1):
                joined += word
                if len(joined) > self._longest:
                    break
                if known := self._others.get(joined):
                    size, others = n, tuple(known)
            yield at, size, others
            at += size


def dotted(name: Word) -> tuple[Word, ...]:
    """The ways to write a foreign name of two parts with the dot between, if it may be one."""
    if not _SHORTEST <= len(name) <= _LONGEST or not _NAMES.issuperset(name):
        return ()
    cuts = range(_PART, len(name) - _PART + 1)
    return tuple((*name[:cut], _DOT, *name[cut:]) for cut in cuts)
