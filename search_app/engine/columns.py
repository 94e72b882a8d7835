"""What ordering and filtering need of every article, held in memory beside the index."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from search_app.engine.evaluate import Numbers
from search_app.engine.ranking import Key
from search_app.model import Article
from search_app.query.tree import Dated, Valued, ValueField
from search_app.text.symbols import symbols

Values = dict[ValueField, list[list[str]]]
FIELDS: tuple[ValueField, ...] = ("authors", "newspaper", "page_no", "place")


class Columns:
    """Date, id and whole values of every article, by its number."""

    def __init__(self, keys: list[Key], values: Values) -> None:
        self.keys = keys
        self.values = values

    @classmethod
    def of(cls, articles: Iterable[Article]) -> "Columns":
        """The columns of articles in the order of their numbers."""
        columns = cls([], {name: [] for name in FIELDS})
        for article in articles:
            columns.add(article)
        return columns

    def add(self, article: Article) -> None:
        """Appends an article; to be called before anything is looked up."""
        self.keys.append(Key(article.date, article.id))
        singles = (article.newspaper, article.page_no, article.place)
        rows = [list(article.authors), *([value] if value else [] for value in singles)]
        for name, row in zip(FIELDS, rows, strict=True):
            self.values[name].append(row)

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


def _by_symbols(column: list[list[str]]) -> dict[tuple[str, ...], Numbers]:
    holders: dict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(column):
        for value in row:
            holders[value].add(number)
    # Spellings of one value (王小满, 王 小 满) come together; each is taken apart once.
    folded: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for value, numbers in holders.items():
        folded[symbols(value)] |= numbers
    return {run: frozenset(numbers) for run, numbers in folded.items()}
