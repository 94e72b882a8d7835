"""Where runs of symbols stand in the fields of one segment, and which documents hold a leaf.

A run is found by some of its pairs: those of a cover, in which every symbol stands. The rarest is
read first, and of each further one only the postings in documents that are still in question. A
place is a number that says where a symbol stands: document, field, position.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from search_app.analysis.words import is_han
from search_app.engine.arrays import Array, among, distinct, distinct_of_sorted
from search_app.engine.ranking import MOST_EXPANSIONS
from search_app.engine.whoosh.answer.sets import NONE, DocSet
from search_app.engine.whoosh.store.field import FIELD_BITS, PLACE_BITS, Field, Postings
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.terms import SEPARATOR, pair_terms, pairs_of, word_term
from search_app.errors import BadQuery
from search_app.query.tree import Leaf, Near, Prefix, Run, TextField, Valued

_SYMBOL = (1 << FIELD_BITS) - 1
# Documents that are this many times fewer than a term's are looked up among them by binary search;
# a table of all documents costs less otherwise.
_FEW = 16
# Pairs that together occur so often, or less, are read whole: that costs less than choosing.
_SMALL = 20_000
# A range of terms with more than one document in so many becomes a table, which sorts for free.
_RARE = 64
_InText = Run | Near | Prefix
# Where a single symbol stands has to be sorted to tell what is near it, and each place is looked
# for among those of what may be near: measured to take as long as to read so many positions.
_SORTING, _COMPARING = 6, 2
_STARTS, _ENDS = 1, 2  # the bits of a symbol's edges: a word starts here, one ends here


class FieldView:
    """A field as one query sees it: what was looked up or read is kept until it is answered."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self._postings: dict[bytes, Postings | None] = {}

    def find(self, terms: Iterable[bytes]) -> None:
        """Looks terms up, all at once."""
        missing = dict.fromkeys(term for term in terms if term not in self._postings)
        if missing:
            self._postings.update(zip(missing, self.field.find(list(missing)), strict=True))

    def postings(self, term: bytes) -> Postings | None:
        """The postings of a term, None where the field does not hold it."""
        if term not in self._postings:
            self.find([term])
        return self._postings[term]

    def cost(self) -> int:
        """How many positions, or postings, the terms have that were looked up."""
        return sum([postings.size for postings in self._postings.values() if postings])


