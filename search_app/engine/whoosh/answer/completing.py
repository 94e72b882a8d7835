"""What a whole generation suggests: the lexicons of its segments together, without what is gone."""

from collections.abc import Iterable

import numpy as np

from search_app.analysis.pinyin import begins_to_sound, letters_of, pinyin
from search_app.engine.base import Completion, TextKind
from search_app.engine.whoosh.answer.collection import Collection
from search_app.text.fold import fold

# Titles that are read to see whether they sound as typed beyond the eight letters of an index key;
# no list of suggestions shows as many.
_MOST_READ = 30


def completions(collection: Collection, typed: str, most: int) -> list[Completion]:
    """Texts that begin with what was typed, or sound so, frequent first."""
    folded, letters = fold(typed), letters_of(typed)
    found: set[Completion] = set()
    for segment in collection.segments:
        found.update(segment.lexicon.beginning(folded, most))
        if letters:
            found.update(segment.lexicon.sounding(letters, most))
    return _merged(found)[:most]


def homophones(collection: Collection, text: str) -> list[Completion]:
    """Texts that sound exactly as this one, frequent first."""
    sound = pinyin(fold(text))
    found: set[Completion] = set()
    for segment in collection.segments:
        found.update(segment.lexicon.homophones(sound))
    return _merged(found)


def titles_sounding(collection: Collection, letters: str, most: int) -> list[int]:
    """The articles whose titles begin to sound so, the newest first, then by id; their numbers."""
    found = []
    for segment, start in zip(collection.segments, collection.starts, strict=False):
        found.append(segment.lexicon.titles(letters) + start)
    docs = np.concatenate(found)
    docs = docs[collection.live.table[docs]]
    newest_first = -collection.dates[docs].astype(np.int64)
    order = np.lexsort((collection.id_keys(docs), newest_first))
    newest: list[int] = docs[order[:_MOST_READ]].tolist()
    sounding = []
    for number, article in zip(newest, collection.articles(newest), strict=True):
        if begins_to_sound(fold(article.title), letters):
            sounding.append(number)
    return sounding[:most]


def _merged(found: Iterable[Completion]) -> list[Completion]:
    """Each text once, with the weights of all segments, the most frequent first."""
    kinds: dict[str, TextKind] = {}
    weights: dict[str, int] = {}
    for text, kind, weight in found:
        kinds[text] = kind
        weights[text] = weights.get(text, 0) + weight
    order = sorted(weights, key=lambda text: (-weights[text], text))
    return [Completion(text, kinds[text], weights[text]) for text in order]
