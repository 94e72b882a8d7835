"""Which documents of a segment hold a leaf of a query's tree, in any of its fields."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from search_app.analysis.words import is_han
from search_app.engine.arrays import Array
from search_app.engine.whoosh.answer.pairs import FieldView, PairView
from search_app.engine.whoosh.answer.sets import NONE
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.terms import pair_terms, pairs_of, word_term
from search_app.query.tree import Near, Prefix, Run, TextField


class ScoredField(NamedTuple):
    """A field whose words, or whose pairs, count for scores, and their weight."""

    name: TextField
    weight: float
    pairs: bool


class SegmentView:
    """A segment as one query sees it."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.words = {name: FieldView(field) for name, field in segment.words.items()}
        self.pairs: dict[TextField, PairView] = {}
        for number, (name, field) in enumerate(segment.pairs.items()):
            # Many corpora have no bylines: a field without terms need not be asked for each run.
            if len(field.terms):
                self.pairs[name] = PairView(name, number, field)

    def holding(self, leaf: Run | Near | Prefix, within: Array | None = None) -> list[Array]:
        """The documents that hold a leaf, in its field or in any, as `PairView.holding`."""
        holding = []
        for view in self._views_for(leaf):
            holding += view.holding(leaf, within)
        return holding

    def worded(self, run: Run) -> list[Array]:
        """The documents that have a run as a search-mode word, where words are kept of the field.

        None are told for a run whose word does not tell where one symbol ends and the next begins.
        """
        if len(run.symbols) > 1 and not all(map(is_han, run.symbols)):
            return []
        term, holding = word_term("".join(run.symbols)), []
        for name, view in self.words.items():
            if run.field in (None, name):
                postings = view.postings(term)
                if postings:
                    holding.append(postings.docs)
        return holding

    def places(self, run: Run, within: Array) -> Array:
        """Where a run begins in some documents, sorted; no two fields are near each other."""
        found = [NONE]
        for view in self._views_for(run):
            found.append(view.places(run, within) + view.field_bits)
        places: Array = np.concatenate(found)
        places.sort()
        return places

    def scored(self, scored: ScoredField) -> FieldView:
        """The field whose terms count for scores."""
        if not scored.pairs:
            return self.words[scored.name]
        return self.pairs.get(scored.name) or FieldView(self.segment.pairs[scored.name])

    def look_up(self, runs: Iterable[Run], prefixes: Iterable[Prefix]) -> int:
        """Looks up the terms of runs and prefixes; how many positions finding them may read."""
        terms: dict[TextField, list[bytes]] = {name: [] for name in self.pairs}
        cost = 0
        for run in runs:
            for view in self._views_for(run):
                terms[view.name] += pair_terms(run.symbols)
            if len(run.symbols) == 1:
                cost += self.symbol_cost(run)
        for prefix in prefixes:
            for view in self._views_for(prefix):
                cost += view.range_cost(prefix.text.encode())
        for name, view in self.pairs.items():
            view.find(terms[name])
            cost += view.cost()
        return cost

    def symbol_cost(self, run: Run) -> int:
        """How many positions finding a run of one symbol may read."""
        cost = 0
        for view in self._views_for(run):
            cost += view.range_cost(pairs_of(run.symbols[0]))
        return cost

    def _views_for(self, leaf: Run | Near | Prefix) -> Iterable[PairView]:
        """The fields in which a leaf may match, of those that have terms."""
        if leaf.field is None:
            return self.pairs.values()
        return [self.pairs[leaf.field]] if leaf.field in self.pairs else []
