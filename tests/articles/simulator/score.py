"""How much of a page's truth a parser found, by nothing but what it gives to everybody."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

from articles.simulator.page import Page, Truth

from search_app.model import Article
from search_app.text.repair import align, squeeze

Parser = Callable[[str], Sequence[Article]]


class Match(NamedTuple):
    """A printed article, and the one a parser took for it, if any; whether its text is exact."""

    truth: Truth
    found: Article | None
    exact: bool

    @property
    def has_title(self) -> bool:
        """Whether the title is the printed one, or missing where none is printed."""
        found, truth = self.found, self.truth
        return found is not None and _same(
            None if found.title_is_derived else found.title, truth.title
        )

    @property
    def has_head(self) -> bool:
        """Whether title, kicker and subtitle are the printed ones."""
        found, truth = self.found, self.truth
        return (
            found is not None
            and self.has_title
            and _same(found.kicker, truth.kicker)
            and _same(found.subtitle, truth.subtitle)
        )

    @property
    def has_authors(self) -> bool:
        """Whether it names the same people in the same order."""
        return self.found is not None and self.found.authors == self.truth.authors

    @property
    def is_right(self) -> bool:
        """Whether boundary, headline and authors are right."""
        return self.exact and self.has_head and self.has_authors


@dataclass
class Score:
    """Sums over pages; the ratios of the report are properties.

    An article is found if its body begins and ends at the right characters of the page. Headline,
    authors and text are compared with the article that covers most of the body; one that is
    covered by none has lost them all.
    """

    printed: int = 0
    reported: int = 0
    found: int = 0
    titles: int = 0
    heads: int = 0
    authors: int = 0
    characters: int = 0
    lost: int = 0
    furniture: int = 0
    apart: int = 0

    def __iadd__(self, other: "Score") -> "Score":
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name) + getattr(other, f.name))
        return self

    def ratios(self) -> dict[str, float]:
        """The measures by name, each from 0 to 1."""
        printed = max(1, self.printed)
        return {
            "boundary F1": 2 * self.found / max(1, self.printed + self.reported),
            "title": self.titles / printed,
            "kicker, title, subtitle": self.heads / printed,
            "authors": self.authors / printed,
            "body characters": 1 - self.lost / max(1, self.characters),
            "furniture apart": self.apart / self.furniture if self.furniture else 1.0,
        }


def score(page: Page, found: Sequence[Article]) -> Score:
    """What a parser's output for this page is worth; `found` has its furniture too."""
    articles = [a for a in found if a.kind == "article"]
    total = Score(printed=len(page.articles), reported=len(articles))
    for match in matches(page, articles):
        total += _of_match(match)
    total.furniture, total.apart = len(page.furniture), _apart(page.furniture, found)
    return total


def matches(page: Page, articles: Sequence[Article]) -> list[Match]:
    """Every printed article with the one that shares most of its body, each used once."""
    ranges = [body_range(a) for a in articles]
    shared = [
        (_inside(truth.body_ink, ranges[k]), -n, -k)
        for n, truth in enumerate(page.articles)
        for k in range(len(articles))
    ]
    taken: dict[int, int] = {}
    for size, n, k in sorted(shared, reverse=True):
        if size and -n not in taken and -k not in taken.values():
            taken[-n] = -k
    return [_match(truth, taken.get(n), articles, ranges) for n, truth in enumerate(page.articles)]


def _match(
    truth: Truth, k: int | None, articles: Sequence[Article], ranges: Sequence[tuple[int, int]]
) -> Match:
    if k is None:
        return Match(truth, None, False)
    return Match(truth, articles[k], ranges[k] == (truth.body_ink[0], truth.body_ink[-1] + 1))


def body_range(article: Article) -> tuple[int, int]:
    """The page's characters from the body's first to its last; an empty range if it has none."""
    body = article.body.strip()
    places = align(body, article.printed or "")
    if not places:
        return (0, 0)
    return (article.source.start + places[0], article.source.start + places[-1] + 1)


def _inside(ink: Sequence[int], span: tuple[int, int]) -> int:
    return bisect_left(ink, span[1]) - bisect_left(ink, span[0])


def _of_match(match: Match) -> Score:
    body, size = match.truth.body, len(match.truth.body)
    if match.found is None:
        return Score(characters=size, lost=size)
    return Score(
        found=int(match.exact),
        titles=int(match.has_title),
        heads=int(match.has_head),
        authors=int(match.has_authors),
        characters=size,
        lost=min(size, edit_distance(squeeze(match.found.body), body)),
    )


def _same(shown: str | None, truth: str | None) -> bool:
    return squeeze(shown or "") == (truth or "")


def _apart(furniture: Sequence[int], found: Iterable[Article]) -> int:
    sources = [a.source for a in found if a.kind == "furniture"]
    return sum(_inside(furniture, (source.start, source.end)) for source in sources)


def edit_distance(a: str, b: str) -> int:
    """Insertions, deletions and replacements that make `b` of `a` (Myers 1999)."""
    if not a:
        return len(b)
    places: dict[str, int] = {}
    for i, c in enumerate(a):
        places[c] = places.get(c, 0) | 1 << i
    mask, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    up, down, distance = mask, 0, len(a)
    for c in b:
        equal = places.get(c, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        right = down | ~(diagonal | up)
        left = up & diagonal
        distance += bool(right & last) - bool(left & last)
        right = (right << 1) | 1
        up = (left << 1 | ~(diagonal | right)) & mask
        down = right & diagonal & mask
    return distance
