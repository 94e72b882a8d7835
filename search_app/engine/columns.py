"""What ordering and filtering need of every article, held in memory beside the index."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from search_app.engine.evaluate import Numbers
from search_app.engine.ranking import Key
from search_app.model import Article
from search_app.query.tree import Dated, Valued, ValueField
from search_app.text.symbols import symbols

FIELDS: tuple[ValueField, ...] = ("authors", "newspaper", "page_no", "place")


@dataclass(frozen=True)
class Columns:
    """Date, id and whole values of every article, by its number."""

    keys: Sequence[Key]
    values: dict[ValueField, Sequence[Sequence[str]]]

    @classmethod
    def of(cls, articles: Iterable[Article]) -> "Columns":
        """The columns of articles in the order of their numbers."""
        keys: list[Key] = []
        values: dict[ValueField, Sequence[Sequence[str]]] = {name: [] for name in FIELDS}
        columns = cls(keys, values)
        for article in articles:
            columns.add(article)
        return columns

    def add(self, article: Article) -> None:
        """Appends an article."""
        assert isinstance(self.keys, list)
        self.keys.append(Key(article.date, article.id))
        singles = (article.newspaper, article.page_no, article.place)
        rows = [list(article.authors), *([value] if value else [] for value in singles)]
        for name, row in zip(FIELDS, rows, strict=True):
            column = self.values[name]
            assert isinstance(column, list)
            column.append(row)

    def valued(self, node: Valued) -> Numbers:
        """The articles that have a value of these symbols."""
        return self._holders[node.key].get(node.symbols, frozenset())

    def dated(self, node: Dated) -> Numbers:
        """The articles dated in the range; undated ones are in none."""
        low, high = node.low, (node.high or "9") + "\uffff"
        return frozenset(n for n, k in enumerate(self.keys) if k.date and low <= k.date <= high)

    @cached_property
    def _holders(self) -> dict[ValueField, dict[tuple[str, ...], Numbers]]:
        """For each field the articles by the symbols of their values, made at the first use."""
        return {name: _by_symbols(column) for name, column in self.values.items()}


def _by_symbols(column: Sequence[Sequence[str]]) -> dict[tuple[str, ...], Numbers]:
    holders: dict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(column):
        for value in row:
            holders[value].add(number)
    # Spellings of one value (王小满, 王 小 满) come together; each is taken apart once.
    folded: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for value, numbers in holders.items():
        folded[symbols(value)] |= numbers
    return {run: frozenset(numbers) for run, numbers in folded.items()}
