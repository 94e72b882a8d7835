"""The only place that chooses concrete classes, and turns settings into what each part needs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from search_app.analysis.segmenter import default_segmenter
from search_app.analysis.words import Analyser, read_stop_words
from search_app.engine.whoosh.generations.live import WhooshIndex
from search_app.query.compile import QueryCompiler
from search_app.service.search import SearchService

if TYPE_CHECKING:
    from search_app.engine.base import SearchIndex
    from search_app.service.indexing import BuildableIndex, IndexingService
    from search_app.settings import Settings

    class EngineIndex(SearchIndex, BuildableIndex, Protocol):
        """An engine's index: searched by one service, built by another."""


@functools.cache
def _analyser() -> Analyser:
    return Analyser(default_segmenter(), read_stop_words())


def search_service(settings: Settings) -> SearchService:
    """The service that searches the index of these settings."""
    return SearchService(ENGINES[settings["engine"]](settings), QueryCompiler(_analyser()))


def indexing_service(settings: Settings) -> IndexingService:
    """The service that builds the index of these settings."""
    # Here, because no server needs what reads a corpus: it starts in a tenth less.
    from search_app.service.indexing import IndexingService

    return IndexingService(ENGINES[settings["engine"]](settings))


def _whoosh(settings: Settings) -> WhooshIndex:
    return WhooshIndex(Path(settings["index"]), int(settings["most_postings"]))


# What leads to an index, by the name in SEARCH_APP_ENGINE. Where the index lies is a text to all
# but its engine: a folder here, perhaps an address there.
ENGINES: Mapping[str, Callable[[Settings], EngineIndex]] = {"whoosh": _whoosh}
