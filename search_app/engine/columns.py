"""What filtering, ordering and counting know of an article: its date and its whole values."""

from search_app.analysis.names import Names
from search_app.model import Article
from search_app.query.tree import ValueField

# The fields whose whole values can be asked for and counted.
FACETS: tuple[ValueField, ...] = (
    "authors", "newspaper", "page_no", "section", "place", "agency", "people", "organisations",
)  # fmt: skip


def facet_values(article: Article, field: ValueField, names: Names) -> tuple[str, ...]:
    """The values that an article has in a field; `names` are those that stand in its text."""
    if field == "authors":
        return tuple(dict.fromkeys(filter(None, article.authors)))
    if field in ("people", "organisations"):
        return names.people if field == "people" else names.organisations
    value = getattr(article, field)
    return (value,) if value else ()


def date_number(date: str | None, missing: str = "00") -> int:
    """An ISO date, possibly only a year or a month, as a number that compares as dates do.

    2020-01-28 is 20200128; `missing` stands for a month or day that is not given. None is 0.
    """
    parts = [*(date or "").split("-"), missing, missing][:3]
    return int("".join(parts)) if date else 0