class PairView(FieldView):
    """A field of pairs, in which runs of symbols are found; `number` is unlike other fields'."""

    def __init__(self, name: TextField, number: int, field: Field) -> None:
        super().__init__(field)
        self.name = name
        # Added to places, it tells them from those in other fields.
        self.field_bits = number << FIELD_BITS
        self._places_of_runs: dict[tuple[str, ...], Array] = {}
        self._places_of_symbols: dict[Run, Array] = {}

    def holding(self, leaf: _InText, within: Array | None) -> list[Array]:
        """The documents that hold a leaf, for `Collection.union`; perhaps only those `within`."""
        if isinstance(leaf, Near):
            return self._near(leaf)
        if isinstance(leaf, Prefix):
            return [self._prefix(leaf)]
        if leaf.whole:
            return [self._set_of(self._places_in_words(leaf, within) >> PLACE_BITS)]
        if len(leaf.symbols) == 1:
            first, last = self.field.terms.prefixed(pairs_of(leaf.symbols[0]))
            if first < last:
                table = self.field.common(first)
                if table is not None:
                    return [table]
            return [self._range(first, last)]
        if len(leaf.symbols) == 2:
            postings = self.postings(*pair_terms(leaf.symbols))
            return [postings.docs] if postings else []
        places = self._places_of_rare(leaf.symbols)
        if places is not None:
            return [_documents_of(places)]
        return self._holding_phrase(leaf.symbols, within)

    def _near(self, near: Near) -> list[Array]:
        one, other = self.places(Run(near.one)), self.places(Run(near.other))
        if not len(one) or not len(other):
            return []
        # No gap may reach from one document into the next; places of a field have 32 bits.
        gap, holding = min(near.gap, 1 << 30), []
        for ends, starts in ((one + len(near.one), other), (other + len(near.other), one)):
            gaps = starts.take(starts.searchsorted(ends), mode="clip") - ends
            holding.append(_documents_of(ends[(gaps >= 0) & (gaps <= gap)]))
        return holding

    # The documents with a run that begins so; raises BadQuery where these are too many.
    def _prefix(self, prefix: Prefix) -> Array:
        terms = self.field.terms
        first, last = terms.prefixed(prefix.text.encode())
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
        if len(run.symbols) > 1:
            return self._places_in_words(run, within)
        if within is not None:
            return np.sort(self._places_in_words(run, within))
        # To sort these takes longest, and a symbol may be near several others.
        if run not in self._places_of_symbols:
            self._places_of_symbols[run] = np.sort(self._places_in_words(run, None))
        return self._places_of_symbols[run]

    # Where a run begins, of whole words if it asks for them; sorted unless it is a single symbol.
    def _places_in_words(self, run: Run, within: Array | None) -> Array:
        places = self._places_of_run(run.symbols, within)
        if run.whole and len(places):
            edges = starts = self._edges(places)
            if len(run.symbols) > 1:
                edges = self._edges(places + len(run.symbols) - 1)
            places = places.compress((starts & _STARTS > 0) & (edges & _ENDS > 0))
        return places

    # The documents of a range of terms, as `_set_of`.
    def _range(self, first: int, last: int) -> Array:
        if first == last:
            return NONE
        return self._set_of(self.field.postings_of_range(first, last).docs)

    # Documents in any order, perhaps several times: sorted, or a table of all where they are many.
    def _set_of(self, docs: Array) -> Array:
        if len(docs) * _RARE < self.field.documents:
            return distinct(docs).astype(np.intp)
        table = np.zeros(self.field.documents, bool)
        table[docs] = True
        return table

    # The documents in which three symbols or more stand in a row, perhaps of some only.
    def _holding_phrase(self, symbols: tuple[str, ...], within: Array | None) -> list[Array]:
        cover = self._cover(symbols)
        docs = within
        for _, pair in cover:
            if docs is None:
                docs = pair.docs
            else:
                docs = docs.compress(DocSet(self.field.documents, [pair.docs]).has(docs))
        assert docs is not None
        # In most documents each pair stands once, and looking at all of these at once is enough.
        starts, doubtful = [], np.zeros(len(docs), bool)
        for offset, pair in cover:
            first, several = pair.first_positions(self._which(pair, docs))
            starts.append(first - offset)
            doubtful |= several
        in_a_row = np.ones(len(docs), bool)
        for start in starts[1:]:
            in_a_row &= start == starts[0]
        holding, unseen = [docs.compress(in_a_row)], docs.compress(doubtful & ~in_a_row)
        if len(unseen):
            holding.append(_documents_of(self._places_of_run(symbols, unseen)))
        return holding

    # A run's cover, rarest first, each with its offset; none where the field lacks a pair.
    def _cover(self, symbols: tuple[str, ...]) -> list[tuple[int, Postings]]:
        pairs: list[Postings] = []
        for term in pair_terms(symbols):
            postings = self.postings(term)
            if postings is None:
                return []
            pairs.append(postings)
        cover = []
        for offset in _cheapest_cover([pair.count for pair in pairs]):
            cover.append((offset, pairs[offset]))
        cover.sort(key=lambda item: item[1].count)
        return cover

    # Where a run begins, sorted; None where its pairs occur too often to read them whole.
    def _places_of_rare(self, symbols: tuple[str, ...]) -> Array | None:
        if symbols in self._places_of_runs:
            return self._places_of_runs[symbols]
        cover = self._cover(symbols)
        if sum([pair.size for _, pair in cover]) > _SMALL:
            return None
        places = NONE
        for n, (offset, pair) in enumerate(cover):
            # Pairs behind it may seem to begin a run in front of its field; the first pair of a
            # run, which is in every cover, leaves those out.
            starts = pair.all_places - offset
            places = places.compress(among(places, starts)) if n else starts
        self._places_of_runs[symbols] = places
        return places

    # Where symbols stand in a row, sorted but for a single one's.
    def _places_of_run(self, symbols: tuple[str, ...], within: Array | None) -> Array:
        if len(symbols) == 1:
            first, last = self.field.terms.prefixed(pairs_of(symbols[0]))
            if first == last:
                return NONE
            return self._starts(self.field.postings_of_range(first, last), 0, within)
        if len(symbols) == 2 and within is not None:
            pair = self.postings(*pair_terms(symbols))
            return NONE if pair is None else self._starts(pair, 0, within)
        places = self._places_of_rare(symbols)
        if places is None:
            # Of each further pair only what is needed is read.
            (offset, rarest), *others = self._cover(symbols)
            places = self._starts(rarest, offset, within)
            for offset, pair in others:
                starts = self._starts(pair, offset, _documents_of(places))
                places = places.compress(among(places, starts))
        elif within is not None:
            places = places.compress(among(places >> PLACE_BITS, within))
        return places

    # The places so many symbols before every occurrence, in all documents or in some.
    def _starts(self, postings: Postings, offset: int, within: Array | None) -> Array:
        which = None if within is None else self._which(postings, within)
        docs, positions = postings.places(which)
        places: Array = (docs << PLACE_BITS) + (positions - offset)
        if offset:
            # A run that began so many symbols before the field would be in another one.
            return places.compress(positions >= offset)
        return places

    # The indices of the postings of some documents.
    def _which(self, postings: Postings, docs: Array) -> Array:
        if len(docs) * _FEW < len(postings.docs) and postings.ascend:
            at = postings.docs.searchsorted(docs)
            which: Array = at.compress(postings.docs.take(at, mode="clip") == docs)
            return which
        table = np.zeros(self.field.documents, bool)
        table[docs] = True
        return table[postings.docs].nonzero()[0]

    # The two bits of the symbols at some places.
    def _edges(self, places: Array) -> Array:
        edges, starts = self.field.file["edges"], self.field.file["edge_starts"]
        symbols = places & _SYMBOL
        fours = edges[starts[places >> PLACE_BITS].astype(np.intp) + (symbols >> 2)]
        shifted: Array = fours >> ((symbols & 3) * 2).astype(np.uint8)
        return shifted


