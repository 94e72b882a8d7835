"""What other words would change: which articles would be cut differently, and into what."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from search_app.analysis.dictionaries import Dictionaries
from search_app.analysis.words import Analyser
from search_app.engine.base import SearchEngine
from search_app.model import Reject


@dataclass(frozen=True, slots=True)
class Impact:
    """In how many of `articles` the words differ; those that come and go, with their articles."""

    articles: int
    changed: int
    gained: tuple[tuple[str, int], ...]
    lost: tuple[tuple[str, int], ...]


def check(folder: Path) -> tuple[list[Reject], list[Reject]]:
    """The lines of a folder's dictionaries that cannot be read, and those that change nothing.

    Raises BadSetting where a file is no UTF-8.
    """
    dictionaries = Dictionaries.kept(folder)
    return list(dictionaries.faults()), list(dictionaries.idle())


def impact(engine: SearchEngine, folder: Path) -> Impact:
    """Cuts every live article as it was indexed and with the dictionaries of a folder; compares.

    Raises BadSetting where these have a fault.
    """
    before, after = engine.dictionaries.analyser(), Dictionaries.read(folder).analyser()
    gained, lost = Counter[str](), Counter[str]()
    articles = changed = 0
    for text in _texts(engine):
        articles += 1
        old, new = _cut(before, text), _cut(after, text)
        if old != new:
            changed += 1
            gained.update(set(new) - set(old))
            lost.update(set(old) - set(new))
    return Impact(articles, changed, _ordered(gained), _ordered(lost))


def _texts(engine: SearchEngine) -> Iterator[str]:
    return (f"{article.head}\n{article.body}" for article in engine.every())


def _cut(analyser: Analyser, text: str) -> Counter[str]:
    return Counter(analyser.search_words(text))


def _ordered(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
