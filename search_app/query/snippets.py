"""Snippets: the pieces of an article that show why it was found, cut near sentence ends."""

from collections.abc import Iterator, Sequence

from search_app.model import Article, Snippet, SnippetField, Span
from search_app.query.highlight import Occurrence, marked_html, marks, merged, occurrences
from search_app.query.tree import Run

MOST = 3
LONGEST = 200
# How far around its first match a piece looks for a good end, in characters.
BEFORE, AFTER, CONTEXT = 30, 70, 6
_SENTENCE_ENDS = frozenset("。！？；…\n")
_CLAUSE_ENDS = frozenset("，、：,;:?! ")
_CLOSING = frozenset("”’」』）》")


def snippets(article: Article, runs: Sequence[Run]) -> tuple[Snippet, ...]:
    """Up to three pieces of the body, then whole kicker, subtitle and byline if marked.

    Where nothing in the body is marked its beginning is given, so that a hit always shows text.
    """
    found = marks(article, runs)
    whole: dict[SnippetField, str] = {
        "kicker": article.kicker or "",
        "subtitle": article.subtitle or "",
        "byline": article.byline_text,
    }
    others = (_snippet(name, text, found[name]) for name, text in whole.items() if found[name])
    return (*_of_body(article.body, runs), *others)


def _of_body(body: str, runs: Sequence[Run]) -> Iterator[Snippet]:
    found = occurrences(body, runs, "body")
    spans = merged(o.span for o in found)
    for piece in _pieces(body, found) or [_around(body, Span(0, 0), spans)]:
        inside = [Span(max(a, piece.start), min(b, piece.end)) for a, b in spans]
        yield _cut(body, piece, [span for span in inside if span.start < span.end])


def _pieces(body: str, found: list[Occurrence]) -> list[Span]:
    """The pieces that show most of the runs, in the order of the body."""
    spans = merged(o.span for o in found)
    pieces: list[Span] = []
    shown: set[int] = set()
    left = found
    while left and len(pieces) < MOST:
        best = max(left, key=lambda o: (len(_runs_near(o, left) - shown), -o.span.start))
        piece = _around(body, best.span, spans)
        pieces.append(piece)
        shown |= {o.run for o in left if piece.start <= o.span.start < piece.end}
        left = [o for o in left if not _overlap(_around(body, o.span, spans), pieces)]
    return sorted(pieces)


def _runs_near(first: Occurrence, found: list[Occurrence]) -> set[int]:
    end = first.span.start + AFTER
    return {o.run for o in found if first.span.start <= o.span.start and o.span.end <= end}


def _overlap(piece: Span, pieces: list[Span]) -> bool:
    return any(piece.start < p.end and p.start < piece.end for p in pieces)


def _around(body: str, match: Span, spans: Sequence[Span]) -> Span:
    """A piece around a match, from a sentence's beginning to a sentence's end if they are near."""
    low = max(0, match.start - BEFORE)
    high = min(len(body), match.end + AFTER, match.start + LONGEST - BEFORE)
    start = _beginning(body, low, match.start)
    end = _end(body, min(match.end, high), high)
    for span in spans:
        # A piece never begins or ends inside a mark.
        if span.start < start < span.end:
            start = span.start
        if span.start < end < span.end:
            end = min(span.end, start + LONGEST)
    return Span(start, min(end, start + LONGEST))


def _beginning(body: str, low: int, match: int) -> int:
    """The last sentence's beginning before the match, else a clause's, else `low`."""
    if low == 0 and match < BEFORE:
        return 0
    # A clause must begin some way before: a match needs a little of what led to it.
    for ends, nearest in ((_SENTENCE_ENDS, match), (_CLAUSE_ENDS, match - CONTEXT)):
        for i in range(nearest, low, -1):
            if _ended(body, i, ends) and body[i : i + 1] not in _CLOSING:
                return i
    return _outside_run(body, low)


def _end(body: str, match: int, high: int) -> int:
    """The last sentence's end up to `high`, else a clause's, else `high`."""
    if high == len(body):
        return high
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS):
        for i in range(high, match, -1):
            if _ended(body, i, ends) and body[i : i + 1] not in _CLOSING:
                return i
    return _outside_run(body, high)


def _ended(body: str, i: int, ends: frozenset[str]) -> bool:
    """Whether one of `ends` stands before `i`, perhaps with a closing quote after it."""
    return body[i - 1] in ends or (body[i - 1] in _CLOSING and body[i - 2 : i - 1] in ends)


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
    before = "" if start == 0 or body[start - 1] in _SENTENCE_ENDS | _CLOSING else "…"
    end = start + len(stripped)
    after = "" if end == len(body) or body[end - 1] in _SENTENCE_ENDS | _CLOSING else "…"
    shift = len(before) - start
    moved = [Span(a + shift, min(b, end) + shift) for a, b in spans if a < end]
    return _snippet("body", before + stripped.replace("\n", " ") + after, moved)


def _snippet(field: SnippetField, text: str, spans: Sequence[Span]) -> Snippet:
    return Snippet(field, text, tuple(spans), marked_html(text, spans))
