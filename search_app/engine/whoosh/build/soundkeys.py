"""How texts begin to sound, as numbers: what `analysis.pinyin.sounds` says of one text, for many.

Nearly all texts are made of characters with one reading, letters and digits: for these the sounds
are put together by arrays, the others one by one.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np

from search_app.analysis.pinyin import readings, sounds
from search_app.engine.arrays import Array
from search_app.engine.whoosh.store.terms import KEY

_BEYOND = 0x10000  # no character from here on has a reading
_ODD = 255
_ENOUGH = 4 * KEY
_CHARACTER_BITS = np.uint64(16)


def sound_keys(texts: Iterable[str]) -> Array:
    """The first letters of each folded text's pinyin and of its initials as numbers, (2 * n,).

    Numbers compare as the letters do; behind the last letter are zeros.
    """
    spoken = list(map(_spoken, texts))
    # One more than counts: with the last one it may be a word that is read in a way of its own.
    size = KEY + 1
    padded = np.array(spoken, f"<U{size}").view("<u4").reshape(-1, size)  # the rest is cut off
    codes = np.minimum(padded, _BEYOND)
    lengths, letters, beginnings = _spellings()
    keys = np.zeros((len(codes), 2), np.uint64)
    used = np.zeros(len(codes), np.int64)
    for column in codes[:, :KEY].T:
        shift = (8 * np.minimum(used, KEY - 1)).astype(np.uint64)
        keys[:, 0] |= np.where(used < KEY, letters[column] >> shift, np.uint64(0))
        used += lengths[column]
    initials = (letters[codes[:, :KEY]] >> np.uint64(8 * (KEY - 1))).astype(np.uint8)
    keys[:, 1] = initials.view(">u8").ravel()
    # One by one: a character without a reading, or perhaps a word with a reading of its own.
    pairs = codes[:, :-1].astype(np.uint64) << _CHARACTER_BITS | codes[:, 1:]
    at = np.minimum(beginnings.searchsorted(pairs), len(beginnings) - 1)
    unusual = (lengths[codes] == _ODD).any(axis=1) | (beginnings[at] == pairs).any(axis=1)
    for n in unusual.nonzero()[0].tolist():
        keys[n] = [_key(sound) for sound in sounds(spoken[n], KEY)]
    return keys.ravel()


# The letters, digits and characters of a text, of a long one at least as many as count.
def _spoken(text: str) -> str:
    for part in (text[:_ENOUGH], text):
        spoken = part if part.isalnum() else "".join(filter(str.isalnum, part))
        if len(spoken) >= _ENOUGH // 2:
            break
    return spoken


# Of each character how many letters it is written with, _ODD where none are known, and these as the
# highest bytes of a number; pairs of characters, sorted, that may be read otherwise.
@cache
def _spellings() -> tuple[Array, Array, Array]:
    found = readings()
    lengths = np.full(_BEYOND + 1, _ODD, np.uint8)
    letters = np.zeros(_BEYOND + 1, np.uint64)
    lengths[0] = 0
    alike = {c: c for c in map(chr, range(128)) if c.isalnum()}
    for character, syllable in (alike | dict(found.characters)).items():
        lengths[ord(character)], letters[ord(character)] = len(syllable), _key(syllable)
    pairs = sorted(ord(p[0]) << int(_CHARACTER_BITS) | ord(p[1]) for p in found.beginnings)
    return lengths, letters, np.array(pairs, np.uint64)


def _key(sound: str) -> int:
    return int.from_bytes(sound[:KEY].encode("ascii", "ignore").ljust(KEY, b"\0"), "big")
