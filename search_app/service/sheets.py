"""Files beside what was read from them: each printed character, and the article it is part of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from search_app.model import Article, Reject, SnippetField
from search_app.query.highlight import printed_places
from search_app.text.repair import align

# What printed characters are in their article; "" for the white space between parts.
Part = SnippetField | Literal["mark", ""]
_PARTS: tuple[Part, ...] = ("body", "kicker", "title", "subtitle", "mark")
Item = Article | Reject


@dataclass(frozen=True, slots=True)
class Stretch:
    """Printed text that follows each other and belongs to one of a sheet's items, by its number."""

    item: int
    # Its parts in order; none where nothing was printed: for records and rejects.
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
        if isinstance(item, Reject):
            beginning.setdefault(item.path, []).append(item)
            continue
        path = item.source.path
        beginning.setdefault(path, []).append(item)
        for other in {source.path for source in item.continued} - {path}:
            continued.setdefault(other, []).append(item)
    for path in (*beginning, *sorted(continued.keys() - beginning.keys())):
        on_sheet = (*beginning.get(path, ()), *continued.get(path, ()))
        printed, unprinted = dict[int, Article](), []
        for n, item in enumerate(on_sheet):
            if isinstance(item, Article) and item.printed:
                printed[n] = item
            else:
                unprinted.append(Stretch(n))
        yield Sheet(path, on_sheet, (*_stretches(path, printed), *unprinted))


# The printed text in its order. Where ranges overlap the shorter one has the characters.
def _stretches(path: str, articles: Mapping[int, Article]) -> Iterator[Stretch]:
    # The characters of the file that each article has, with their places in its printed text.
    offsets: dict[int, dict[int, int]] = {n: {} for n in articles}
    for n, article in articles.items():
        at = 0
        for source in (article.source, *article.continued):
            printed = range(at, at + source.end - source.start)
            if source.path == path:
                offsets[n].update(zip(range(source.start, source.end), printed, strict=True))
            at = printed.stop + 1  # a line end stands between what is printed on two pages
    owners: dict[int, int] = {}
    for n in sorted(offsets, key=lambda n: -len(offsets[n])):
        owners |= dict.fromkeys(offsets[n], n)
    for n, characters in groupby(sorted(owners), key=owners.__getitem__):
        inside = [offsets[n][character] for character in characters]
        text, parts = articles[n].printed or "", printed_parts(articles[n])
        if not text[inside[0] : inside[-1] + 1].strip():
            continue
        pieces = []
        for part, group in groupby(inside, key=parts.__getitem__):
            pieces.append((part, "".join(map(text.__getitem__, group))))
        yield Stretch(n, tuple(pieces))


@lru_cache(64)  # an article on several pages is asked for with each
def printed_parts(article: Article) -> Sequence[Part]:
    """For each printed character of an article the part that it is in."""
    printed = article.printed or ""
    # What is neither head nor body nor mark says who wrote it.
    parts: list[Part] = ["byline"] * len(printed)
    for at, character in enumerate(printed):
        if character.isspace():
            parts[at] = ""
    for part, start, end in _printed_ranges(article, printed):
        parts[start:end] = [part] * (end - start)
    return parts


# Where an article's parts stand in its printed text, the body first.
def _printed_ranges(article: Article, printed: str) -> Iterator[tuple[Part, int, int]]:
    if "body" in article.spans:  # its page parser said so, of a file
        first = article.source.start
        for part in _PARTS:
            for start, end in article.spans.get(part, ()):
                yield part, start - first, end - first
        return
    # What no parser says, or of several pages, is found again. A text that was put together of
    # several places stands nowhere as a whole.
    with suppress(ValueError):
        places = dict(printed_places(article))
        places.pop("byline", None)
        for name, origin in places.items():
            yield name, origin[0], origin[-1] + 1
        if article.mark and "body" in places:
            behind = places["body"][-1] + 1
            origin = align(article.mark, printed[behind:])
            yield "mark", behind + origin[0], behind + origin[-1] + 1
