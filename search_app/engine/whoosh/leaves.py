"""Which documents of a segment hold a run, two runs near each other, or a prefix.

A run of symbols is found by some of its pairs: those of a cover, in which every symbol stands. The
rarest is read first, and of each further one only what the places found so far need.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from search_app.engine.ranking import MOST_EXPANSIONS
from search_app.engine.whoosh.arrays import Array, ranges
from search_app.engine.whoosh.field import Field
from search_app.engine.whoosh.segment import Segment
from search_app.engine.whoosh.sets import NONE, among, union, unique
from search_app.engine.whoosh.terms import SEPARATOR, pair_term, pair_terms, pairs_of
from search_app.errors import BadQuery
from search_app.query.tree import TEXT_FIELDS, Near, Prefix, Run, TextField


class Scored(NamedTuple):
    """A field whose terms count for scores, by which weight, and whether they are pairs."""

    name: TextField
    weight: float
    pairs: bool


# A place is a number: the document, and in its lower half the symbol.
PLACE_BITS = 32
_SYMBOL = (1 << PLACE_BITS) - 1
_WIDEST_GAP = 1 << 30
# Where the places found so far are this many times fewer than a posting list, it is not read whole.
_FEW = 4
_STARTS, _ENDS = 1, 2  # the bits of an edge


class FieldView:
    """A field as one query sees it: whatever was looked up or read stays at hand."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self._numbers: dict[bytes, int] = {}
        self._docs: dict[int, Array] = {}

    def find(self, terms: Iterable[bytes]) -> None:
        """Looks terms up, all at once."""
        new = list(dict.fromkeys(term for term in terms if term not in self._numbers))
        if new:
            self._numbers.update(zip(new, self.field.terms.find(new), strict=True))

    def number(self, term: bytes) -> int:
        """The number of a term, -1 where the field does not hold it."""
        if term not in self._numbers:
            self.find([term])
        return self._numbers[term]

    def cost(self, terms: Sequence[bytes]) -> int:
        """How many postings terms have; looks them all up."""
        self.find(terms)
        return sum(self.field.count(n) for n in map(self._numbers.__getitem__, terms) if n >= 0)

    def docs(self, term: int) -> Array:
        """The documents of a term."""
        found = self._docs.get(term)
        if found is None:
            found = self._docs[term] = self.field.docs(term)
        return found


class PairView(FieldView):
    """A field of pairs, in which runs of symbols are found."""

    def run(self, run: Run) -> Array:
        """The documents that hold a run."""
        if len(run.symbols) > 2 or run.whole:
            return _documents(self.places(run))
        if len(run.symbols) == 1:
            return self._range(*self.field.terms.prefixed(pairs_of(run.symbols[0])))
        term = self.number(pair_term(*run.symbols))
        return NONE if term < 0 else self.docs(term)

    def near(self, near: Near) -> Array:
        """The documents that hold two runs with no more than a gap between them."""
        one, other = (self.places(Run(symbols)) for symbols in (near.one, near.other))
        gap = min(near.gap, _WIDEST_GAP)
        found = [
            left[_followed(left + len(run), right, gap)]
            for left, run, right in ((one, near.one, other), (other, near.other, one))
        ]
        return union([_documents(places) for places in found], self.field.documents)

    def prefix(self, prefix: Prefix) -> Array:
        """The documents with a run that begins so; raises BadQuery where these are too many."""
        terms, text = self.field.terms, prefix.text.encode()
        first, last = terms.prefixed(text)
        at, runs = first, 0
        while at < last:
            runs += 1
            if runs > MOST_EXPANSIONS:
                said = f"{prefix.text}* stands for over {MOST_EXPANSIONS} words"
                raise BadQuery(f"{said}; write more of it")
            symbol = terms[at].partition(SEPARATOR)[0]
            at = terms.bound(symbol + bytes([SEPARATOR[0] + 1]))
        return self._range(first, last)

    def places(self, run: Run, within: Array | None = None) -> Array:
        """Where a run begins, sorted; only in the documents `within`, if given."""
        places = self._places(run.symbols, within)
        if run.whole and len(places):
            starts = self._edges(places) & _STARTS > 0
            places = places[starts & (self._edges(places + len(run.symbols) - 1) & _ENDS > 0)]
        return places

    def run_cost(self, run: Sequence[str]) -> int:
        """How many positions finding a run may read."""
        if len(run) == 1:
            return self.range_cost(*self.field.terms.prefixed(pairs_of(run[0])))
        numbers = [self.number(term) for term in pair_terms(run)]
        return 0 if min(numbers) < 0 else sum(self.range_cost(n, n + 1) for n in numbers)

    def range_cost(self, first: int, last: int) -> int:
        """How many positions the terms in a range have."""
        starts = self.field.position_starts
        return int(starts[last]) - int(starts[first])

    def _range(self, first: int, last: int) -> Array:
        if first == last:
            return NONE
        return unique(self.field.docs_of_range(first, last), self.field.documents)

    def _places(self, symbols: Sequence[str], within: Array | None) -> Array:
        if len(symbols) == 1:
            first, last = self.field.terms.prefixed(pairs_of(symbols[0]))
            return (
                self._within(np.sort(self._all(first, last, 0)), within) if first < last else NONE
            )
        numbers = [self.number(term) for term in pair_terms(symbols)]
        if min(numbers) < 0:
            return NONE
        counts = [self.field.count(number) for number in numbers]
        rarest, *others = sorted(_cover(counts), key=counts.__getitem__)
        if within is None:
            places = self._all(numbers[rarest], numbers[rarest] + 1, rarest)
        else:
            places = self._of(numbers[rarest], rarest, within)
        for offset in others:
            if not len(places):
                break
            further = self._for(numbers[offset], offset, counts[offset], places)
            places = places[among(places, further)]
        return places

    def _all(self, first: int, last: int, offset: int) -> Array:
        """The places so many symbols before every occurrence of the terms in a range."""
        docs, positions = self.field.occurrences(first, last)
        return _places_before(docs, positions, offset)

    def _for(self, term: int, offset: int, count: int, places: Array) -> Array:
        """The places so many symbols before a term, at least in the documents of `places`."""
        if len(places) * _FEW > count:
            return self._all(term, term + 1, offset)
        return self._of(term, offset, _documents(places))

    def _of(self, term: int, offset: int, documents: Array) -> Array:
        """As `_all`, for one term, and only in these documents."""
        docs = self.docs(term)
        postings = docs.searchsorted(documents)
        postings = postings[docs.take(postings, mode="clip") == documents] if len(docs) else NONE
        firsts, sizes = self.field.position_ranges(term, postings)
        positions = self.field.positions_at(ranges(firsts, sizes))
        return _places_before(docs[postings].repeat(sizes), positions, offset)

    def _within(self, places: Array, within: Array | None) -> Array:
        return places if within is None else places[among(places >> PLACE_BITS, within)]

    def _edges(self, places: Array) -> Array:
        """The two bits of the symbols at some places."""
        edges, starts = self.field.file["edges"], self.field.file["edge_starts"]
        symbols = places & _SYMBOL
        bytes_ = edges[starts[places >> PLACE_BITS].astype(np.intp) + (symbols >> 2)]
        shifted: Array = bytes_ >> ((symbols & 3) * 2).astype(np.uint8)
        return shifted


