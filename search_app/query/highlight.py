"""Marking what a query found, by offsets into the article; nothing is ever searched for in HTML."""

import contextlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import pairwise, repeat
from operator import attrgetter
from typing import NamedTuple

from search_app.analysis.edges import EdgeFinder, WordEdges
from search_app.model import Article, SnippetField, Span
from search_app.query.tree import Mark, Prefix, Run, TextField
from search_app.text.repair import align, squeeze
from search_app.text.symbols import FoldedText, Place

Spans = tuple[Span, ...]
_END = attrgetter("end")
# What looking at a place costs where the text must be cut around it, by measure: a page of whole
# words takes as long as one of so many times more places without.
_WHOLE = 3


class Occurrence(NamedTuple):
    """One range of a text in which a mark of the query stands; `mark` is that one's number."""

    span: Span
    mark: int


class Highlights(NamedTuple):
    """Where marks stand in an article: for each field what to highlight, in that field's own text.

    `in_body` are the single occurrences in the body. `cost` counts the places that were looked at;
    with `cut` there may be more of them.
    """

    spans: Mapping[SnippetField, Spans]
    in_body: Sequence[Occurrence]
    cost: int
    cut: bool


class _Marker:
    """Finds marks in the fields of one article until it has looked at so many places."""

    def __init__(self, marks: tuple[Mark, ...], edges: EdgeFinder, most: int) -> None:
        self._marks, self._edges = marks, edges
        self.cost, self._most = 0, most
        self.cut = False

    def occurrences(self, text: str, field: TextField) -> Sequence[Occurrence]:
        """Every range of a field's text that a mark matches, in order, as far as that goes."""
        wanted: list[tuple[int, Mark]] = []
        for number, mark in enumerate(self._marks):
            if mark.field in (None, field):
                wanted.append((number, mark))
        if not wanted or not text:
            return ()
        folded = FoldedText(text)
        edges = WordEdges(folded.simplified, self._edges)
        matches: list[Occurrence] = []
        # Each place is found when it is asked for, so that no more are found than are looked at.
        for (start, end), number in merge(*(_places(folded, *item) for item in wanted)):
            if self.cost >= self._most:
                self.cut = True
                break
            self.cost += 1
            mark = self._marks[number]
            if isinstance(mark, Run) and mark.whole:
                self.cost += _WHOLE - 1
                if not edges.enclose(start, end):
                    continue
            matches.append(Occurrence(folded.span(start, end), number))
        return matches

    def highlights(self, text: str, field: TextField) -> Spans:
        """The same with those that overlap made one."""
        return merged(match.span for match in self.occurrences(text, field))


# Where a mark stands in a folded text, each place with the mark's number.
def _places(folded: FoldedText, number: int, mark: Mark) -> Iterator[tuple[Place, int]]:
    if isinstance(mark, Prefix):
        places = folded.runs_from(mark.text)
    else:
        places = folded.occurrences(mark.symbols)
    return zip(places, repeat(number))


def merged(spans: Iterable[Span]) -> Spans:
    """The spans in order, those that overlap made one; neighbours stay apart."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def marks(article: Article, wanted: tuple[Mark, ...], edges: EdgeFinder, most: int) -> Highlights:
    """Where these marks stand in an article; looks at `most` places, those in its head first."""
    marker = _Marker(wanted, edges, most)
    head = marker.highlights(article.head, "head")
    byline = marker.highlights(article.byline_text, "byline")
    derived: Spans = ()
    if article.title_is_derived:
        derived = marker.highlights(article.title, "body")
    in_body = marker.occurrences(article.body, "body")
    spans: dict[SnippetField, Spans] = {
        "body": merged(match.span for match in in_body),
        "byline": byline,
    }
    at = 0  # where the next of them begins in `article.head`
    for name, text in _head_lines(article).items():
        # One field to a query, so that a match may run from one into the next.
        spans[name] = tuple(clipped(head, at, at + len(text)))
        if text:
            at += len(text) + 1
    if article.title_is_derived:
        spans["title"] = derived
    return Highlights(spans, in_body, marker.cost, marker.cut)


def _head_lines(article: Article) -> dict[SnippetField, str]:
    # A derived title is no part of the head: it was made from the body.
    title = "" if article.title_is_derived else article.title
    return {
        "kicker": article.kicker or "",
        "title": title,
        "subtitle": article.subtitle or "",
    }


def clipped(spans: Spans, start: int, end: int) -> Iterator[Span]:
    """What of the spans, in order, lies inside a range, counted from the range's start."""
    for n in range(bisect_right(spans, start, key=_END), len(spans)):
        first, last = max(spans[n].start, start), min(spans[n].end, end)
        if first >= last:
            break
        yield Span(first - start, last - start)


def printed_marks(article: Article, highlights: Mapping[SnippetField, Spans]) -> Spans:
    """The same highlights on the article as printed: repair only took white space away."""
    moved: list[Span] = []
    if not any(highlights.values()):
        return ()  # finding the places takes a quarter of a second in a million characters
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
