"""The use cases, for whoever asks: the command line, the API and the pages.

This floor speaks the values of `model` and raises the errors of `errors`; it knows no HTTP, no
terminal and no concrete engine.
"""

from search_app.service.indexing import IndexingService, Options, Progress
from search_app.service.search import SearchService

__all__ = ["IndexingService", "Options", "Progress", "SearchService"]
