"""What filtering, ordering and counting know of an article: its date and its whole values."""

from collections.abc import Mapping

from search_app.filters import FILTERS, NamedInText, Reading
from search_app.model import Article, ValueField

# The fields whose whole values are stored, in the order of their columns.
_COLUMNS = {row.column: row.field for row in FILTERS if row.column is not None}
FACETS: tuple[ValueField, ...] = tuple(_COLUMNS[column] for column in sorted(_COLUMNS))
_READINGS: Mapping[ValueField, Reading] = {row.field: row.read for row in FILTERS}


def facet_values(article: Article, field: ValueField, names: NamedInText) -> tuple[str, ...]:
    """The values that an article has in a field; `names` are those that stand in its text."""
    return _READINGS[field](article, names)


def date_number(date: str | None, missing: str = "00") -> int:
    """An ISO date as a number that compares as dates do: 2020-01-28 is 20200128, None is 0.

    `missing` stands for a month or day that is not given.
    """
    parts = [*(date or "").split("-"), missing, missing][:3]
    return int("".join(parts)) if date else 0
