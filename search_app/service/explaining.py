"""Why a page was read as it was: each decision with what spoke for it, in lines of the file."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from search_app.articles import PAGES
from search_app.articles.base import SourceFile
from search_app.articles.corpus.decode import read_file
from search_app.articles.corpus.files import CorpusFile
from search_app.articles.corpus.reader import CorpusReader
from search_app.articles.pages.boundaries import Boundary
from search_app.articles.pages.headlines import WeighedSplit
from search_app.articles.pages.labels import LabelledLine
from search_app.articles.pages.parser import (
    OTHER_ROLES,
    WORD_DOUBTS,
    ExplainedPage,
    explain_page,
)
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.reasons import ScoredChoice
from search_app.articles.pages.roles import weigh_roles
from search_app.errors import NotExplained
from search_app.model import Article, Reject

_LABELS = {
    "H": "headline",
    "B": "text",
    "O": "opening",
    "C": "closing credit",
    "F": "furniture",
}
_BOUNDARIES = {
    "subhead": "a subhead or a headline between two texts",
    "buried": "a headline buried in a text",
    "seam": "a seam of two texts, with headlines above the first and below the second",
    "half_seam": "a seam of two texts, with a headline below the second",
}
_RANKS = ("", "next best: ")
_STEPS = {
    "What each line is": "Labels with the most points on the whole page, by look and line above.",
    "Where two articles may meet unseen": "Logarithms of odds, above 0 for two articles. A text is "
    "parted once, where that is likeliest.",
    "Which text each headline belongs to": "The way with the most points on the whole page; words "
    "in common count most.\nThe headlines of this page usually stand {} their texts.",
    "What was made of it": "Likeness is the share of a headline's pairs of characters in a text.",
}


class Decision(NamedTuple):
    """What was decided of some printed lines, given by their numbers in the file.

    `choices` are what was chosen and the next best, if points decided. `notes` say how close it
    was, or what makes it doubtful.
    """

    lines: range
    text: str
    notes: list[str]
    choices: list[ScoredChoice[str]]


Step = tuple[str, str, list[Decision]]  # title, what points mean in it, decisions in page order


def explain_file(path: Path, line: int | None, encoding: str | None) -> list[Step]:
    """Why a page of text was read as it was, all of it or one line, step by step: labels first.

    Raises NotExplained for what is no page that the default parser reads, or a line without print.
    """
    file = _page_text(path, encoding)
    page = explain_page(file)
    in_words = _PageInWords(file.text, page)
    boundaries = sorted(page.boundaries, key=lambda boundary: boundary.lines[boundary.start].start)
    decisions = (
        [in_words.label(labelled) for labelled in page.labels],
        [in_words.boundary(boundary) for boundary in boundaries],
        [in_words.headline(ways) for ways in page.gaps if ways[0].lines],
        [in_words.item(item) for item in page.items],
    )
    side = "above" if page.usually_above else "below"
    steps: list[Step] = []
    for (title, meaning), made in zip(_STEPS.items(), decisions, strict=True):
        if line is not None:
            made = [decision for decision in made if line in decision.lines]
        steps.append((title, meaning.format(side), made))
    if line is not None and not steps[0][2]:
        raise NotExplained(f"{path}:{line}: nothing is printed on that line; name another one")
    return steps


def named_lines(lines: range) -> str:
    """Lines by their numbers: line 3, lines 3–5."""
    return f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]}–{lines[-1]}"


def shown_title(article: Article) -> str:
    """The title; in brackets where none is printed."""
    return f"({article.title})" if article.title_is_derived else article.title


def _page_text(path: Path, encoding: str | None) -> SourceFile:
    parts = [] if path.is_dir() else CorpusReader(path, encoding=encoding).parts()
    for part in parts:
        for item in part.files:
            text = item
            if isinstance(item, CorpusFile) and item.ending == PAGES:
                text = read_file(item, encoding)
            if isinstance(text, SourceFile) and text.origin.parser == "default":
                return text
            if isinstance(text, Reject):
                raise NotExplained(str(text))
    raise NotExplained(
        f"{path}: only a page of text (.txt) is explained, and only the default parser; "
        "look at others with --html"
    )


class _PageInWords:
    """Puts the reasons of a page into words and the line numbers of its file."""

    def __init__(self, text: str, page: ExplainedPage) -> None:
        self._text = text
        self._stories = {story.extent.start: story for story in page.stories}

    # The numbers of the lines of the file that a range of its text stands on.
    def _line_numbers(self, start: int, end: int) -> range:
        first = self._text.count("\n", 0, start) + 1
        return range(first, first + self._text.count("\n", start, end - 1) + 1)

    def _numbers_of(self, lines: Sequence[Line]) -> range:
        return self._line_numbers(lines[0].start, lines[-1].end)

    def _named(self, lines: Sequence[Line]) -> str:
        return named_lines(self._numbers_of(lines))

    def label(self, labelled: LabelledLine) -> Decision:
        """What a line is, by the best labelling of its page; first its label."""
        line, chosen, other, margin, why = labelled
        choices = [ScoredChoice(_LABELS[chosen.choice], chosen.points, chosen.reasons)]
        if other:
            choices.append(ScoredChoice(_LABELS[other.choice], other.points, other.reasons))
            why = f"leads {_LABELS[other.choice]} by {margin:.1f} over the whole page; "
            why += f"this line alone {chosen.points - other.points:.1f}"
        return Decision(self._numbers_of([line]), line.text, [why], choices)

    def boundary(self, boundary: Boundary) -> Decision:
        """Whether two articles meet at a place."""
        # At a seam nothing stands between the texts: the second one's first line is named.
        head = boundary.lines[boundary.start : max(boundary.stop, boundary.start + 1)]
        name = f"{'two articles' if boundary.parts else 'one article'}, odds"
        choice = ScoredChoice(name, boundary.odds, tuple(boundary.reasons.items()))
        printed = " ".join(line.text for line in head)
        return Decision(self._numbers_of(head), _BOUNDARIES[boundary.kind], [printed], [choice])

    def headline(self, ways: list[WeighedSplit]) -> Decision:
        """Which texts the lines of a gap went to, of all ways to part them."""
        lines, note = ways[0].lines, "there was no other way to part these lines"
        if len(ways) > 1:
            note = f"leads by {ways[0].points - ways[1].points:.2f} over the whole page"
        choices = [self._split(rank, way) for rank, way in zip(_RANKS, ways, strict=False)]
        printed = " ".join(line.text for line in lines)
        return Decision(self._numbers_of(lines), printed, [note], choices)

    def _split(self, rank: str, way: WeighedSplit) -> ScoredChoice[str]:
        lines, below, above = way.lines, way.split.below, way.split.above
        given = {"above": lines[:below], "": lines[below:above], "below": lines[above:]}
        owners, reasons = {"": "the page itself"}, list(way.reasons)
        for story, added in way.stories:
            text = story.body.lines
            side = "above" if text[0].start < lines[0].start else "below"
            owners[side] = f"the text {side} ({self._named(text)})"
            heads = [self._named(head) for head in (story.above, story.below) if head]
            headed = f"headed by {' and '.join(heads)}" if heads else "without a headline"
            for reason, points in added:
                reasons.append((f"{owners[side]}, {headed}: {reason}", points))
        names = []
        for side, lines in given.items():
            if lines:
                names.append(f"{self._named(lines)} to {owners[side]}")
        return ScoredChoice(f"{rank}{'; '.join(names)}:", way.points, tuple(reasons))

    def item(self, item: Article) -> Decision:
        """What became an article, or furniture, and what makes it doubtful."""
        source, doubts = item.source, []
        choices: list[ScoredChoice[str]] = []
        for doubt in item.doubts:
            if doubt in WORD_DOUBTS:
                story = self._stories[source.start]
                doubt += f" (likeness {story.likeness:.2f}, on the other side {story.rival:.2f})"
            if doubt == OTHER_ROLES:
                ways = weigh_roles(self._stories[source.start].head, item.body, explained=True)
                for rank, (roles, points, reasons) in zip(_RANKS, ways, strict=False):
                    sizes = " + ".join(str(len(lines)) for lines in roles)
                    name = f"{rank}{sizes} lines of kicker, title and subtitle:"
                    choices.append(ScoredChoice(name, points, reasons))
            doubts.append(f"? {doubt}")
        name = f"{item.kind} {shown_title(item)}, confidence {item.confidence:.2f}"
        return Decision(self._line_numbers(source.start, source.end), name, doubts, choices)
