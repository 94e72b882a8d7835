"""Which documents of a segment hold a run, two runs near each other, or a prefix.

A run of symbols is found by some of its pairs: those of a cover, in which every symbol stands. The
rarest is read first, and of each further one only what the places found so far need.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from search_app.analysis.words import is_han
from search_app.engine.arrays import Array, distinct
from search_app.engine.ranking import MOST_EXPANSIONS
from search_app.engine.whoosh.answer.sets import NONE, among, distinct_of_sorted
from search_app.engine.whoosh.store.field import FIELD_BITS, PLACE_BITS, Field, Postings
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.terms import SEPARATOR, pair_terms, pairs_of, word_term
from search_app.errors import BadQuery
from search_app.query.tree import Near, Prefix, Run, TextField


class ScoredField(NamedTuple):
    """A field whose terms count for scores, by which weight, and whether they are pairs."""

    name: TextField
    weight: float
    pairs: bool


_SYMBOL = (1 << FIELD_BITS) - 1
_WIDEST_GAP = 1 << 30
# Documents that are this many times fewer than a term's are looked for one by one.
_FEW = 16
# Pairs that together occur so often, or less, are read whole; of others only what is needed.
_SMALL = 20_000
# Of a range of terms, a table is made where it has more than this share of all documents.
_RARE = 64
_STARTS, _ENDS = 1, 2  # the bits of an edge


class FieldView:
    """A field as one query sees it: whatever was looked up or read stays at hand."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self._postings: dict[bytes, Postings | None] = {}

    def find(self, terms: Iterable[bytes]) -> None:
        """Looks terms up, all at once."""
        new = list(dict.fromkeys(term for term in terms if term not in self._postings))
        if new:
            self._postings.update(zip(new, self.field.find(new), strict=True))

    def postings(self, term: bytes) -> Postings | None:
        """The postings of a term, None where the field does not hold it."""
        if term not in self._postings:
            self.find([term])
        return self._postings[term]

    def cost(self) -> int:
        """How many positions, or postings, the terms have that were looked up."""
        return sum(found.size for found in self._postings.values() if found)


