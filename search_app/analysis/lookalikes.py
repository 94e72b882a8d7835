"""Characters that are mistaken for each other: by readers, by typists, by machines that read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files


def look_alike(folded: str) -> Iterator[str]:
    """The texts that differ from this one in one character that looks alike."""
    groups = _characters_alike()
    for at, c in enumerate(folded):
        for other in groups.get(c, ""):
            yield folded[:at] + other + folded[at + 1 :]


@cache
def _characters_alike() -> Mapping[str, str]:
    """For each character all that look like it, from the file's lines."""
    text = (files("search_app.analysis") / "lookalikes.txt").read_text(encoding="utf-8")
    groups: defaultdict[str, str] = defaultdict(str)
    for group in text.split():
        for c in group:
            groups[c] += group.replace(c, "")
    return groups
