"""What a whole generation suggests: the lexicons of its segments together, without what is gone."""

from collections.abc import Iterable

import numpy as np

from search_app.analysis.pinyin import begins_to_sound, letters_of, pinyin
from search_app.engine.arrays import Array
from search_app.engine.base import Completion, TextKind
from search_app.engine.whoosh.answer.collection import Collection
from search_app.text.fold import fold

# Titles that are read to see whether they sound as typed beyond what the index keeps.
_MOST_READ = 30


def completions(collection: Collection, typed: str, most: int) -> list[Completion]:
    """Texts that begin with what was typed, or sound so, frequent first."""
    lexicons = [segment.lexicon for segment in collection.segments]
    found = [c for lexicon in lexicons for c in lexicon.beginning(fold(typed), most)]
    if letters := letters_of(typed):
        found += [c for lexicon in lexicons for c in lexicon.sounding(letters, most)]
    return _merged(found)[:most]


def homophones(collection: Collection, text: str) -> list[Completion]:
    """Texts that sound exactly as this one, frequent first."""
    sound = pinyin(fold(text))
    return _merged(c for s in collection.segments for c in s.lexicon.homophones(sound))


def titles_sounding(collection: Collection, letters: str, most: int) -> list[int]:
    """The newest articles whose titles begin to sound so; their numbers."""
    parts = zip(collection.segments, collection.starts, strict=False)
    docs = np.concatenate([s.lexicon.titles(letters) + start for s, start in parts])
    newest = _newest(collection, docs[collection.live.table[docs]])
    titles = zip(newest, collection.articles(newest), strict=True)
    return [n for n, a in titles if begins_to_sound(fold(a.title), letters)][:most]


def _newest(collection: Collection, docs: Array) -> list[int]:
    numbers: list[int] = docs[np.argsort(collection.dates[docs], kind="stable")[::-1]].tolist()
    return numbers[:_MOST_READ]


def _merged(found: Iterable[Completion]) -> list[Completion]:
    """Each text once, with the weights of all segments, the most frequent first."""
    kinds: dict[str, TextKind] = {}
    weights: dict[str, int] = {}
    for text, kind, weight in set(found):
        kinds[text] = kind
        weights[text] = weights.get(text, 0) + weight
    order = sorted(weights, key=lambda text: (-weights[text], text))
    return [Completion(text, kinds[text], weights[text]) for text in order]
