"""What requests bring: the service they are for, and parameters, with what these may be."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self, cast
from urllib.parse import parse_qsl

import pydantic
from flask import current_app
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from search_app.filters import FILTER_NAMES, FILTERS, ValueShape
from search_app.model import FilterName, Match, SearchRequest, Sort, is_date
from search_app.service.facade import SearchService
from search_app.web.problems import Fault, Refused

EXTENSION = "search_app"
LONGEST_QUERY = 200
# How far pages lead; a cursor leads further.
WINDOW = 10_000
# More than any newspaper printed in fifty years: who takes away more copies the index.
MOST_EXPORTED = 1_000_000
LONGEST_VALUE = 200
MOST_VALUES = 50
_WHOLE = re.compile("[1-9][0-9]*")
_DATE = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
# White space and variation selectors: a query of nothing else is blank.
_IGNORED = re.compile("[\\s\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# What the service takes as it was given.
_AS_GIVEN = {
    "q", "match", "page", "per_page", "sort", "date_from", "date_to", "facet_limit", "cursor",
}  # fmt: skip
_SHAPES: dict[str, ValueShape] = {row.name: row.shape for row in FILTERS if row.shape}


# By the type of a validator's error, with what it says of the limit.
_MESSAGES = {
    "missing": "is required",
    "literal_error": "must be one of {expected}",
    "less_than_equal": "is at most {le}",
    "greater_than_equal": "is at least {ge}",
    "string_too_long": "has at most {max_length} characters",
}


def service() -> SearchService:
    """The service of the application that handles this request."""
    return cast(SearchService, current_app.extensions[EXTENSION])


def _positive_number(value: str) -> int:
    # int() alone takes " 5", "+3", "1_0" and "٣", and is slow on thousands of digits.
    if not _WHOLE.fullmatch(value):
        raise ValueError("must be a whole number from 1, written in the digits 0-9")
    # Of eight digits every number is past every limit.
    return int(value[:8])


def _searchable(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("holds control characters; leave them out")
    if all(unicodedata.category(c) == "Cf" for c in _IGNORED.sub("", value)):
        raise ValueError("is blank; give at least one word")
    return value


def _real_date(value: str) -> str:
    if not is_date(value):
        raise ValueError("must be a real date, as 2020, 2020-01 or 2020-01-28")
    return value


def _countable(value: str) -> str:
    for name in value.split(","):
        if name not in FILTER_NAMES:
            raise ValueError(f"{name!r} cannot be counted; known: {', '.join(FILTER_NAMES)}")
    return value


def _filter_values(values: tuple[str, ...], about: pydantic.ValidationInfo) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(values))
    shape = _SHAPES.get(str(about.field_name))
    if len(values) > MOST_VALUES:
        raise ValueError(f"may be given at most {MOST_VALUES} times")
    for value in values:
        if not value.strip() or len(value) > LONGEST_VALUE:
            raise ValueError(f"must be a value of 1 to {LONGEST_VALUE} characters")
        if _CONTROL.search(value):
            raise ValueError("holds control characters; leave them out")
        if shape and not re.fullmatch(shape.pattern, value):
            raise ValueError(shape.message)
    return values


Query = Annotated[str, Field(max_length=LONGEST_QUERY), AfterValidator(_searchable)]
Whole = Annotated[int, BeforeValidator(_positive_number)]
# Not of `Whole`: limits that stand after the validator are described under names of pydantic's.
Limit = Annotated[int, Field(ge=1, le=MOST_EXPORTED), BeforeValidator(_positive_number)]
Values = Annotated[tuple[str, ...], AfterValidator(_filter_values)]
Date = Annotated[str, Field(pattern=f"^{_DATE}$"), BeforeValidator(_real_date)]


class Parameters(BaseModel):
    """The parameters of one endpoint, read from a query string."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    # Parameters that may be given more than once.
    several: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def names(cls) -> list[str]:
        """The names of all parameters, as addresses give them."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @classmethod
    def read(cls, query_string: bytes, is_form: bool = False) -> Self:
        """The parameters that are given; raises Refused, naming what cannot be taken.

        Of a form what is unknown (trackers) or left empty is passed over.
        """
        try:
            pairs = parse_qsl(query_string.decode(), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError:
            raise Refused(detail="the query string is not valid UTF-8, percent-encoded") from None
        names = cls.names()
        values: dict[str, str | tuple[str, ...]] = {}
        repeated: dict[str, Fault] = {}
        for name, value in pairs:
            if is_form and (name not in names or (not value and name != "q")):
                continue
            if name in cls.several:
                values[name] = (*values.get(name, ()), value)
            elif name in values:
                repeated[name] = Fault(name, "may be given only once")
            else:
                values[name] = value
        if repeated:
            raise Refused(*repeated.values())
        try:
            return cls.model_validate(values)
        except pydantic.ValidationError as refused:
            unknown = f"is not a parameter here; known: {', '.join(names) or 'none'}"
            faults = []
            for error in refused.errors():
                # Those of the functions above are our own words already.
                message = error["msg"].removeprefix("Value error, ")
                if error["type"] in _MESSAGES:
                    message = _MESSAGES[error["type"]].format(**error.get("ctx", {}))
                elif error["type"] == "extra_forbidden":
                    message = unknown
                faults.append(Fault(str(error["loc"][0]), message))
            raise Refused(*faults) from None


class ArticleParams(Parameters):
    """The parameters of an article: a query whose matches are to be marked."""

    q: Query | None = Field(None, description="mark what this query finds")
    match: Match = Field("smart", description="how the words of the query match")


class SuggestParams(Parameters):
    """The parameters of suggestions."""

    q: Query = Field(description="what was typed so far")


class _Asked(Parameters):
    q: Query = Field(description="what to look for")
    match: Match = Field("smart", description="how the words of the query match")
    date_from: Date | None = Field(None, alias="from", description="first day, month or year")
    date_to: Date | None = Field(None, alias="to", description="last day, month or year, all of it")
    relax: Literal["yes", "no"] = Field("yes", description="add weaker matches to few results")


if TYPE_CHECKING:
    _Filtered = _Asked  # a type checker cannot know the fields that the table makes
else:
    _filters = {row.name: (Values, Field((), description=row.help)) for row in FILTERS}
    _Filtered = pydantic.create_model("_Filtered", __base__=_Asked, **_filters)


class _Matching(_Filtered):
    # What decides which articles are found, in whatever form they are answered.
    collapse: Literal["reprints", "no"] | None = Field(
        None, description="let the first of some reprints stand for all of them"
    )
    several: ClassVar[frozenset[str]] = frozenset(FILTER_NAMES)

    @pydantic.model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        first, last = self.date_from, self.date_to
        # Compared up to the shorter one: 2021-05 lies inside 2021, not after it.
        if first and last and first[: len(last)] > last:
            raise Refused(Fault("from", "must not be later than to"))
        return self

    @property
    def chosen(self) -> Mapping[FilterName, tuple[str, ...]]:
        """The values of the filters that are given."""
        chosen = {}
        for name in FILTER_NAMES:
            if values := getattr(self, name):
                chosen[name] = values
        return chosen

    def request(self) -> SearchRequest:
        """The search as the service takes it."""
        return SearchRequest(
            relax=self.relax == "yes",
            filters=tuple(self.chosen.items()),
            collapse=self.collapse == "reprints",
            **self.model_dump(include=_AS_GIVEN),
        )


class _Sorted(Parameters):
    sort: Sort = Field("relevance", description="the order of the results")


class _Paged(_Matching):
    page: Whole = Field(1, ge=1, le=WINDOW, description="which page of the results")
    per_page: Whole = Field(10, ge=1, le=100, description="articles on a page")
    facets: Annotated[str, AfterValidator(_countable)] = Field(
        "", description="count the values of these fields, by commas"
    )
    facet_limit: Whole = Field(20, ge=1, le=200, description="values of each facet")
    histogram: Literal["month"] | None = Field(None, description="count the matches by month")
    cursor: str | None = Field(None, description="* to begin a walk over all results")

    @pydantic.model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.cursor is not None and self.page > 1:
            raise Refused(Fault("page", "cannot be given with cursor, which is a place itself"))
        if self.page * self.per_page > WINDOW:
            advice = "narrow the search down with from and to, or walk over it with cursor=*"
            raise Refused(Fault("page", f"page × per_page is at most {WINDOW}; {advice}"))
        return self


class ExportParams(_Sorted, _Matching):
    """The parameters of an export: those of a search that decide what is found, and a limit."""

    relax: Literal["yes", "no"] = Field("no", description="add weaker matches to few results")
    limit: Limit | None = Field(None, description="export so many at most")


class FeedParams(_Paged):
    """The parameters of a search but for its order.

    Those of pages, counts and weaker matches change nothing: the address of a search need only lose
    its `sort` to become that of a feed.
    """


class SearchParams(_Sorted, _Paged):
    """The parameters of a search."""

    def request(self) -> SearchRequest:
        """The search as the service takes it, with what is to be counted."""
        return replace(
            super().request(),
            facets=tuple(name for name in FILTER_NAMES if name in self.facets.split(",")),
            histogram=self.histogram == "month",
        )

    def taken_by(self, other: type[Parameters], **changes: object) -> Mapping[str, object]:
        """As `link`, only what another endpoint takes."""
        names = other.names()
        return {name: value for name, value in self.link(**changes).items() if name in names}

    def link(self, **changes: object) -> Mapping[str, object]:
        """The parameters of a link to the same search with changes; None and defaults left out."""
        values = self._given | changes
        return {name: value for name, value in values.items() if value is not None}

    @cached_property
    def _given(self) -> dict[str, object]:
        return self.model_dump(by_alias=True, exclude_defaults=True)
