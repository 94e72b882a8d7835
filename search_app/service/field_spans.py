"""Where in its file each field of an article was read, for a person who tunes a page parser."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby

from search_app.articles.pages.days import day_told
from search_app.model import Article, Span
from search_app.service.sheets import Part, printed_parts
from search_app.text.repair import align, squeeze

_NUMBER = r"[\d〇○零一二三四五六七八九十]"
_DAY = re.compile(
    rf"((?:{_NUMBER}{{4}}年)?(?:{_NUMBER}{{1,3}}月)?{_NUMBER}{{1,3}}日|[今昨前][日天晨晚夜])(?:[，,从在]|\d)?"
)
_LEAD = 80  # printed characters of a text in which a day may be told
_EDITORS = re.compile(r"(?:责任编辑|责编|编辑|编审)[:：]?([^（）()。]{2,12})")

Run = tuple[int, str]  # where neighbouring characters begin in the printed text, and what they are


def field_spans(article: Article) -> dict[str, list[Span]]:
    """The ranges of the file's characters that each printed field was read from, in their order.

    `authors` has one range a name; `day` is what `day` was told by, in dateline or text; `editor`
    names who is given as 责编, who is no author. Empty for records, and for articles that stand on
    several pages.
    """
    source, printed = article.source, article.printed or ""
    if article.continued or not printed or len(printed) != source.end - source.start:
        return {}
    found = {name: sorted(spans) for name, spans in _found(article, printed).items()}
    at = source.start
    return {
        name: [Span(at + start, at + end) for start, end in spans]
        for name, spans in found.items()
        if spans
    }


def _found(article: Article, printed: str) -> Mapping[str, Iterable[Span]]:
    """The same in the printed text; of the byline only what the other fields were read from."""
    by_part: dict[str, list[Run]] = {}
    for part, run in _runs(printed, printed_parts(article)):
        by_part.setdefault(part, []).append(run)
    credited = by_part.get("byline", [])
    parts = {part: map(_span, held) for part, held in by_part.items()}
    named = {"agency": [article.agency], "place": [article.place], "authors": article.authors}
    fields = {name: _places(filter(None, texts), credited) for name, texts in named.items()}
    lead = [(at, text[:_LEAD]) for at, text in by_part.get("body", [])[:1]]
    return {**parts, **fields, "day": _days(article, credited + lead), "editor": _editors(credited)}


def _runs(printed: str, parts: Sequence[Part]) -> Iterator[tuple[Part, Run]]:
    """What stands together of each part, with the white space inside it."""
    inked = (place for place, part in enumerate(parts) if part)
    for part, group in groupby(inked, key=parts.__getitem__):
        places = [*group]
        yield part, (places[0], printed[places[0] : places[-1] + 1])


def _span(run: Run) -> Span:
    return Span(run[0], run[0] + len(run[1]))


def _places(texts: Iterable[str], runs: Sequence[Run]) -> Iterator[Span]:
    """Where each text stands first, however it is spaced there."""
    for text in texts:
        for at, around in runs:
            with suppress(ValueError):
                origin = align(text, around)
                yield Span(at + origin[0], at + origin[-1] + 1)
                break


def _days(article: Article, runs: Sequence[Run]) -> Iterator[Span]:
    """What names the day that the article tells of, where it stands first."""
    for day, span in _matches(_DAY, runs) if article.day else ():
        if day_told(day[0], "", article.date) == article.day:
            yield span
            return


def _editors(runs: Sequence[Run]) -> Iterator[Span]:
    return (span for _, span in _matches(_EDITORS, runs))


def _matches(pattern: re.Pattern[str], runs: Sequence[Run]) -> Iterator[tuple[re.Match[str], Span]]:
    """Where a pattern, or its last group, stands in texts, however they are spaced."""
    for at, text in runs:
        places = [at + place for place, c in enumerate(text) if not c.isspace()]
        for m in pattern.finditer(squeeze(text)):
            start, end = m.span(pattern.groups)
            yield m, Span(places[start], places[end - 1] + 1)
