"""Snippets: the pieces of an article that show why it was found, cut near sentence ends."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from search_app.model import Article, Snippet, SnippetField, Span
from search_app.query.highlight import Cut, Occurrence, Spans, occurrences
from search_app.query.tree import Mark

MOST = 3
LONGEST = 200
# How far around its first match a piece looks for a good end, in characters.
BEFORE, AFTER, CONTEXT = 30, 70, 6
_SENTENCE_ENDS = "。！？；…\n"
_CLAUSE_ENDS = "，、：,;:?! "
_CLOSING = "”’」』）》"
_CLOSED = frozenset(_SENTENCE_ENDS + _CLOSING)
# The last place behind the end of a sentence or clause, and behind the quote that may close after
# it; not at the end of what is looked at.
_LAST_END = {
    ends: re.compile(f"(?s:.*)(?:(?<=[{ends}])|(?<=[{ends}][{_CLOSING}]))(?![{_CLOSING}]|\\Z)")
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS)
}


def snippets(
    article: Article, runs: tuple[Mark, ...], found: Mapping[SnippetField, Spans], cut: Cut
) -> tuple[Snippet, ...]:
    """Up to three pieces of the body, then whole kicker, subtitle and byline if marked.

    `found` are the article's marks. Where nothing in the body is marked its beginning is given,
    so that a hit always shows text.
    """
    whole: dict[SnippetField, str] = {
        "kicker": article.kicker or "",
        "subtitle": article.subtitle or "",
        "byline": article.byline_text,
    }
    others = (_snippet(name, text, found[name]) for name, text in whole.items() if found[name])
    return (*_of_body(article.body, runs, found["body"], cut), *others)


def _of_body(body: str, runs: tuple[Mark, ...], spans: Spans, cut: Cut) -> Iterator[Snippet]:
    found = occurrences(body, runs, "body", cut) if spans else []
    for piece in _pieces(body, found, spans) or [_around(body, Span(0, 0), spans)]:
        inside = [Span(max(a, piece.start), min(b, piece.end)) for a, b in spans]
        yield _cut(body, piece, [span for span in inside if span.start < span.end])


def _pieces(body: str, found: Sequence[Occurrence], spans: Spans) -> list[Span]:
    """The pieces that show most of the runs, in the order of the body; linear in the marks."""
    pieces: list[Span] = []
    shown: set[int] = set()
    left = found
    around = cache(lambda match: _around(body, match, spans))
    while left and len(pieces) < MOST:
        piece = around(_best(left, shown).span)
        pieces.append(piece)
        shown |= {o.run for o in left if piece.start <= o.span.start < piece.end}
        left = [o for o in left if not _clash(piece, o.span, around)]
    return sorted(pieces)


def _best(left: Sequence[Occurrence], shown: set[int]) -> Occurrence:
    """The first occurrence behind which most runs begin that no piece shows yet."""
    near: Counter[int] = Counter()
    best, most, end = 0, -1, 0
    for i, first in enumerate(left):
        while end < len(left) and left[end].span.start < first.span.start + AFTER:
            near[left[end].run] += left[end].run not in shown
            end += 1
        if (new := sum(count > 0 for count in near.values())) > most:
            best, most = i, new
        near[first.run] -= first.run not in shown
    return left[best]


def _clash(piece: Span, match: Span, around: Callable[[Span], Span]) -> bool:
    """Whether a piece around a match would overlap one that was chosen."""
    if match.start > piece.end + LONGEST or match.end < piece.start - LONGEST:
        return False
    other = around(match)
    return other.start < piece.end and piece.start < other.end


def _around(body: str, match: Span, spans: Spans) -> Span:
    """A piece around a match, from a sentence's beginning to a sentence's end if they are near.

    It begins and ends in no mark, unless that is longer than a piece may be.
    """
    low = max(0, match.start - BEFORE)
    high = min(len(body), match.end + AFTER, match.start + LONGEST - BEFORE)
    start = _beginning(body, low, match.start)
    end = _end(body, min(match.end, high), high)
    if (mark := _mark_across(spans, start)) and match.end - mark.start <= LONGEST:
        start = mark.start
    if mark := _mark_across(spans, end):
        end = mark.end
    return Span(start, min(end, start + LONGEST))


def _mark_across(spans: Spans, i: int) -> Span | None:
    """The mark that a cut at `i` would part."""
    k = bisect_right(spans, i, key=lambda span: span.end)
    return spans[k] if k < len(spans) and spans[k].start < i else None


def _beginning(body: str, low: int, match: int) -> int:
    """The last sentence's beginning before the match, else a clause's, else `low`."""
    if low == 0 and match < BEFORE:
        return 0
    # A clause must begin some way before: a match needs a little of what led to it.
    for ends, nearest in ((_SENTENCE_ENDS, match), (_CLAUSE_ENDS, match - CONTEXT)):
        if (i := _last_end(body, ends, low, nearest)) is not None:
            return i
    return _outside_run(body, low)


def _end(body: str, match: int, high: int) -> int:
    """The last sentence's end up to `high`, else a clause's, else `high`."""
    if high == len(body):
        return high
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS):
        if (i := _last_end(body, ends, match, high)) is not None:
            return i
    return _outside_run(body, high)


def _last_end(body: str, ends: str, low: int, high: int) -> int | None:
    """The last place behind one of `ends`, after `low` and up to `high`, where more follows."""
    found = _LAST_END[ends].match(body, low + 1, high + 1)
    return found.end() if found else None


def _outside_run(body: str, i: int) -> int:
    """`i`, moved back to where it does not cut a number or a word of letters (40 at most)."""
    start = i
    while i > 0 and start - i < 40 and body[i - 1 : i + 1].isalnum() and body[i - 1].isascii():
        i -= 1
    return i


def _cut(body: str, piece: Span, spans: list[Span]) -> Snippet:
    """A piece as a snippet: on one line, with … where it begins or ends inside a sentence."""
    text = body[piece.start : piece.end]
    stripped = text.strip()
    start = piece.start + len(text) - len(text.lstrip())
    before = "" if start == 0 or body[start - 1] in _CLOSED else "…"
    end = start + len(stripped)
    after = "" if end == len(body) or body[end - 1] in _CLOSED else "…"
    shift = len(before) - start
    moved = [Span(a + shift, min(b, end) + shift) for a, b in spans if a < end]
    return _snippet("body", before + stripped.replace("\n", " ") + after, moved)


def _snippet(field: SnippetField, text: str, spans: Sequence[Span]) -> Snippet:
    return Snippet(field, text, tuple(spans))
