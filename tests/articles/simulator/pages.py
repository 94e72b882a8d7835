"""The default page parser as a function of a page's text, and scores of many pages."""

from collections.abc import Iterable, Sequence

from articles.simulator.page import Page, simulated
from articles.simulator.score import Score, score
from articles.simulator.settings import mixed
from articles.simulator.texts import Text

from search_app.articles.base import SourceFile
from search_app.articles.pages import parse_page
from search_app.model import Article


def parse(text: str) -> list[Article]:
    """The articles and furniture of a page."""
    return [a for a in parse_page(SourceFile("page.txt", text)) if isinstance(a, Article)]


def mixed_pages(seeds: Iterable[int], texts: Sequence[Text]) -> Iterable[Page]:
    """A page for every seed, at settings drawn from the same seed."""
    return (simulated(seed, texts, mixed(seed)) for seed in seeds)


def total(pages: Iterable[Page]) -> Score:
    """The score of the default parser over pages."""
    sums = Score()
    for page in pages:
        sums += score(page, parse(page.text))
    return sums
