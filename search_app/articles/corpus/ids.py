"""Which article ids are taken, and where their articles stand."""

from search_app.model import Reject

_MOST_LINES = 1 << 32  # of a file


class Ids:
    """The ids that are taken. Each costs one number, as there may be millions.

    The number is that of the path, times `_MOST_LINES`, plus the line.
    """

    def __init__(self) -> None:
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
