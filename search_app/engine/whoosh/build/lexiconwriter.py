"""Writing what `lexicon` reads: from the heads of a run, then from a segment's words and values."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.base import TextKind
from search_app.engine.reading.tokens import Tokens
from search_app.engine.suggested import VALUES, is_suggested, least
from search_app.engine.whoosh.build.runs import Runs
from search_app.engine.whoosh.build.soundkeys import sound_keys
from search_app.engine.whoosh.store.array_file import write_arrays
from search_app.engine.whoosh.store.facets import Facet
from search_app.engine.whoosh.store.field import Field
from search_app.engine.whoosh.store.lexicon import KINDS
from search_app.engine.whoosh.store.strings import (
    decoded,
    packed_strings,
    string_table,
    unpacked_strings,
)
from search_app.model import Article, ValueField
from search_app.text.fold import fold

# Words side by side in a headline that may be a phrase, and how many characters it has. Longer ones
# are whole headlines, which are suggested as such.
_WORDS_OF_PHRASE, _SHORTEST, _LONGEST = (2, 3), 4, 10
# Of each text how many articles hold it, about, and what it is.
KnownTexts = dict[str, tuple[int, TextKind]]


def from_heads(articles: Sequence[Article], heads: Tokens) -> dict[str, Array]:
    """What a run has for the lexicon: phrases that two heads have, and how titles sound.

    `title_keys` (2 * documents,) u64, as `keys`, zeros for articles without a printed title.
    """
    counts = Counter(_neighbouring_words(heads))
    phrases = sorted(phrase for phrase, count in counts.items() if count > 1)
    titles = []
    for article in articles:
        titles.append("" if article.title_is_derived else fold(article.title))
    return {
        "phrases": packed_strings(phrases),
        "phrase_counts": np.array([counts[phrase] for phrase in phrases], np.uint32),
        "title_keys": sound_keys(titles),
    }


def write_lexicon(
    path: Path, runs: Runs, fields: Sequence[Field], facets: Mapping[ValueField, Facet]
) -> None:
    """Writes the lexicon of a segment whose words and columns are written."""
    documents = runs.documents
    enough = least(documents)
    known: KnownTexts = {}
    for text, count in chain(_phrases_of(runs), *(_frequent_words(f, enough) for f in fields)):
        if count >= enough and count > known.get(text, (0, "phrase"))[0]:
            known[text] = count, "phrase"
    for name, kind in VALUES.items():
        for n, count in zip(*facets[name].frequencies(np.arange(documents)), strict=True):
            # A name is worth more than a word: half as many articles do.
            if count * 2 >= enough:
                text = facets[name].values[int(n)]
                known[text] = max(int(count), known.get(text, (0, kind))[0]), kind
    write_arrays(path, _lexicon_arrays(known, runs.joined("title_keys").astype(np.uint64)))


def _lexicon_arrays(known: KnownTexts, title_keys: Array) -> dict[str, Array]:
    folded = {}
    for text, (_, kind) in known.items():
        folded[text] = text if kind == "phrase" else fold(text)  # words and phrases are folded
    texts = sorted(known, key=lambda text: (folded[text], text))
    keys = np.concatenate([sound_keys(map(folded.__getitem__, texts)), title_keys])
    owners = np.arange(len(keys) // 2, dtype=np.uint32).repeat(2)
    order = np.argsort(keys, kind="stable")
    order = order[keys[order] > 0]
    return {
        **string_table("texts", texts),
        "kinds": np.array([KINDS.index(known[text][1]) for text in texts], np.uint8),
        "counts": np.array([known[text][0] for text in texts], np.uint32),
        "keys": keys[order],
        "owners": owners[order],
    }


def _neighbouring_words(tokens: Tokens) -> Iterator[str]:
    """Runs of two or three of the segmenter's words, as often as they stand in the texts."""
    starts, lengths = (a[: tokens.cut] for a in (tokens.word_starts, tokens.word_lengths))
    ends = starts + lengths
    for n in _WORDS_OF_PHRASE:
        first, last = starts[: len(starts) - n + 1], ends[n - 1 :] - 1
        size = last - first + 1
        inner = np.concatenate([np.zeros(1, np.intp), lengths.cumsum()])
        whole = size == inner[n:] - inner[: len(first)]
        whole &= (size >= _SHORTEST) & (size <= _LONGEST)
        whole &= (lengths[: len(first)] > 1) & (lengths[n - 1 :] > 1)
        first, last = first[whole], last[whole]
        begin, end = tokens.places[first], tokens.places[last]
        # In one text, and nothing between its characters.
        here = tokens.starts.searchsorted(first, "right") == tokens.starts.searchsorted(
            last, "right"
        )
        here &= end - begin == last - first
        for start, last_place in zip(begin[here].tolist(), end[here].tolist(), strict=True):
            yield tokens.folded[start : last_place + 1]


def _phrases_of(runs: Runs) -> Iterator[tuple[str, int]]:
    """The phrases of all runs, and in how many heads of these runs each stands."""
    counts = Counter[str]()
    for run in runs:
        phrases = unpacked_strings(run["phrases"])
        for phrase, count in zip(phrases, run["phrase_counts"].tolist(), strict=True):
            counts[phrase] += count
    return iter(counts.items())


def _frequent_words(field: Field, enough: int) -> Iterator[tuple[str, int]]:
    """The words of a field that stand in so many documents, without stop words."""
    counts = field.counts()
    numbers = (counts >= enough).nonzero()[0]
    # No term has a zero byte, and one long text is decoded sooner than many short ones.
    words = decoded(b"\0".join(field.terms.many(numbers))).split("\0") if len(numbers) else []
    for word, count in zip(words, counts[numbers].tolist(), strict=True):
        if is_suggested(word):
            yield word, count
