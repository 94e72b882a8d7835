"""What measurements of a live index share: the engine and the compiler, made as the service's."""

from pathlib import Path

from search_app.analysis.segmenter import default_segmenter
from search_app.analysis.words import Analyser, read_stop_words
from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.engine.whoosh.generations.live import WhooshIndex
from search_app.query.compile import QueryCompiler


def opened(folder: str) -> tuple[WhooshEngine, QueryCompiler]:
    """The live engine of an index, and a compiler for its queries."""
    compiler = QueryCompiler(Analyser(default_segmenter(), read_stop_words()))
    return WhooshIndex(Path(folder)).live(), compiler
