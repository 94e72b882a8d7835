"""Reads the table of pinyin off pypinyin: `python tests/analysis/pinyin_table.py > <table>`."""

import unicodedata
from collections import defaultdict

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from search_app.text.fold import fold

LONGEST = 4


def lines() -> list[str]:
    """The table's lines: syllables with their characters, then words read otherwise."""
    characters = {
        chr(code): _plain(readings.split(",")[0])
        for code, readings in PINYIN_DICT.items()
        if "\u3400" <= chr(code) <= "\u9fff" and fold(chr(code)) == chr(code)
    }
    by_syllable = defaultdict(list)
    for c, syllable in sorted(characters.items()):
        by_syllable[syllable].append(c)
    words: dict[str, list[str]] = {}
    for phrase, readings in sorted(PHRASES_DICT.items(), key=lambda item: (len(item[0]), item[0])):
        word, read = fold(phrase), [_plain(reading[0]) for reading in readings]
        known = len(word) == len(read) <= LONGEST and all(c in characters for c in word)
        if known and _read(word, characters, words) != read:
            words[word] = read
    return [
        *(f"{syllable}\t{''.join(cs)}" for syllable, cs in sorted(by_syllable.items())),
        *(f"{word}\t{' '.join(read)}" for word, read in words.items()),
    ]


def _plain(reading: str) -> str:
    """A syllable without its tone; ü is v, as it is typed."""
    marked = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(c for c in marked if "a" <= c <= "z")


def _read(word: str, characters: dict[str, str], words: dict[str, list[str]]) -> list[str]:
    read: list[str] = []
    while len(read) < len(word):
        at = len(read)
        sizes = range(min(LONGEST, len(word) - at), 1, -1)
        inner = next((words[w] for n in sizes if (w := word[at : at + n]) in words), None)
        read += inner or [characters[word[at]]]
    return read


if __name__ == "__main__":
    print("\n".join(lines()))
