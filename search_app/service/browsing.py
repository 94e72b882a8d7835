"""What an index holds, to be listed without a query."""

from collections.abc import Iterator

from search_app.engine.base import SearchEngine, SearchIndex
from search_app.errors import SearchAppError
from search_app.model import Doubtful, Readiness


def doubtful(engine: SearchEngine) -> Iterator[Doubtful]:
    """The articles whose parser was unsure of them, one by one."""
    for article in engine.every():
        if article.is_doubtful:
            yield Doubtful(
                article.id, article.title, article.confidence, article.doubts, article.source
            )


def readiness(index: SearchIndex) -> Readiness:
    """Whether searches can be answered, and what is wrong with the index if anything is."""
    try:
        index.live()
    except SearchAppError as problem:
        return Readiness(False, str(problem))
    newer = index.problem
    return Readiness(True, str(newer) if newer else None)
