"""Whole words where something was found: a text is cut there, and nowhere else."""

from bisect import bisect_right
from collections.abc import Callable

from search_app.analysis.segmenter import JIEBA_PIECE, is_jieba_han
from search_app.text.symbols import Edges

# The characters of a piece with which a search word begins, and those with which one ends.
EdgeFinder = Callable[[str], Edges]


class WordEdges:
    """Of a simplified text the places where search words begin and end, as an index has them.

    An index cuts each piece of jieba's Han by itself, so one piece cut here has the same words.
    """

    def __init__(self, simplified: str, edges: EdgeFinder) -> None:
        self._text, self._edges_of = simplified, edges
        # Pieces are passed once, from the beginning, and only as far as they are asked about.
        self._unread = JIEBA_PIECE.finditer(simplified)
        self._starts: list[int] = []
        self._ends: list[int] = [0]
        self._known: dict[int, Edges] = {}

    def enclose(self, start: int, end: int) -> bool:
        """Whether a word begins where a range does, and one ends where it ends."""
        return self._is_edge(start, 0) and self._is_edge(end - 1, 1)

    def _is_edge(self, place: int, side: int) -> bool:
        # Whatever else a symbol is, it is a word by itself.
        if not is_jieba_han(self._text[place]):
            return True
        while self._ends[-1] <= place:
            piece = next(self._unread)
            self._starts.append(piece.start())
            self._ends.append(piece.end())
        begin = self._starts[bisect_right(self._starts, place) - 1]
        if begin not in self._known:
            end = self._ends[bisect_right(self._ends, begin)]
            self._known[begin] = self._edges_of(self._text[begin:end])
        return place - begin in self._known[begin][side]
