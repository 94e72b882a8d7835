"""Between the fourth step and the fifth: texts that are two articles with nothing between them.

The first has its headline above or none, the second below. The words tell: each headline speaks
of one part only, and the parts share next to nothing. Where there is but one headline, the second
part has to begin as news do, too: with a day, or with what the reporter learned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from search_app.articles.pages.bodies import Body, cohesion
from search_app.articles.pages.headlines import Story, pairs_of
from search_app.articles.pages.lines import Line
from search_app.articles.pages.news import begins_as_news

_LEAD = 6  # lines in which a text echoes its headline
_NEWS_LEAD = 16  # characters in which a day is named
_ECHO = 0.35  # share of a headline's pairs in them
_OWN = 0.2  # by how much more a headline shares with its own part
_STRANGERS = -0.2  # points of cohesion at most


def part_at_seams(stories: Sequence[Story]) -> tuple[Story, ...]:
    """The same stories, those that are two articles as two."""
    return tuple(part for story in stories for part in _parted(story))


def _parted(story: Story) -> Iterator[Story]:
    seam = _seam(story) if story.below else None
    if seam is None:
        yield story
        return
    lines = story.body.lines
    yield replace(story, body=Body(lines[:seam]), below=())
    yield replace(story, body=Body(lines[seam:]), above=(), begins=False)


def _seam(story: Story) -> int | None:
    """Where the second article begins: where the headline below is echoed most."""
    lines, below = story.body.lines, _pairs(story.below)
    places = [i for i in _paragraphs(lines) if i >= _LEAD / 2]
    if not story.above:
        places = [i for i in places if begins_as_news(lines[i].text, _NEWS_LEAD)]
    echoed = {i: _share(below, lines[i : i + _LEAD]) for i in places}
    seam = max(echoed, key=echoed.__getitem__, default=None)
    if seam is None or echoed[seam] < _ECHO:
        return None
    first, second, above = lines[:seam], lines[seam:], _pairs(story.above)
    own = not above or _share(above, first) - _share(above, second) >= _OWN
    own = own and _share(below, second) - _share(below, first) >= (_OWN if above else 2 * _OWN)
    return seam if own and cohesion(Body(first), Body(second)) <= _STRANGERS else None


def _paragraphs(lines: Sequence[Line]) -> Iterator[int]:
    """The lines, but for the first, that may begin a paragraph."""
    for i, (before, line) in enumerate(pairwise(lines), 1):
        short = before.width < line.width - 2 or line.blank_before or line.indent > before.indent
        if before.is_complete and short:
            yield i


def _pairs(lines: Sequence[Line]) -> set[str]:
    return pairs_of("".join(line.text for line in lines if not line.is_caption))


def _share(pairs: set[str], lines: Sequence[Line]) -> float:
    return len(pairs & _pairs(lines)) / max(1, len(pairs))
