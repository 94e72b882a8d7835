"""Aliases: ids that articles had in earlier generations, and the ids that replaced them.

An id is made of an article's text, so a page that is taken apart in another way has articles with
other ids. Each id that is gone leads to the new article that holds the most of its text, at least
half of it, in the same file or going on there. Ids that came with a record are never aliased: who
gives ids manages them (decision 022).
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.store.array_file import encoded
from search_app.text.fold import fold

# What the ids look like that are made and not given (`articles.identity`).
_COMPUTED = re.compile(rb"[0-9a-f]{16}")
# Of the characters of an old text at least this share stands in the one that replaces it.
_SHARE = 0.5
# Characters in a row that two texts must share to share anything: neither white space nor a moved
# boundary matters much (decision 022).
_BLOCK = 4
# What stands in more texts of a file tells them apart no more, and takes long to count.
_COMMON = 10
# Where more characters of one file are new, its articles are followed by their whole text only:
# to compare so many, 8,000 news items, takes 150 MB and some seconds.
_MOST_CHARACTERS = 4_000_000


def carried(
    known: Mapping[str, str],
    found: Mapping[str, str],
    now: Collection,
    withdrawn: Container[str],
) -> dict[str, str]:
    """The aliases known before and those found now that lead to an article there is.

    An article that was withdrawn may come back: its aliases are kept. A living id is no alias.
    """
    led = {old: found.get(new, new) for old, new in known.items()} | dict(found)
    lives, arrives = now.hold(list(led)), now.hold(list(led.values()))
    aliases = {}
    for (old, new), old_lives, new_lives in zip(led.items(), lives, arrives, strict=True):
        if not old_lives and (new_lives or new in withdrawn):
            aliases[old] = new
    return aliases


def renamed(earlier: Collection, now: Collection) -> dict[str, str]:
    """The computed ids of an earlier generation that are gone, each with the one replacing it."""
    docs, ids = earlier.ids_of_sixteen()
    now_docs, now_ids = now.ids_of_sixteen()
    is_gone = ~np.isin(ids, now_ids, assume_unique=True)
    gone: dict[str, list[int]] = defaultdict(list)
    for doc, article_id in zip(docs[is_gone].tolist(), ids[is_gone].tolist(), strict=True):
        if _COMPUTED.fullmatch(article_id):
            gone[earlier.source(doc).path].append(doc)
    if not gone:
        return {}
    # For nearly all ids arrays tell whether they are new; the others are looked up.
    stayed = np.zeros(now.documents, bool)
    stayed[now_docs[np.isin(now_ids, ids[~is_gone], assume_unique=True)]] = True
    # An article is also looked for in the files it goes on in.
    going_on: dict[str, list[int]] = defaultdict(list)
    for number in np.sort(now_docs[~np.isin(now_ids, ids, assume_unique=True)]).tolist():
        (article,) = now.articles([number])
        for path in {source.path for source in article.continued} - {article.source.path}:
            going_on[path].append(number)
    replaced: dict[str, str] = {}
    for path, lost in gone.items():
        in_file = np.array([*now.in_file(path), *going_on[path]], np.intp)
        candidates = in_file[~stayed[in_file]]
        was_there = np.array(earlier.hold(now.ids(candidates)), bool)
        replaced |= _replacements(earlier, lost, now, candidates[~was_there].tolist())
    return replaced


class _ComparedText(NamedTuple):
    """What is compared of an article: its characters, folded, without white space; its date."""

    number: int
    id: str
    characters: str
    digest: bytes
    date: str | None


# For the lost articles of a file the new ones that say the same, or most of it.
def _replacements(
    earlier: Collection, lost: Sequence[int], now: Collection, new: Sequence[int]
) -> dict[str, str]:
    by_digest: dict[bytes, str] = {}
    for text in _compared_texts(now, new):
        by_digest.setdefault(text.digest, text.id)
    replaced: dict[str, str] = {}
    unmatched = []
    for text in _compared_texts(earlier, lost):
        if same := by_digest.get(text.digest):
            replaced[text.id] = same
        else:
            unmatched.append(text.number)
    taken = set(replaced.values())
    unused = [number for number in new if now.id(number) not in taken]
    candidates, rare = _few(now, unused), defaultdict[str, list[int]](list)
    for n, candidate in enumerate(candidates):
        for block in _blocks(candidate.characters):
            rare[block].append(n)
    for text in _few(earlier, unmatched):
        if closest := _closest(text, candidates, rare):
            replaced[text.id] = closest.id
    return replaced


# The texts of some articles, in the order of their file.
def _compared_texts(collection: Collection, numbers: Sequence[int]) -> Iterator[_ComparedText]:
    for number in sorted(numbers, key=lambda n: (collection.source(n).start, n)):
        (a,) = collection.articles([number])
        characters = "".join(fold(f"{a.head}\n{a.body}").split())
        digest = blake2b(encoded(characters), digest_size=16).digest()
        yield _ComparedText(number, a.id, characters, digest, a.date)


# The texts of some articles; none where they are too many to be compared.
def _few(collection: Collection, numbers: Sequence[int]) -> list[_ComparedText]:
    kept: list[_ComparedText] = []
    size = 0
    for text in _compared_texts(collection, numbers):
        size += len(text.characters)
        if size > _MOST_CHARACTERS:
            return []
        kept.append(text)
    return kept


def _blocks(characters: str) -> Iterator[str]:
    # Less than a block at its end is left out: nobody can share it.
    for i in range(0, len(characters) - _BLOCK + 1, _BLOCK):
        yield characters[i : i + _BLOCK]


# The candidate with the most rare blocks that stand in the text, if it holds half of it.
def _closest(
    text: _ComparedText,
    candidates: Sequence[_ComparedText],
    holders: Mapping[str, Sequence[int]],
) -> _ComparedText | None:
    said = text.characters
    windows = {said[i : i + _BLOCK] for i in range(len(said) - _BLOCK + 1)}
    shared: dict[int, int] = defaultdict(int)
    for window in windows & holders.keys():
        if len(holders[window]) <= _COMMON:
            for n in holders[window]:
                shared[n] += 1
    closest, most = None, 0
    for n, count in sorted(shared.items()):
        # News of one kind repeats its words day by day: other days are other articles.
        date = candidates[n].date
        may_be = date == text.date or not (date and text.date)
        if may_be and count > most:
            closest, most = candidates[n], count
    if closest is None:
        return None
    agreed = 0
    for block in _blocks(closest.characters):
        if block in windows:
            agreed += _BLOCK
    return closest if agreed >= _SHARE * len(said) else None
