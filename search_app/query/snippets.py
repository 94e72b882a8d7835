"""Snippets: excerpts of an article that show why it was found, cut near sentence ends."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from search_app.model import Article, Snippet, SnippetField, Span
from search_app.query.highlight import Highlights, Occurrence, Spans, clipped

MOST = 3
# The most characters of the body in a snippet, without the … at its ends; most have about BEFORE +
# AFTER. Kicker, subtitle and byline come whole.
LONGEST = 200
# How far before and behind its first match an excerpt looks for a good end, in characters: one
# that finds none is about two lines of a list of results. More room behind, because
# a sentence is read on from the match. The last: what should stand between a comma and the match.
BEFORE, AFTER, CONTEXT = 30, 70, 6
# A number or word that an excerpt must not cut may be so long; past it, it is no word to anybody.
_LONGEST_RUN = 40
# The end of a paragraph counts as one of a sentence.
_SENTENCE_ENDS = "。！？；…\n"
_CLAUSE_ENDS = "，、：,;:?! "
_CLOSING = "”’」』）》"
_CLOSED = frozenset(_SENTENCE_ENDS + _CLOSING)
# The last place behind the end of a sentence or clause, and behind the quote that may close after
# it; not at the end of what is looked at.
_LAST_SENTENCE_END, _LAST_CLAUSE_END = (
    re.compile(f"(?s:.*)(?:(?<=[{ends}])|(?<=[{ends}][{_CLOSING}]))(?![{_CLOSING}]|\\Z)")
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS)
)


def snippets(article: Article, highlights: Highlights) -> Iterator[Snippet]:
    """Up to three excerpts of the body, then whole kicker, subtitle and byline if highlighted.

    Where nothing in the body is highlighted its beginning is given, so that a hit always shows
    text.
    """
    body, spans = article.body, highlights.spans["body"]
    ranges = _ranges(body, highlights.in_body, spans)
    for shown in ranges or [_around(body, Span(0, 0), spans)]:
        yield _body_snippet(body, shown, spans)
    whole: dict[SnippetField, str] = {
        "kicker": article.kicker or "",
        "subtitle": article.subtitle or "",
        "byline": article.byline_text,
    }
    for field, text in whole.items():
        if highlights.spans[field]:
            yield Snippet(field, text, highlights.spans[field])


# The ranges of a body that show most marks, in its order; takes time linear in the matches.
def _ranges(body: str, matches: Sequence[Occurrence], spans: Spans) -> list[Span]:
    ranges: list[Span] = []
    shown: set[int] = set()
    around = cache(lambda match: _around(body, match, spans))
    while matches and len(ranges) < MOST:
        best: Span = around(_densest(matches, shown).span)
        ranges.append(best)
        apart: list[Occurrence] = []
        for match in matches:
            start, end = match.span
            # An excerpt around it would hold its beginning, and so overlap.
            if best.start <= start < best.end:
                shown.add(match.mark)
                continue
            # Far away nothing can overlap, and an excerpt need not be cut to see that.
            if start > best.end + LONGEST or end < best.start - LONGEST:
                apart.append(match)
                continue
            other = around(match.span)
            if other.start >= best.end or best.start >= other.end:
                apart.append(match)
        matches = apart
    return sorted(ranges)


# The first match behind which most marks begin that no excerpt shows yet.
def _densest(matches: Sequence[Occurrence], shown: set[int]) -> Occurrence:
    ahead: Counter[int] = Counter()  # marks not yet shown, in the stretch behind `match`
    best, most, end = matches[0], 0, 0
    for match in matches:
        while end < len(matches) and matches[end].span.start < match.span.start + AFTER:
            if matches[end].mark not in shown:
                ahead[matches[end].mark] += 1
            end += 1
        if len(ahead) > most:
            best, most = match, len(ahead)
        if match.mark not in shown:
            ahead[match.mark] -= 1
            if not ahead[match.mark]:
                del ahead[match.mark]
    return best


# A range around a match, from a sentence's beginning to a sentence's end if they are near.
def _around(body: str, match: Span, spans: Spans) -> Span:
    low = max(0, match.start - BEFORE)
    high = min(len(body), match.end + AFTER, match.start + LONGEST - BEFORE)
    start, end = 0, high
    if match.start >= BEFORE:
        start = _cut(body, low, match.start, match.start - CONTEXT, low)
    if high < len(body):
        end = _cut(body, min(match.end, high), high, high, high)
    # It cuts through no highlight, unless that is longer than an excerpt may be.
    if (across := _span_across(spans, start)) and match.end - across.start <= LONGEST:
        start = across.start
    if across := _span_across(spans, end):
        end = across.end
    return Span(start, min(end, start + LONGEST))


# The last end after `low` of a sentence (up to `sentence`), else of a clause (up to `clause`).
# Where there is neither, `otherwise`, or before the number or word of letters that it would cut.
def _cut(body: str, low: int, sentence: int, clause: int, otherwise: int) -> int:
    for last_end, high in ((_LAST_SENTENCE_END, sentence), (_LAST_CLAUSE_END, clause)):
        if match := last_end.match(body, low + 1, high + 1):
            return match.end()
    for at in range(otherwise, max(0, otherwise - _LONGEST_RUN), -1):
        if not (body[at - 1 : at + 1].isalnum() and body[at - 1].isascii()):
            return at
    return max(0, otherwise - _LONGEST_RUN)


# The highlight that a cut at `i` would go through.
def _span_across(spans: Spans, i: int) -> Span | None:
    k = bisect_right(spans, i, key=lambda span: span.end)
    if k < len(spans) and spans[k].start < i:
        return spans[k]
    return None


# A range of the body on one line, with … where it begins or ends inside a sentence.
def _body_snippet(body: str, shown: Span, spans: Spans) -> Snippet:
    text = body[shown.start : shown.end]
    start = shown.start + len(text) - len(text.lstrip())
    end = start + len(text.strip())
    before = after = ""
    if start > 0 and body[start - 1] not in _CLOSED:
        before = "…"
    if end < len(body) and body[end - 1] not in _CLOSED:
        after = "…"
    line = before + body[start:end].replace("\n", " ") + after
    shift = len(before)
    inside = [Span(first + shift, last + shift) for first, last in clipped(spans, start, end)]
    return Snippet("body", line, tuple(inside))
