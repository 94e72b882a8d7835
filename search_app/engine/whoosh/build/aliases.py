"""Aliases: the ids that articles had in earlier generations, each with the one that stands for it.

An id is made of an article's text, so that a page taken apart in another way has articles with
other ids. Each that is gone leads to the new article of the same file, or one that goes on there,
that holds the most of its text, and at least half of it. Ids that were given lead nowhere: who
gives ids also takes them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.whoosh.answer.collection import Collection
from search_app.text.fold import fold

# What the ids look like that are made and not given (`articles.identity`).
_COMPUTED = re.compile(rb"[0-9a-f]{16}")
_SHARE = 0.5
# Characters in a row that two texts must share to share anything.
_BLOCK = 4
# What stands in more texts of a file tells them apart no more, and takes long to count.
_COMMON = 10
# Where more characters of one file are new, its articles are followed by their whole text only:
# to compare so many, 8,000 news items, takes 150 MB and some seconds.
_MOST_CHARACTERS = 4_000_000


def carried(
    known: Mapping[str, str], found: Mapping[str, str], now: Collection, withdrawn: Iterable[str]
) -> dict[str, str]:
    """The aliases known before and those found now that lead to an article there is.

    An article that was withdrawn may come back: its aliases are kept. A living id is no alias.
    """
    led = {**{old: found.get(new, new) for old, new in known.items()}, **found}
    kept = {*withdrawn}
    live = dict(zip(led, now.hold(list(led)), strict=True))
    reached = dict(zip(led, now.hold(list(led.values())), strict=True))
    return {o: n for o, n in led.items() if not live[o] and (reached[o] or n in kept)}


def renamed(earlier: Collection, now: Collection) -> dict[str, str]:
    """The computed ids of an earlier generation that are gone, with those that stand for them."""
    docs, ids = earlier.ids_of_sixteen()
    now_docs, now_ids = now.ids_of_sixteen()
    gone = ~np.isin(ids, now_ids, assume_unique=True)
    lost: dict[str, list[int]] = defaultdict(list)
    for doc, article_id in zip(docs[gone].tolist(), ids[gone].tolist(), strict=True):
        if _COMPUTED.fullmatch(article_id):
            lost[earlier.source(doc).path].append(doc)
    if not lost:
        return {}
    # For nearly all ids arrays tell whether they are new; the others are looked up.
    stayed = np.zeros(now.documents, bool)
    stayed[now_docs[np.isin(now_ids, ids[~gone], assume_unique=True)]] = True
    found: dict[str, str] = {}
    going_on = _going_on(now, now_docs[~np.isin(now_ids, ids, assume_unique=True)])
    for path, numbers in lost.items():
        here = [n for n in (*now.in_file(path), *going_on.get(path, ())) if not stayed[n]]
        known = earlier.hold([now.id(number) for number in here])
        new = [number for number, held in zip(here, known, strict=True) if not held]
        found |= _followed(earlier, numbers, now, new)
    return found


def _going_on(collection: Collection, numbers: Array) -> Mapping[str, list[int]]:
    """Which of some articles that may be found go on in each file."""
    found: dict[str, list[int]] = defaultdict(list)
    for number in sorted(numbers.tolist()):
        (article,) = collection.articles([number])
        for path in {source.path for source in article.continued} - {article.source.path}:
            found[path].append(number)
    return found


class _Text(NamedTuple):
    """What is compared of an article: its characters, folded, without white space; its date."""

    id: str
    characters: str
    date: str | None

    @property
    def digest(self) -> bytes:
        return blake2b(self.characters.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def may_be(self, other: "_Text") -> bool:
        """Not where they are of different days: news of one kind repeats its words."""
        return self.date == other.date or not (self.date and other.date)


def _followed(
    earlier: Collection, lost: Sequence[int], now: Collection, new: Sequence[int]
) -> dict[str, str]:
    """For the lost articles of a file the new ones that say the same, or most of it."""
    same: dict[bytes, str] = {}
    for text in _texts(now, new):
        same.setdefault(text.digest, text.id)
    found = {t.id: same[t.digest] for t in _texts(earlier, lost) if t.digest in same}
    left = _few(_texts(earlier, [n for n in lost if earlier.id(n) not in found]))
    taken = {*found.values()}
    able = _few(_texts(now, [n for n in new if now.id(n) not in taken]))
    telling = _telling(able)
    best = {text.id: _best(text, able, telling) for text in left}
    return found | {old: text.id for old, text in best.items() if text}


def _texts(collection: Collection, numbers: Sequence[int]) -> Iterator[_Text]:
    """The texts of some articles, in the order of their file."""
    for number in sorted(numbers, key=lambda n: (collection.source(n).start, n)):
        (a,) = collection.articles([number])
        yield _Text(a.id, "".join(fold(f"{a.head}\n{a.body}").split()), a.date)


def _few(texts: Iterable[_Text]) -> list[_Text]:
    """All of some texts; none where they are too many to be compared."""
    kept: list[_Text] = []
    size = 0
    for text in texts:
        size += len(text.characters)
        if size > _MOST_CHARACTERS:
            return []
        kept.append(text)
    return kept


def _blocks(characters: str) -> Iterator[str]:
    """A text cut into blocks; less than a block at its end is left out."""
    for i in range(0, len(characters) - _BLOCK + 1, _BLOCK):
        yield characters[i : i + _BLOCK]


def _telling(texts: Sequence[_Text]) -> dict[str, list[int]]:
    """The blocks that few of the texts hold, and which do."""
    found: dict[str, list[int]] = defaultdict(list)
    for n, text in enumerate(texts):
        for block in _blocks(text.characters):
            found[block].append(n)
    return {block: held for block, held in found.items() if len(held) <= _COMMON}


def _best(text: _Text, able: Sequence[_Text], telling: Mapping[str, Sequence[int]]) -> _Text | None:
    """The text with the most telling blocks that stand in this one, if it holds half of it."""
    said = text.characters
    windows = {said[i : i + _BLOCK] for i in range(len(said) - _BLOCK + 1)}
    shared = Counter(n for window in windows for n in telling.get(window, ()))
    followers = (n for n in shared if text.may_be(able[n]))
    best = min(followers, key=lambda n: (-shared[n], n), default=None)
    if best is None:
        return None
    held = sum(block in windows for block in _blocks(able[best].characters))
    return able[best] if held * _BLOCK >= _SHARE * len(said) else None
