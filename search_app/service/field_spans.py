"""Where in its file each field of an article was read, for a person who tunes a page parser."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from search_app.articles.pages.print.credits import authors
from search_app.articles.pages.print.days import WORD, day_told
from search_app.articles.pages.print.header import header_parts
from search_app.model import Article, Span
from search_app.service.sheets import Part, printed_parts
from search_app.text.repair import squeeze

_NUMBER = r"[\d〇○零一二三四五六七八九十]"
_DAY = re.compile(
    rf"((?:{_NUMBER}{{4}}年)?(?:{_NUMBER}{{1,3}}月)?{_NUMBER}{{1,3}}日)|{WORD.pattern}(?P<next>.?)"
)
_LEAD = 80  # printed characters of a text in which a day may be told
_EDITORS = re.compile(r"(?:责任编辑|责编|编辑|编审)\s*[:：]?\s*([^（）()。]{2,24})")
_ROLE = re.compile(r"本报|见习|记者|通讯员")


class _Run:
    """Neighbouring characters of the printed text: without white space, and where each stands."""

    def __init__(self, at: int, text: str) -> None:
        self.at, self.text, self.ink = at, text, squeeze(text)
        self.places = [at + place for place, c in enumerate(text) if not c.isspace()]

    def span(self, start: int, end: int) -> Span:
        """Where a part of the ink stands."""
        return Span(self.places[start], self.places[end - 1] + 1)


def field_spans(article: Article) -> dict[str, list[Span]]:
    """The ranges of the file's characters that printed fields were read from, in their order.

    `authors` has a range for each name, `day` the first words that name the day told, `editor` the
    names behind 责编; furniture has what a page's header says of the page. What stands in two
    places, as headlines above and below a text do, has none. Empty for records, and for articles
    that stand on several pages.
    """
    source, printed = article.source, article.printed or ""
    if article.continued or not article.body or len(printed) != source.end - source.start:
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
    if article.kind == "furniture":
        return _of_header(printed)
    by_part: dict[str, list[_Run]] = {}
    for part, run in _runs(printed, printed_parts(article)):
        by_part.setdefault(part, []).append(run)
    credited = list(_credited(by_part.pop("byline", []), squeeze(article.byline or "")))
    by_part["byline"] = credited
    parts = {part: [run.span(0, len(run.ink)) for run in held] for part, held in by_part.items()}
    named = {"agency": [article.agency], "place": [article.place], "authors": article.authors}
    fields = {name: _places(filter(None, texts), credited) for name, texts in named.items()}
    lead = [_Run(run.at, run.text[:_LEAD]) for run in by_part.get("body", [])[:1]]
    return {**parts, **fields, "day": _days(article, credited + lead), "editor": _editors(credited)}


def _of_header(printed: str) -> dict[str, list[Span]]:
    """What a page's header says of the page."""
    found: dict[str, list[Span]] = {}
    for name, _, span in header_parts(printed):
        found.setdefault(name, []).append(span)
    return found


def _runs(printed: str, parts: Sequence[Part]) -> Iterator[tuple[Part, _Run]]:
    """What stands together of each part, with the white space inside it."""
    inked = (place for place, part in enumerate(parts) if part)
    for part, group in groupby(inked, key=parts.__getitem__):
        places = [*group]
        yield part, _Run(places[0], printed[places[0] : places[-1] + 1])


def _credited(runs: Iterable[_Run], byline: str) -> Iterator[_Run]:
    """The lines that the byline was read from; captions stand beside them."""
    for run in runs:
        lines = re.finditer(r"\S[^\n]*", run.text)
        told = ((m, squeeze(m[0]) in byline) for m in lines)
        for is_credit, group in groupby(told, key=lambda line: line[1]):
            found = [m for m, _ in group]
            if is_credit:
                text = run.text[found[0].start() : found[-1].end()].rstrip()
                yield _Run(run.at + found[0].start(), text)


def _places(texts: Iterable[str], runs: Sequence[_Run]) -> list[Span]:
    """Where each text stands first, however it is spaced there, and inside no longer one."""
    taken: list[Span] = []
    for text in sorted(map(squeeze, texts), key=len, reverse=True):
        places = (
            run.span(m.start(), m.end())
            for run in runs
            for m in re.finditer(re.escape(text), run.ink)
        )
        free = (p for p in places if not any(p.start < t.end and t.start < p.end for t in taken))
        taken += [place for place in (next(free, None),) if place]
    return taken


def _days(article: Article, runs: Sequence[_Run]) -> Iterator[Span]:
    """What names the day that the article tells of, where it stands first."""
    for run in runs if article.day else ():
        for m in _DAY.finditer(run.ink):
            if day_told(m[0], "", article.date) == article.day:
                yield run.span(m.start(), m.start("next") if m["next"] is not None else m.end())
                return


def _editors(runs: Sequence[_Run]) -> Iterator[Span]:
    for run in runs:
        for m in _EDITORS.finditer(run.text):
            named = _Run(run.at + m.start(1), _ROLE.split(m[1])[0])
            yield from _places(authors(named.text), [named])
