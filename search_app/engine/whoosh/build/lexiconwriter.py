"""Writing what `lexicon` reads, from a segment's runs, words and values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.base import TextKind
from search_app.engine.suggested import VALUES, is_suggested, least
from search_app.engine.whoosh.build.batch import Runs
from search_app.engine.whoosh.build.soundkeys import sound_keys
from search_app.engine.whoosh.store.array_file import (
    decoded,
    string_table,
    unpacked_strings,
    write_arrays,
)
from search_app.engine.whoosh.store.facets import Facet
from search_app.engine.whoosh.store.field import Field
from search_app.engine.whoosh.store.lexicon import KINDS
from search_app.model import ValueField
from search_app.text.fold import fold


def write_lexicon(
    path: Path, runs: Runs, fields: Sequence[Field], facets: Mapping[ValueField, Facet]
) -> None:
    """Writes the lexicon of a segment whose words and columns are written."""
    enough, counts = least(runs.documents), Counter[str]()
    for run in runs:
        phrases = unpacked_strings(run["phrases"])
        for phrase, count in zip(phrases, run["phrase_counts"].tolist(), strict=True):
            counts[phrase] += count
    for field in fields:
        numbers = (field.counts() >= enough).nonzero()[0]
        # No term has a zero byte, and one long text is decoded sooner than many short ones.
        words = decoded(b"\0".join(field.terms.many(numbers))).split("\0") if len(numbers) else []
        for word, count in zip(words, field.counts()[numbers].tolist(), strict=True):
            if is_suggested(word):
                counts[word] = max(counts[word], count)
    known: dict[str, tuple[int, TextKind]] = {}
    for text, count in counts.items():
        if count >= enough:
            known[text] = count, "phrase"
    for name, kind in VALUES.items():
        facet = facets[name]
        for n, count in zip(*facet.frequencies(np.arange(runs.documents)), strict=True):
            # A name is worth more than a word: half as many articles do.
            if count * 2 >= enough:
                text = facet.values[int(n)]
                known[text] = max(int(count), known.get(text, (0, kind))[0]), kind
    write_arrays(path, _lexicon_arrays(known, runs.joined("title_keys").astype(np.uint64)))


# `known`: of each text how many articles hold it, about, and what it is.
def _lexicon_arrays(
    known: Mapping[str, tuple[int, TextKind]], title_keys: Array
) -> dict[str, Array]:
    rows = []
    for text, (count, kind) in known.items():
        folded = text if kind == "phrase" else fold(text)  # words and phrases are folded
        rows.append((folded, text, KINDS.index(kind), count))
    all_folded, texts, kinds, counts = zip(*sorted(rows), strict=True) if rows else [()] * 4
    keys = np.concatenate([sound_keys(all_folded), title_keys])
    owners = np.arange(len(keys) // 2, dtype=np.uint32).repeat(2)
    order = np.argsort(keys, kind="stable")
    order = order[keys[order] > 0]
    return {
        **string_table("texts", texts),
        "kinds": np.array(kinds, np.uint8),
        "counts": np.array(counts, np.uint32),
        "keys": keys[order],
        "owners": owners[order],
    }