class PairView(FieldView):
    """A field of pairs, in which runs of symbols are found."""

    def __init__(self, field: Field, place: int) -> None:
        super().__init__(field)
        # What tells this field's places from those of the others.
        self.place = place << FIELD_BITS
        self._held: dict[tuple[str, ...], Array] = {}

    def holding(self, leaf: Run | Near | Prefix, within: Array | None) -> list[Array]:
        """The documents that hold a leaf, in arrays as `DocSet.of` takes them.

        With `within`, sorted, those among them; perhaps others too.
        """
        if isinstance(leaf, Near):
            return self._near(leaf)
        if isinstance(leaf, Prefix):
            return [self._prefix(leaf)]
        if leaf.whole:
            return [_documents(self.places(leaf, within))]
        if len(leaf.symbols) > 2:
            if (places := self._small(leaf.symbols)) is not None:
                return [_documents(places)]
            return self._phrase(leaf.symbols, within)
        if len(leaf.symbols) == 1:
            return [self._symbol(*self.field.terms.prefixed(pairs_of(leaf.symbols[0])))]
        found = self.postings(*pair_terms(leaf.symbols))
        return [found.docs] if found else []

    def _near(self, near: Near) -> list[Array]:
        """The documents that hold two runs with no more than a gap between them."""
        one, other = (self.places(Run(symbols)) for symbols in (near.one, near.other))
        gap = min(near.gap, _WIDEST_GAP)
        found = [
            left[_followed(left + len(run), right, gap)]
            for left, run, right in ((one, near.one, other), (other, near.other, one))
        ]
        return [_documents(places) for places in found]

    def _prefix(self, prefix: Prefix) -> Array:
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

    def range_cost(self, prefix: bytes) -> int:
        """How many positions the terms have that begin so."""
        return self.field.size(*self.field.terms.prefixed(prefix))

    def _symbol(self, first: int, last: int) -> Array:
        """The documents of a symbol, by the range of its terms, or a table of all documents."""
        table = self.field.common.table(first) if first < last else NONE
        return self._range(first, last) if table is None else table

    def _range(self, first: int, last: int) -> Array:
        """The documents of a range of terms, sorted, or a table where they are many."""
        if first == last:
            return NONE
        docs = self.field.postings_of_range(first, last).docs
        if len(docs) * _RARE < self.field.documents:
            return distinct(docs).astype(np.intp)
        table = np.zeros(self.field.documents, bool)
        table[docs] = True
        return table

    def _phrase(self, symbols: tuple[str, ...], within: Array | None = None) -> list[Array]:
        """The documents in which three symbols or more stand in a row, perhaps of some only.

        In most documents each pair stands once, and looking at all of these at once is enough.
        """
        cover = self._cover(symbols)
        pairs = [pair for _, pair in cover]
        docs = pairs[0].docs if within is None else within
        for pair in pairs if within is not None else pairs[1:]:
            docs = self._in_both(docs, pair.docs)
        starts, many = [], np.zeros(len(docs), bool)
        for offset, pair in cover:
            first, several = pair.first_positions(self._which(pair, docs))
            starts.append(first - offset)
            many |= several
        in_a_row = np.logical_and.reduce([start == starts[0] for start in starts])
        rest = docs.compress(many & ~in_a_row)
        found = docs.compress(in_a_row)
        return [found, _documents(self._places(symbols, rest)) if len(rest) else NONE]

    def _cover(self, symbols: tuple[str, ...]) -> list[tuple[int, Postings]]:
        """Of a run's pairs those that together hold every symbol, the rarest first.

        Each with its place in the run; none where the field lacks one of the run's pairs.
        """
        pairs = [self.postings(term) for term in pair_terms(symbols)]
        found = [pair for pair in pairs if pair]
        if not found or len(found) < len(pairs):
            return []
        cover = [(offset, found[offset]) for offset in _cover([pair.count for pair in found])]
        return sorted(cover, key=lambda pair: pair[1].count)

    def _in_both(self, few: Array, many: Array) -> Array:
        if len(few) * _FEW < len(many) + self.field.documents // _FEW:
            return few.compress(among(few, many))
        table = np.zeros(self.field.documents, bool)
        table[many] = True
        return few.compress(table[few])

    def _small(self, symbols: tuple[str, ...]) -> Array | None:
        """Where a run begins, sorted; None where its pairs occur too often to read them whole."""
        if symbols not in self._held:
            cover = self._cover(symbols)
            if sum(pair.size for _, pair in cover) > _SMALL:
                return None
            # The first pair is always in the cover: a run that began in front of its field, as
            # the pairs behind it may seem to, is no place of the first one.
            found = [pair.all_places - offset for offset, pair in cover] or [NONE]
            self._held[symbols] = reduce(lambda few, more: few.compress(among(few, more)), found)
        return self._held[symbols]

    def _places(self, symbols: tuple[str, ...], within: Array | None) -> Array:
        if len(symbols) == 1:
            first, last = self.field.terms.prefixed(pairs_of(symbols[0]))
            if first == last:
                return NONE
            found = self.field.postings_of_range(first, last)
            return np.sort(self._some(found, 0, within))
        if len(symbols) == 2 and within is not None:
            pair = self.postings(*pair_terms(symbols))
            return NONE if pair is None else self._some(pair, 0, within)
        if (places := self._small(symbols)) is not None:
            return (
                places if within is None else places.compress(among(places >> PLACE_BITS, within))
            )
        (offset, rarest), *others = self._cover(symbols)
        places = self._some(rarest, offset, within)
        for offset, pair in others:
            further = self._some(pair, offset, _documents(places))
            places = places.compress(among(places, further))
        return places

    def _some(self, postings: Postings, offset: int, within: Array | None) -> Array:
        """The places so many symbols before every occurrence, in all documents or in some."""
        which = None if within is None else self._which(postings, within)
        docs, positions = postings.places(which)
        places: Array = (docs << PLACE_BITS) + (positions - offset)
        return places.compress(positions >= offset) if offset else places

    def _which(self, postings: Postings, docs: Array) -> Array:
        """The places, among postings, of those of some documents."""
        if len(docs) * _FEW < len(postings.docs) and postings.ascend:
            at = postings.docs.searchsorted(docs)
            found: Array = at.compress(postings.docs.take(at, mode="clip") == docs)
            return found
        table = np.zeros(self.field.documents, bool)
        table[docs] = True
        return table[postings.docs].nonzero()[0]

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
        pairs = enumerate(segment.pairs.items())
        # Many corpora have no bylines: what is not there need not be asked for each run.
        self.pairs = {name: PairView(f, n) for n, (name, f) in pairs if len(f.terms)}
        self.words = {name: FieldView(f) for name, f in segment.words.items()}

    def holding(self, leaf: Run | Near | Prefix, within: Array | None = None) -> list[Array]:
        """The documents that hold a leaf, in its field or in any, as `PairView.holding`."""
        return [docs for view in self._fields(leaf) for docs in view.holding(leaf, within)]

    def worded(self, run: Run) -> list[Array]:
        """The documents that have a run as a search-mode word, where words are kept of the field.

        None are told for a run whose word does not tell where one symbol ends and the next begins.
        """
        if len(run.symbols) > 1 and not all(map(is_han, run.symbols)):
            return []
        term = word_term("".join(run.symbols))
        fields = (view for name, view in self.words.items() if run.field in (None, name))
        return [found.docs for view in fields if (found := view.postings(term))]

    def places(self, run: Run, within: Array) -> Array:
        """Where a run begins in some documents, sorted; no two fields are near each other."""
        found = [view.places(run, within) + view.place for view in self._fields(run)]
        places: Array = np.concatenate(found) if found else NONE
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
            for name in self._names(run):
                terms[name] += pair_terms(run.symbols)
            if len(run.symbols) == 1:
                cost += self.symbol_cost(run)
        for prefix in prefixes:
            cost += sum(view.range_cost(prefix.text.encode()) for view in self._fields(prefix))
        for name, wanted in terms.items():
            self.pairs[name].find(wanted)
        return cost + sum(view.cost() for view in self.pairs.values())

    def symbol_cost(self, run: Run) -> int:
        """How many positions finding a run of one symbol may read."""
        return sum(view.range_cost(pairs_of(run.symbols[0])) for view in self._fields(run))

    def _names(self, leaf: Run | Near | Prefix) -> list[TextField]:
        """The fields in which a leaf may match, of those that have terms."""
        return [n for n in self.pairs if n == leaf.field or leaf.field is None]

    def _fields(self, leaf: Run | Near | Prefix) -> list[PairView]:
        return [self.pairs[name] for name in self._names(leaf)]


def _documents(places: Array) -> Array:
    """The documents of sorted places."""
    return distinct_of_sorted(places >> PLACE_BITS)


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
