"""The only place that chooses concrete classes, and turns settings into what each part needs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from search_app.analysis.dictionaries import NO_DICTIONARIES
from search_app.engine.base import SearchIndex
from search_app.engine.whoosh.generations.live import WhooshIndex
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService
from search_app.settings import Settings

if TYPE_CHECKING:  # no server needs what reads a corpus: it starts in a tenth less
    from search_app.service.indexing import IndexBuilder, IndexingService


def _whoosh_index(settings: Settings) -> WhooshIndex:
    return WhooshIndex(
        Path(settings["index"]), int(settings["most_postings"]), settings["index_group"]
    )


def _whoosh_builder(settings: Settings) -> "IndexBuilder":
    from search_app.engine.whoosh.build.builder import WhooshBuilder

    return WhooshBuilder(Path(settings["index"]), settings["index_group"])


# By the name in SEARCH_APP_ENGINE what leads to its live index, and to what builds it. Where an
# index lies is a text to all but its engine: a folder here, perhaps an address there.
ENGINES: Mapping[
    str, tuple[Callable[[Settings], SearchIndex], Callable[[Settings], "IndexBuilder"]]
] = {"whoosh": (_whoosh_index, _whoosh_builder)}


def search_service(settings: Settings) -> SearchService:
    """The service that searches the index of these settings."""
    reader, _ = ENGINES[settings["engine"]]
    return SearchService(reader(settings), QueryCompiler(NO_DICTIONARIES.analyser()))


def indexing_service(settings: Settings) -> "IndexingService":
    """The service that builds the index of these settings."""
    from search_app.service.indexing import IndexingService

    _, builder = ENGINES[settings["engine"]]
    return IndexingService(builder(settings))