class SegmentView:
    """A segment as one query sees it."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.pairs = {name: PairView(field) for name, field in segment.pairs.items()}
        self.words = {name: FieldView(field) for name, field in segment.words.items()}

    def holding(self, leaf: Run | Near | Prefix) -> Array:
        """The documents that hold a leaf, in its field or in any."""
        views = [self.pairs[name] for name in fields_of(leaf)]
        if isinstance(leaf, Run):
            sets = [view.run(leaf) for view in views]
        elif isinstance(leaf, Near):
            sets = [view.near(leaf) for view in views]
        else:
            sets = [view.prefix(leaf) for view in views]
        return union(sets, self.segment.documents)

    def scored(self, scored: Scored) -> FieldView:
        """The field whose terms count for scores."""
        return (self.pairs if scored.pairs else self.words)[scored.name]

    def cost(self, runs: Iterable[Run], prefixes: Iterable[Prefix]) -> int:
        """How many positions finding runs and prefixes may read; looks all their terms up."""
        self.find(runs)
        cost = sum(
            self.pairs[name].run_cost(run.symbols) for run in runs for name in fields_of(run)
        )
        for prefix in prefixes:
            terms = (
                (f, *self.pairs[f].field.terms.prefixed(prefix.text.encode()))
                for f in fields_of(prefix)
            )
            cost += sum(self.pairs[f].range_cost(first, last) for f, first, last in terms)
        return cost

    def find(self, runs: Iterable[Run]) -> None:
        """Looks up the pairs of many runs, all at once."""
        terms: dict[TextField, list[bytes]] = {name: [] for name in TEXT_FIELDS}
        for run in runs:
            for name in fields_of(run):
                terms[name] += pair_terms(run.symbols)
        for name, wanted in terms.items():
            self.pairs[name].find(wanted)


def fields_of(leaf: Run | Near | Prefix) -> Sequence[TextField]:
    """The fields in which a leaf may match."""
    return [leaf.field] if leaf.field else TEXT_FIELDS


def _places_before(docs: Array, positions: Array, offset: int) -> Array:
    """The places so many symbols before some positions, where there are so many."""
    places: Array = (docs << PLACE_BITS) + (positions - offset)
    return places[positions >= offset] if offset else places


def _documents(places: Array) -> Array:
    """The documents of sorted places."""
    docs: Array = places >> PLACE_BITS
    return docs[np.flatnonzero(np.diff(docs, prepend=-1))]


def _followed(ends: Array, starts: Array, gap: int) -> Array:
    """For each end whether something starts there or up to so many symbols behind it.

    Documents are further apart than any gap.
    """
    if not len(starts):
        return np.zeros(len(ends), bool)
    place = starts.searchsorted(ends)
    gaps = starts.take(place, mode="clip") - ends
    followed: Array = (gaps >= 0) & (gaps <= gap)
    return followed


def _cover(counts: Sequence[int]) -> list[int]:
    """Of the pairs of a run those that together hold every symbol, with the fewest postings."""
    costs, covers = [0, counts[0]], [[], [0]]  # up to before the first symbol, up to the second
    for pair in range(1, len(counts)):
        before = -2 if costs[-2] <= costs[-1] and pair > 1 else -1
        costs.append(costs[before] + counts[pair])
        covers.append([*covers[before], pair])
    return covers[-1]
