"""A page that was read is set anew in another shape, to be read again."""

from collections.abc import Sequence
from random import Random

from articles.simulator.bylines import Credit
from articles.simulator.page import Page, lay_out
from articles.simulator.settings import Settings
from articles.simulator.stories import Story

from search_app.model import Article


def rewrapped(articles: Sequence[Article], width: int, *, below: bool) -> Page:
    """The same articles in columns of another width, headlines above or below the texts."""
    settings = Settings(width=width, below=float(below), paragraph_blanks=1.0)
    return lay_out([_story(a) for a in articles], settings, Random(width))


def _story(article: Article) -> Story:
    return Story(
        title=None if article.title_is_derived else article.title,
        paragraphs=tuple(article.body.split("\n")),
        kicker=article.kicker,
        subtitle=article.subtitle,
        opening=Credit(
            (article.byline or "") + " ", article.authors, article.agency, article.place
        ),
        mark=article.mark,
    )
