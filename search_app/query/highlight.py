"""Marking what a query found, by offsets into the article; nothing is ever searched for in HTML."""

import contextlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from search_app.model import Article, SnippetField, Span
from search_app.query.tree import Mark, Prefix, TextField
from search_app.text.repair import align, squeeze
from search_app.text.symbols import Edges, folded_text

Spans = tuple[Span, ...]
# The symbols of a text with which a search word begins, and those with which one ends.
EdgeFinder = Callable[[str], Edges]


class Occurrence(NamedTuple):
    """One range of a text in which a mark of the query stands; `mark` is that one's number."""

    span: Span
    mark: int


# Highlights and snippets of an article ask for the same in turn.
@lru_cache(maxsize=4)
def occurrences(
    text: str, marks: tuple[Mark, ...], field: TextField, edges: EdgeFinder
) -> Sequence[Occurrence]:
    """Every range of a field's text that a mark matches, in order; `edges` are for whole words."""
    folded = folded_text(text)
    matches: list[Occurrence] = []
    for number, mark in enumerate(marks):
        if mark.field not in (None, field):
            continue
        if isinstance(mark, Prefix):
            spans = folded.runs_from(mark.text)
        else:
            spans = folded.occurrences(mark.symbols, edges(text) if mark.whole else None)
        matches.extend(Occurrence(span, number) for span in spans)
    return sorted(matches)


def merged(spans: Iterable[Span]) -> Spans:
    """The spans in order, those that overlap made one; neighbours stay apart."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def marks(
    article: Article, wanted: tuple[Mark, ...], edges: EdgeFinder
) -> Mapping[SnippetField, Spans]:
    """For each field of the article the ranges to highlight, counted in that field's own text."""
    head = _highlights(article.head, wanted, "head", edges)
    highlights: dict[SnippetField, Spans] = {
        "body": _highlights(article.body, wanted, "body", edges),
        "byline": _highlights(article.byline_text, wanted, "byline", edges),
    }
    at = 0  # where the next of them begins in `article.head`
    for name, text in _head_lines(article).items():
        # One field to a query, so that a match may run from one into the next.
        highlights[name] = tuple(clipped(head, at, at + len(text)))
        if text:
            at += len(text) + 1
    if article.title_is_derived:
        highlights["title"] = _highlights(article.title, wanted, "body", edges)
    return highlights


def _highlights(text: str, wanted: tuple[Mark, ...], field: TextField, edges: EdgeFinder) -> Spans:
    return merged(match.span for match in occurrences(text, wanted, field, edges))


def _head_lines(article: Article) -> dict[SnippetField, str]:
    # A derived title is no part of the head: it was made from the body.
    title = "" if article.title_is_derived else article.title
    return {
        "kicker": article.kicker or "",
        "title": title,
        "subtitle": article.subtitle or "",
    }


def clipped(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """What of the spans lies inside a range, counted from the range's start."""
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        if first < last:
            yield Span(first - start, last - start)


def printed_marks(article: Article, highlights: Mapping[SnippetField, Spans]) -> Spans:
    """The same highlights on the article as printed: repair only took white space away."""
    moved: list[Span] = []
    for name, places in printed_places(article).items():
        for start, end in highlights[name]:
            moved.append(Span(places[start], places[end - 1] + 1))
    return merged(moved)


def printed_places(article: Article) -> Mapping[SnippetField, Sequence[int]]:
    """For each field that was printed in one piece, the offsets of its characters in `printed`."""
    printed = article.printed
    if printed is None:
        return {}
    try:
        body = body_places(article.body, printed)
    except ValueError:  # its parts, on several pages, stand in an order of their own
        return {}
    fields: dict[SnippetField, str] = {
        **_head_lines(article),
        "byline": article.byline or "",
    }
    # What was printed before, between and behind the body's characters, with where it begins.
    around: list[tuple[int, str]] = []
    for before, behind in pairwise((-1, *body, len(printed))):
        if behind > before + 1 and (text := printed[before + 1 : behind]).strip():
            around.append((before + 1, text))
    places: dict[SnippetField, Sequence[int]] = {"body": body}
    for name, text in fields.items():
        for begin, piece in around if text else ():
            with contextlib.suppress(ValueError):
                places[name] = [begin + offset for offset in align(text, piece)]
                break
    return places


def body_places(body: str, printed: str) -> Sequence[int]:
    """For each character of a body its offset in what was printed.

    A body that goes on on another page is printed in several sections, other text between them.
    Raises ValueError where they are not printed in the order of the body.
    """
    places: list[int] = []
    begin = 0
    while len(places) < len(body):
        rest, ahead = body[len(places) :], printed[begin:]
        section, squeezed = rest, squeeze(ahead)
        # Almost always all of the body stands there: then no end needs to be looked for.
        if squeeze(rest) not in squeezed:
            lengths = range(1, len(rest) + 1)
            missing = bisect_left(lengths, True, key=lambda n: squeeze(rest[:n]) not in squeezed)
            section = rest[:missing]
        if not section:
            raise ValueError("the body does not stand in the printed text")
        places += [begin + offset for offset in align(section, ahead)]
        begin = places[-1] + 1
    return places
