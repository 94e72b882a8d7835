"""The one table of filters: what results are narrowed by and counted in.

Columns, parameters and their description, facets, links that reset a filter, advice and names in
queries are made from it. To add a filter, add a row; its column is the next free number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from search_app.model import Article, FilterName, ValueField


class NamedInText(Protocol):
    """Who is named in an article, as the analyser found it."""

    @property
    def people(self) -> tuple[str, ...]: ...
    @property
    def organisations(self) -> tuple[str, ...]: ...


Reading = Callable[[Article, NamedInText], tuple[str, ...]]


class ValueShape(NamedTuple):
    """What values look like, where not any text will do; what is said of others."""

    pattern: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter: its name in the API, the field that an index has, its label on pages, its help.

    `read` gives an article's values, compared as symbols. `column` is the field's place among the
    columns of a segment, None where values are computed from the date. `typed` are its names in
    queries (记者:王小满), `suggested` the kind that its values are offered as while somebody types,
    `beside` its place beside results, where it is listed there.
    """

    name: FilterName
    field: ValueField
    label: str
    help: str
    read: Reading
    column: int | None
    typed: tuple[str, ...] = ()
    suggested: Literal["person", "organisation", "place"] | None = None
    beside: int | None = None
    shape: ValueShape | None = None


PEOPLE, ORGANISATIONS, YEAR = map(ValueField, ("people", "organisations", "year"))


def _year(article: Article, _: NamedInText) -> tuple[str, ...]:
    return (article.date[:4],) if article.date else ()


# A filter by what an article has, or is named in it, under the name of the field.
def _row(name: str, field: str, label: str, column: int | None, help: str, **more: Any) -> Filter:
    is_named = field in (PEOPLE, ORGANISATIONS)

    def read(article: Article, named: NamedInText) -> tuple[str, ...]:
        value = getattr(named if is_named else article, field)
        if isinstance(value, tuple):
            return tuple(dict.fromkeys(filter(None, value)))
        return (value,) if value else ()

    given = {"read": read, "label": label, "column": column, "help": help, **more}
    return Filter(name=FilterName(name), field=ValueField(field), **given)


# In the order of the API's parameters, facets and messages.
FILTERS: tuple[Filter, ...] = (
    _row("newspaper", "newspaper", "报纸", 1, "only of these newspapers",
         typed=("报纸", "報紙", "newspaper"), beside=0),
    _row("author", "authors", "作者", 0, "only by one of these authors",
         typed=("记者", "記者", "author"), suggested="person", beside=2),
    _row("agency", "agency", "通讯社", 5, "only of these agencies"),
    _row("place", "place", "地点", 4, "only with these datelines",
         typed=("地点", "地點", "place"), suggested="place"),
    _row("section", "section", "版名", 3, "only of these sections"),
    _row("page_no", "page_no", "版次", 2, "only of these pages", typed=("版", "page")),
    _row("person", PEOPLE, "人物", 6, "only naming one of these people",
         suggested="person", beside=3),
    _row("organisation", ORGANISATIONS, "机构", 7, "only naming one of these organisations",
         suggested="organisation", beside=4),
    _row("year", YEAR, "年份", None, "only of these years", read=_year, beside=1,
         shape=ValueShape("[0-9]{4}", "must be a year of four digits",
                          "年份写作四位数字，如 2020。")),
)  # fmt: skip
FILTER_NAMES: tuple[FilterName, ...] = tuple(row.name for row in FILTERS)
# The field of a filter in an index, by the filter's name in the API.
FIELDS: Mapping[FilterName, ValueField] = {row.name: row.field for row in FILTERS}
