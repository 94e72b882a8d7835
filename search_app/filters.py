"""The one table of filters: what results are narrowed by and counted in.

Columns, parameters and their description, facets, links that reset a filter, advice and names in
queries are made from it. To add a filter, add a row; its column is the next free number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

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


def _attribute(name: str) -> Reading:
    """Reads the one value that an article has, or none, in the attribute of this name."""

    def read(article: Article, _: NamedInText) -> tuple[str, ...]:
        value = getattr(article, name)
        return (value,) if value else ()

    return read


def _authors(article: Article, _: NamedInText) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, article.authors)))


def _people(_: Article, named: NamedInText) -> tuple[str, ...]:
    return named.people


def _organisations(_: Article, named: NamedInText) -> tuple[str, ...]:
    return named.organisations


def _year(article: Article, _: NamedInText) -> tuple[str, ...]:
    return (article.date[:4],) if article.date else ()


PEOPLE, ORGANISATIONS, YEAR = map(ValueField, ("people", "organisations", "year"))
# In the order of the API's parameters, facets and messages.
FILTERS: tuple[Filter, ...] = (
    Filter(name=FilterName("newspaper"), field=ValueField("newspaper"), label="报纸", column=1,
           help="only of these newspapers", read=_attribute("newspaper"),
           typed=("报纸", "報紙", "newspaper"), beside=0),
    Filter(name=FilterName("author"), field=ValueField("authors"), label="作者", column=0,
           help="only by one of these authors", read=_authors,
           typed=("记者", "記者", "author"), suggested="person", beside=2),
    Filter(name=FilterName("agency"), field=ValueField("agency"), label="通讯社", column=5,
           help="only of these agencies", read=_attribute("agency")),
    Filter(name=FilterName("place"), field=ValueField("place"), label="地点", column=4,
           help="only with these datelines", read=_attribute("place"),
           typed=("地点", "地點", "place"), suggested="place"),
    Filter(name=FilterName("section"), field=ValueField("section"), label="版名", column=3,
           help="only of these sections", read=_attribute("section")),
    Filter(name=FilterName("page_no"), field=ValueField("page_no"), label="版次", column=2,
           help="only of these pages", read=_attribute("page_no"), typed=("版", "page")),
    Filter(name=FilterName("person"), field=PEOPLE, label="人物", column=6,
           help="only naming one of these people", read=_people, suggested="person", beside=3),
    Filter(name=FilterName("organisation"), field=ORGANISATIONS, label="机构", column=7,
           help="only naming one of these organisations", read=_organisations,
           suggested="organisation", beside=4),
    Filter(name=FilterName("year"), field=YEAR, label="年份", column=None,
           help="only of these years", read=_year, beside=1,
           shape=ValueShape("[0-9]{4}", "must be a year of four digits",
                            "年份写作四位数字，如 2020。")),
)  # fmt: skip
FILTER_NAMES: tuple[FilterName, ...] = tuple(row.name for row in FILTERS)
# The field of a filter in an index, by the filter's name in the API.
FIELDS: Mapping[FilterName, ValueField] = {row.name: row.field for row in FILTERS}