class SegmentView:
    """A segment as one query sees it: the fields in which a leaf may match."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self._words = {name: FieldView(field) for name, field in segment.words.items()}
        self._pairs: dict[TextField, PairView] = {}
        for number, (name, field) in enumerate(segment.pairs.items()):
            # Many corpora have no bylines: a field without terms need not be asked for each run.
            if len(field.terms):
                self._pairs[name] = PairView(name, number, field)

    def holding(self, leaf: _InText | Valued, within: Array | None = None) -> list[Array]:
        """The documents that hold a leaf, in its field or in any, as `PairView.holding`."""
        if isinstance(leaf, Valued):
            return [self.segment.facets[leaf.key].holders(leaf.symbols)]
        holding = []
        for view in self._views_for(leaf):
            holding += view.holding(leaf, within)
        return holding

    def worded(self, run: Run) -> list[Array]:
        """The documents that have a run as a search-mode word, of fields whose words are kept."""
        # Of anything but Han a word does not tell where one symbol ends and the next begins.
        if len(run.symbols) > 1 and not all(map(is_han, run.symbols)):
            return []
        term, holding = word_term("".join(run.symbols)), []
        for name, view in self._words.items():
            postings = view.postings(term) if run.field in (None, name) else None
            if postings:
                holding.append(postings.docs)
        return holding

    def places(self, run: Run, within: Array) -> Array:
        """Where a run begins in some documents, sorted; no two fields are near each other."""
        found = [NONE]
        for view in self._views_for(run):
            found.append(view.places(run, within) + view.field_bits)
        # Runs that are sorted each: a stable sort merges them.
        return np.sort(np.concatenate(found), kind="stable")

    def scored(self, name: TextField, pairs: bool) -> FieldView:
        """A field whose words, or whose pairs, count for scores."""
        view = self._pairs.get(name) if pairs else self._words[name]
        return view or FieldView(self.segment.pairs[name])

    def look_up(self, leaves: Iterable[Leaf]) -> int:
        """Looks up the terms of leaves; how many positions finding them may read.

        What is done besides counts as so many positions as could be read meanwhile.
        """
        terms: dict[TextField, list[bytes]] = {name: [] for name in self._pairs}
        runs, apart, nears = dict[Run, None](), dict[Run, None](), set[Near]()
        cost = 0
        for leaf in leaves:
            if isinstance(leaf, Run):
                runs[leaf] = None
            elif isinstance(leaf, Near):
                nears.add(leaf)
                apart.update(dict.fromkeys(_near_runs(leaf)))
            elif isinstance(leaf, Prefix):
                cost += self.range_cost(leaf, leaf.text.encode())
        for run in runs | apart:
            for view in self._views_for(run):
                terms[view.name] += pair_terms(run.symbols)
            if len(run.symbols) == 1:
                size = self.range_cost(run, pairs_of(run.symbols[0]))
                cost += _SORTING * size if run in apart else size
        for name, view in self._pairs.items():
            view.find(terms[name])
            cost += view.cost()
        for near in nears:
            cost += _COMPARING * sum(map(self._most_places, _near_runs(near)))
        return cost

    # In no more places than these a run begins; its terms were looked up.
    def _most_places(self, run: Run) -> int:
        if len(run.symbols) == 1:
            return self.range_cost(run, pairs_of(run.symbols[0]))
        most = 0
        for view in self._views_for(run):
            pairs = map(view.postings, pair_terms(run.symbols))
            most += min(pair.size if pair else 0 for pair in pairs)
        return most

    def range_cost(self, leaf: Run | Prefix, beginning: bytes) -> int:
        """How many positions the terms have that begin so, in the fields where a leaf may match."""
        cost = 0
        for view in self._views_for(leaf):
            cost += view.field.size(*view.field.terms.prefixed(beginning))
        return cost

    def _views_for(self, leaf: _InText) -> Iterable[PairView]:
        if leaf.field is None:
            return self._pairs.values()
        return [self._pairs[leaf.field]] if leaf.field in self._pairs else []


# What must stand near each other.
def _near_runs(near: Near) -> tuple[Run, Run]:
    return Run(near.one, near.field), Run(near.other, near.field)


def _documents_of(places: Array) -> Array:
    return distinct_of_sorted(places >> PLACE_BITS)


# Of the pairs of a run those that together hold every symbol, with the fewest postings.
def _cheapest_cover(counts: Sequence[int]) -> list[int]:
    # A path through the pairs that leaves out no two neighbours, by the cheapest way to each.
    # up to before the first symbol, up to the second
    costs = [0, counts[0]]
    covers = [[], [0]]
    for pair in range(1, len(counts)):
        before = -1
        if pair > 1 and costs[-2] <= costs[-1]:
            before = -2
        costs.append(costs[before] + counts[pair])
        covers.append([*covers[before], pair])
    return covers[-1]
