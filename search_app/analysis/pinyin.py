"""How Chinese is typed in Latin letters: pinyin without tones, and initials.

The table `pinyin.tsv` is read off pypinyin's dictionaries: a line a syllable with its characters,
then a line a word that its characters' first readings do not give (重庆: chong qing). Reading it
takes a twentieth of what importing that library does, and a server does so too.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from search_app.text.fold import fold

# The longest word of the table.
_LONGEST = 4


class Readings(NamedTuple):
    """The syllable of each character, and the syllables of each word that is read otherwise."""

    characters: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    beginnings: frozenset[str]  # the two characters that such words begin with


def syllables(folded: str) -> list[str]:
    """One syllable for each Han character of a folded text; what has none stays as it is."""
    known = readings()
    read = list(map(known.characters.get, folded, folded))
    at = 0
    while at < len(folded) - 1:
        size = 1
        # Few texts have such a word, and an index is made of many.
        if folded[at : at + 2] in known.beginnings:
            size = _LONGEST
            while size > 1 and folded[at : at + size] not in known.words:
                size -= 1
            read[at : at + size] = known.words.get(folded[at : at + size], read[at : at + size])
        at += size
    return read


def pinyin(folded: str) -> str:
    """All syllables in one: 防汛抗旱 is fangxunkanghan."""
    return "".join(syllables(folded))


def sounds(folded: str, most: int) -> tuple[str, str]:
    """Pinyin and initials of the first so many letters, digits and characters of a text."""
    letters = "".join(filter(str.isalnum, folded))
    # A few more, because what follows may decide how a character is read.
    spoken = syllables(letters[: most + _LONGEST])[:most]
    return "".join(spoken), "".join([syllable[0] for syllable in spoken])


def letters_of(typed: str) -> str:
    """What may be pinyin or initials of what was typed: its letters; empty where it has others."""
    letters = re.sub(r"[\s'’]", "", fold(typed))
    return letters if re.fullmatch("[a-z0-9]+", letters) else ""


def begins_to_sound(folded: str, letters: str) -> bool:
    """Whether a text's pinyin or its initials begin with these letters."""
    spoken, initials = sounds(folded, len(letters))
    return spoken.startswith(letters) or initials.startswith(letters)


@cache
def readings() -> Readings:
    """The table, read when it is first asked for."""
    text = (files("search_app.analysis") / "pinyin.tsv").read_text(encoding="utf-8")
    characters: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        left, _, right = line.partition("\t")
        if left.isascii():
            characters.update(dict.fromkeys(right, left))
        else:
            words[left] = tuple(right.split())
    return Readings(characters, words, frozenset(word[:2] for word in words))
