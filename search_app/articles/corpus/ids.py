"""The ids of articles: which are taken, where their articles stand, and which are withdrawn."""

from collections.abc import Mapping
from pathlib import Path

from search_app.errors import BadCorpus
from search_app.model import Reject

WITHDRAWN = "withdrawn.txt"  # articles that may not be shown any more
_MOST_LINES = 1 << 32  # of a file


class Ids:
    """The ids that are taken, with where their articles stand."""

    def __init__(self) -> None:
        # There may be millions. Each costs one number: that of the path, times `_MOST_LINES`, plus
        # the line.
        self._places: dict[str, int] = {}
        self._paths: list[str] = []

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._places

    def claim(self, article_id: str, path: str, line: int) -> Reject | None:
        """Takes an id for the article on a line; a reject where another article has it."""
        # Articles come file by file, so that a path is kept once.
        if not self._paths or self._paths[-1] != path:
            self._paths.append(path)
        first = self._places.get(article_id)
        if first is None:
            self._places[article_id] = (len(self._paths) - 1) * _MOST_LINES + line
            return None
        file, first_line = divmod(first, _MOST_LINES)
        where = self._paths[file]
        if first_line:
            where += f":{first_line}"
        reason = f"the id {article_id} is taken by {where}"
        return Reject(path, line, reason, "remove one of the two, or change its id")


def read_withdrawn(corpus: Path) -> Mapping[str, str]:
    """Ids and reasons, `id TAB reason` a line of `withdrawn.txt`, if any; raises BadCorpus."""
    path = (corpus if corpus.is_dir() else corpus.parent) / WITHDRAWN
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadCorpus(f"{path} cannot be read ({error}); mend it, or remove it") from None
    # A line that is not understood stops the build: its article would be shown again.
    withdrawn = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        article_id, tab, reason = line.partition("\t")
        article_id = article_id.strip()
        if not tab or not article_id:
            raise BadCorpus(f"{path}:{number}: no TAB between id and reason; write `id TAB reason`")
        withdrawn[article_id] = reason.strip() or "withdrawn"
    return withdrawn
