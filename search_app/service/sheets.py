"""Files beside what was read from them: each printed character, and the article it is part of."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from search_app.model import Article, Reject, SnippetField, Span
from search_app.query.highlight import printed_places
from search_app.text.repair import align

# What printed characters are in their article; "" for the white space between parts.
Part = SnippetField | Literal["mark", ""]
_PARTS: tuple[Part, ...] = ("body", "kicker", "title", "subtitle", "mark")
Item = Article | Reject


@dataclass(frozen=True, slots=True)
class Stretch:
    """Printed text that follows each other and belongs to one of a sheet's items, by its number.

    `pieces` are its parts in order; none where nothing was printed: for records and rejects.
    """

    item: int
    pieces: tuple[tuple[Part, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file: what was read from it in the order of the file, and its text in stretches."""

    path: str
    items: tuple[Item, ...]
    stretches: tuple[Stretch, ...]


def sheets(items: Iterable[Item]) -> Iterator[Sheet]:
    """The sheets of what a corpus holds; an article on several pages is on the sheet of each."""
    beginning: dict[str, list[Item]] = {}
    continued: dict[str, list[Item]] = {}
    for item in items:
        path = _path_of(item)
        beginning.setdefault(path, []).append(item)
        if isinstance(item, Article):
            for other in {source.path for source in item.continued} - {path}:
                continued.setdefault(other, []).append(item)
    for path in (*beginning, *sorted(continued.keys() - beginning.keys())):
        yield _sheet(path, [*beginning.get(path, ()), *continued.get(path, ())])


def _sheet(path: str, items: Sequence[Item]) -> Sheet:
    unprinted = [Stretch(n) for n, item in enumerate(items) if not _printed_text(item)]
    return Sheet(path, tuple(items), (*_stretches(path, items), *unprinted))


def _path_of(item: Item) -> str:
    return item.path if isinstance(item, Reject) else item.source.path


def _printed_text(item: Item) -> str:
    return "" if isinstance(item, Reject) else item.printed or ""


def _stretches(path: str, items: Sequence[Item]) -> Iterator[Stretch]:
    """The printed text in its order. Where ranges overlap the shorter one has the characters."""
    offsets: dict[int, dict[int, int]] = {}
    for n, item in enumerate(items):
        if isinstance(item, Article) and item.printed:
            offsets[n] = _printed_offsets(path, item)
    owners: dict[int, int] = {}
    for n in sorted(offsets, key=lambda n: -len(offsets[n])):
        owners |= dict.fromkeys(offsets[n], n)
    for n, characters in groupby(sorted(owners), key=owners.__getitem__):
        inside = [offsets[n][character] for character in characters]
        article = items[n]
        if isinstance(article, Article):
            printed = _printed_text(article)
            if printed[inside[0] : inside[-1] + 1].strip():
                yield Stretch(n, tuple(_pieces_of(printed, inside, printed_parts(article))))


def _printed_offsets(path: str, article: Article) -> dict[int, int]:
    """The characters of a file that an article has, each with its place in the printed text."""
    offsets: dict[int, int] = {}
    at = 0
    for source in (article.source, *article.continued):
        size = source.end - source.start
        if source.path == path:
            offsets.update(zip(range(source.start, source.end), range(at, at + size), strict=True))
        at += size + 1
    return offsets


def _pieces_of(
    printed: str, offsets: Sequence[int], parts: Sequence[Part]
) -> Iterator[tuple[Part, str]]:
    for part, group in groupby(offsets, key=parts.__getitem__):
        yield part, "".join(printed[offset] for offset in group)


@lru_cache(64)  # an article on several pages is asked for with each
def printed_parts(article: Article) -> Sequence[Part]:
    """For each printed character of an article the part that it is in.

    What is neither head nor body nor mark says who wrote it.
    """
    parts: list[Part] = []
    for character in article.printed or "":
        parts.append("" if character.isspace() else "byline")
    for part, span in _printed_ranges(article):
        parts[span.start : span.end] = [part] * (span.end - span.start)
    return parts


def _printed_ranges(article: Article) -> Iterator[tuple[Part, Span]]:
    """Where an article's parts stand in its printed text, the body first.

    As its page parser says; what that does not say, or on several pages, is found again.
    """
    if "body" in article.spans:
        start = article.source.start
        for part in _PARTS:
            for span in article.spans.get(part, ()):
                yield part, Span(span.start - start, span.end - start)
        return
    # A text that was put together of several places stands nowhere as a whole.
    with suppress(ValueError):
        printed = article.printed or ""
        places = dict(printed_places(article))
        places.pop("byline", None)
        behind = places["body"][-1] + 1 if "body" in places else len(printed)
        for name, origin in places.items():
            yield name, Span(origin[0], origin[-1] + 1)
        if article.mark:
            origin = align(article.mark, printed[behind:])
            yield "mark", Span(behind + origin[0], behind + origin[-1] + 1)
