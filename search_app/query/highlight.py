"""Marking what a query found, by offsets into the article; nothing is ever searched for in HTML."""

import contextlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from search_app.model import Article, SnippetField, Span
from search_app.query.tree import Mark, Run, TextField
from search_app.text.repair import align, squeeze
from search_app.text.symbols import Edges, FoldedText, folded_text

Spans = tuple[Span, ...]
# The symbols of a text with which a search word begins, and those with which one ends.
Cut = Callable[[str], Edges]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a run stands; `run` tells the runs of a query apart."""

    span: Span
    run: int


@lru_cache(maxsize=4)
def occurrences(
    text: str, runs: tuple[Mark, ...], field: TextField, cut: Cut
) -> Sequence[Occurrence]:
    """Every place in a field's text where a run stands that may match there, in order.

    `cut` tells where words begin and end, for runs that must be whole words. The last few answers
    are kept, since marks and snippets ask in turn.
    """
    looked_at = folded_text(text)
    found = [
        Occurrence(span, number)
        for number, run in enumerate(runs)
        if run.field in (None, field)
        for span in _places(looked_at, text, run, cut)
    ]
    return sorted(found, key=lambda o: o.span)


def _places(folded: FoldedText, text: str, mark: Mark, cut: Cut) -> list[Span]:
    if isinstance(mark, Run):
        return folded.occurrences(mark.symbols, cut(text) if mark.whole else None)
    return folded.runs_from(mark.text)


def merged(spans: Iterable[Span]) -> Spans:
    """The spans in order, those that overlap made one; neighbours stay apart."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def marks(article: Article, runs: tuple[Mark, ...], cut: Cut) -> Mapping[SnippetField, Spans]:
    """For each part of the article the ranges to mark, counted in that part's own text."""
    found: dict[SnippetField, Spans] = {
        "body": _spans(article.body, runs, "body", cut),
        "byline": _spans(article.byline_text, runs, "byline", cut),
    }
    return {**found, **dict(_head_marks(article, runs, cut))}


def _spans(text: str, runs: tuple[Mark, ...], field: TextField, cut: Cut) -> Spans:
    return merged(o.span for o in occurrences(text, runs, field, cut))


def _head_marks(
    article: Article, runs: tuple[Mark, ...], cut: Cut
) -> Iterator[tuple[SnippetField, Spans]]:
    """A match in the head may run from the kicker into the title: each part gets its share."""
    spans, at = _spans(article.head, runs, "head", cut), 0
    parts: dict[SnippetField, str | None] = {
        "kicker": article.kicker, "title": article.title, "subtitle": article.subtitle,
    }  # fmt: skip
    for name, text in parts.items():
        if name == "title" and article.title_is_derived:
            yield name, _spans(article.title, runs, "body", cut)
        elif text:
            yield name, tuple(_clipped(spans, at, at + len(text)))
            at += len(text) + 1
        else:
            yield name, ()


def _clipped(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """The parts of spans inside a range, counted from its start."""
    for span in spans:
        a, b = max(span.start, start), min(span.end, end)
        if a < b:
            yield Span(a - start, b - start)


def printed_marks(article: Article, found: Mapping[SnippetField, Spans]) -> Spans:
    """The same marks on the article as printed: repair only took white space away."""
    places = printed_places(article)
    return merged(
        Span(places[name][span.start], places[name][span.end - 1] + 1)
        for name, spans in found.items()
        if name in places
        for span in spans
    )


def printed_places(article: Article) -> Mapping[SnippetField, Sequence[int]]:
    """For each part that was printed in one piece, where on the page its characters stand."""
    printed = article.printed
    if printed is None:
        return {}
    try:
        body = body_places(article.body, printed)
    except ValueError:  # its parts, on several pages, stand in an order of their own
        return {}
    outside = list(_outside(body, printed))
    parts: dict[SnippetField, str | None] = {
        "kicker": article.kicker,
        "title": None if article.title_is_derived else article.title,
        "subtitle": article.subtitle,
        "byline": article.byline,
    }
    places: dict[SnippetField, Sequence[int]] = {"body": body}
    for name, text in parts.items():
        if text and (origin := _found_outside(text, outside)):
            places[name] = origin
    return places


def body_places(body: str, printed: str) -> Sequence[int]:
    """The place of each character; a body that goes on on another page is printed in pieces.

    Raises ValueError where it is not printed in its own order.
    """
    places: list[int] = []
    while len(places) < len(body):
        begin = places[-1] + 1 if places else 0
        size = _printed_size(body[len(places) :], squeeze(printed[begin:]))
        piece = body[len(places) : len(places) + size]
        places += [begin + place for place in align(piece, printed[begin:])]
    return places


def _printed_size(body: str, printed: str) -> int:
    """How much of a body, from its beginning, stands in a squeezed text as one piece."""

    def lacks(size: int) -> bool:
        return squeeze(body[:size]) not in printed

    size = bisect_left(range(1, len(body) + 1), True, key=lacks) if lacks(len(body)) else len(body)
    if not size:
        raise ValueError("the body does not stand in the printed text")
    return size


def _outside(body: Sequence[int], printed: str) -> Iterator[tuple[int, str]]:
    """What stands before, between and behind the parts of a body, with where it begins."""
    for before, behind in pairwise((-1, *body, len(printed))):
        if behind > before + 1 and (text := printed[before + 1 : behind]).strip():
            yield before + 1, text


def _found_outside(text: str, outside: list[tuple[int, str]]) -> Sequence[int]:
    """Where a part stands before or after the body, wherever it was printed first."""
    for shift, around in outside:
        with contextlib.suppress(ValueError):
            return [shift + place for place in align(text, around)]
    return ()
