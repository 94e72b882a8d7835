"""Characters that are mistaken for each other: by readers, by typists, by machines that read."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


def look_alike(folded: str) -> Iterator[str]:
    """The texts that differ from this one in one character that looks alike."""
    for at, c in enumerate(folded):
        for group in _groups():
            if c in group:
                for other in group.replace(c, ""):
                    yield folded[:at] + other + folded[at + 1 :]


@cache
def _groups() -> list[str]:
    return (files("search_app.analysis") / "lookalikes.txt").read_text(encoding="utf-8").split()
