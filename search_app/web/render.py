"""Filters and globals of the templates. Every text is escaped here or by Jinja, never trusted."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import SimpleNamespace
from urllib.parse import quote_plus

from flask import Flask, url_for
from flask_babel import format_decimal, get_domain
from markupsafe import Markup

from search_app.answers import article_path
from search_app.filters import FILTER_NAMES, FILTERS
from search_app.model import ArticleView, FilterName, Hit, SearchPage, Span
from search_app.service.citing import citation
from search_app.web.params import LONGEST_QUERY, WINDOW, SearchParams

_listed = [row for row in FILTERS if row.beside is not None]
# The filters whose values are listed beside results, in their order.
BESIDE = tuple(sorted(_listed, key=lambda row: row.beside or 0))
MOST_MARKS = 4
_DATE_FORMS = ("%(year)s年", "%(year)s年%(month)s月", "%(year)s年%(month)s月%(day)s日")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Runs in which combining marks may pile up: neither letters nor digits nor common punctuation.
_UNUSUAL = re.compile(r"[^\w\s\x00-\x7f\u2010-\u2027\u2030-\u205e\u3000-\u301f\uff01-\uff65]{5,}")


def visible(text: str) -> str:
    """The text fit for display: bidi controls as readable escapes, piled-up marks cut off."""
    shown = _BIDI.sub(lambda control: f"[U+{ord(control[0]):04X}]", text)
    return _UNUSUAL.sub(_few_marks, shown)


# The characters of a run, each with the first of its combining marks only.
def _few_marks(run: re.Match[str]) -> str:
    shown, marks = [], 0
    for char in run[0]:
        category = unicodedata.category(char)
        if category[0] == "M":
            marks += 1
        elif category != "Cf":  # an invisible character between them does not start anew
            marks = 0
        if marks <= MOST_MARKS:
            shown.append(char)
    return "".join(shown)


def marked(text: str, spans: Sequence[Span] = ()) -> Markup:
    """The text as HTML, with the spans in <mark>."""
    # Each piece is escaped by itself: markup that a mark splits, or `<mark>` in the text, stays
    # text. A mark never crosses a line end, so that the lines of the result are whole elements.
    pieces, at = [], 0
    for start, end in spans:
        found = html.escape(visible(text[start:end])).replace("\n", "</mark>\n<mark>")
        pieces += [html.escape(visible(text[at:start])), f"<mark>{found}</mark>"]
        at = end
    return Markup("".join([*pieces, html.escape(visible(text[at:]))]))


def paragraphs(text: str, spans: Sequence[Span] = ()) -> list[Markup]:
    """The lines of a text, each with its marks."""
    return [Markup(line) for line in marked(text, spans).split("\n")]


def field(hit: Hit, name: str) -> Markup:
    """A hit's kicker or subtitle, or its reporters; marked where the query was found there."""
    for snippet in hit.snippets:
        if snippet.field == name:
            return marked(snippet.text, snippet.spans)
    plain = {"kicker": hit.kicker, "subtitle": hit.subtitle, "byline": " ".join(hit.authors)}
    return marked(plain[name] or "")


def day(_: Callable[[str], str], date: str) -> str:
    """An ISO date, possibly only a year or a month, as people write it in the language of `_`."""
    parts = date.split("-")
    form = _DATE_FORMS[len(parts) - 1]
    numbers = [part.lstrip("0") for part in parts]
    return _(form) % dict(zip(("year", "month", "day"), numbers, strict=False))


def linked(path: str, values: Mapping[str, object]) -> str:
    """A path of ours with a query string of the values that are not None."""
    # For links of which a page has many: to build each from its endpoint takes ten times as long,
    # and most of them say the same again.
    given = []
    for name, value in values.items():
        if isinstance(value, tuple | list):
            for one in value:
                given.append(f"{name}={_quoted(str(one))}")
        elif value is not None:
            given.append(f"{name}={_quoted(str(value))}")
    return f"{path}?{'&'.join(given)}" if given else path


_quoted = lru_cache(10_000)(quote_plus)


def _citation(article: ArticleView) -> str:
    return visible(citation(article))


def paging(page: SearchPage) -> SimpleNamespace:
    """The `last` page that can be turned to, `numbers` of pages, None where some are left out.

    `border` hits stand before the added, weaker ones; None where no border is on this page.
    """
    total, strict = page.total_collapsed, page.total_strict_collapsed
    if total is None or strict is None:
        total, strict = page.total, page.total_strict
    last = min(-(-total // page.per_page), WINDOW // page.per_page)
    near = range(max(1, page.page - 2), min(last, page.page + 2) + 1)
    numbers: list[int | None] = []
    for number in sorted({1, *near, last} - {0}):
        if numbers and numbers[-1] != number - 1:
            numbers.append(None)
        numbers.append(number)
    border: int | None = strict - (page.page - 1) * page.per_page
    if not page.query.relaxed or border not in range(len(page.hits)):
        border = None
    return SimpleNamespace(last=last, numbers=tuple(numbers), border=border)


def choices(
    page: SearchPage, params: SearchParams, facet: FilterName
) -> Iterator[tuple[str, int | None, bool, tuple[str, ...]]]:
    """What may be chosen of a facet: value, count, whether it is chosen, what is once clicked."""
    # Those that are chosen come first, then the frequent ones.
    chosen = params.chosen.get(facet, ())
    counts = {f.value: f.count for f in page.facets.get(facet, ())}
    for value in chosen:
        yield (
            value,
            counts.get(value),
            True,
            tuple(other for other in chosen if other != value),
        )
    for value, count in counts.items():
        if value not in chosen:
            yield value, count, False, (*chosen, value)


def install(app: Flask, assets: Mapping[str, str]) -> None:
    """Gives the templates their filters and globals, and all their words in one language."""
    env = app.jinja_env
    with app.app_context():
        words = get_domain().get_translations()
    # Once for all: to look for the language at each of forty words was a tenth of a page.
    env.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    env.globals["_"] = env.globals["gettext"]
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(
        marked=marked, visible=visible, paragraphs=paragraphs, field=field,
        day=partial(day, words.gettext), citation=_citation, linked=linked,
        path=article_path,
        number=lru_cache(10_000)(format_decimal),
    )  # fmt: skip
    env.globals.update(
        longest_query=LONGEST_QUERY, choices=choices, filters_beside=BESIDE,
        filters={row.name: row for row in FILTERS}, no_filters=dict.fromkeys(FILTER_NAMES),
        asset=lambda name: url_for("static", filename=name, v=assets.get(name)),
    )  # fmt: skip
