"""The only place that chooses concrete classes, and turns settings into what each part needs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from search_app.analysis.dictionaries import NO_DICTIONARIES
from search_app.engine.base import SearchIndex
from search_app.engine.whoosh.generations.live import WhooshIndex
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService
from search_app.settings import Settings

if TYPE_CHECKING:  # no server needs what reads a corpus: it starts in a tenth less
    from search_app.service.indexing import IndexBuilder, IndexingService


class Engine(NamedTuple):
    """What leads to an engine's live index, and to what builds it."""

    reader: Callable[[Settings], SearchIndex]
    builder: Callable[[Settings], "IndexBuilder"]


def _whoosh_index(settings: Settings) -> WhooshIndex:
    return WhooshIndex(Path(settings["index"]), int(settings["most_postings"]))


def _whoosh_builder(settings: Settings) -> "IndexBuilder":
    from search_app.engine.whoosh.build.builder import WhooshBuilder

    return WhooshBuilder(Path(settings["index"]))


# By the name in SEARCH_APP_ENGINE. Where an index lies is a text to all but its engine: a folder
# here, perhaps an address there.
ENGINES: Mapping[str, Engine] = {"whoosh": Engine(_whoosh_index, _whoosh_builder)}


def search_service(settings: Settings) -> SearchService:
    """The service that searches the index of these settings."""
    index = ENGINES[settings["engine"]].reader(settings)
    return SearchService(index, QueryCompiler(NO_DICTIONARIES.analyser()))


def indexing_service(settings: Settings) -> "IndexingService":
    """The service that builds the index of these settings."""
    from search_app.service.indexing import IndexingService

    return IndexingService(ENGINES[settings["engine"]].builder(settings))
