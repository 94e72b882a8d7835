"""Why a page was read as it was: each decision with what spoke for it, in lines of the file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from search_app.articles import PAGES
from search_app.articles.base import SourceFile
from search_app.articles.corpus.decode import read_file
from search_app.articles.corpus.files import CorpusFile
from search_app.articles.corpus.reader import CorpusReader
from search_app.articles.pages.boundaries import Boundary
from search_app.articles.pages.headlines import ExplainedGap, WeighedSplit
from search_app.articles.pages.labels import LabelledLine
from search_app.articles.pages.parser import FEW_WORDS, RIVAL_WORDS, ExplainedPage, explain_page
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.reasons import Reason, ScoredChoice
from search_app.errors import NotExplained
from search_app.model import Article, Reject

_LABELS = {"H": "headline", "B": "text", "O": "opening", "C": "closing credit", "F": "furniture"}
_BOUNDARIES = {
    "subhead": "a subhead or a headline between two texts",
    "buried": "a headline buried in a text",
    "seam": "a seam of two texts, with headlines above the first and below the second",
    "half_seam": "a seam of two texts, with a headline below the second",
}


class Decision(NamedTuple):
    """What was decided of some printed lines, given by their numbers in the file.

    `notes` say what kind of decision it was, how close it was, or what makes it doubtful.
    """

    lines: range
    text: str
    chosen: ScoredChoice[str]
    notes: list[str]
    runner_up: ScoredChoice[str] | None = None


class Explanation(NamedTuple):
    """All decisions on a page, or those that concern one of its lines, each step's in page order.

    The steps are labels, boundaries, headlines, and the articles and furniture that were read, with
    their confidence as points. On `usual_side` of their texts headlines of the page stand.
    """

    steps: list[list[Decision]]
    usual_side: str


def explain_file(path: Path, line: int | None, encoding: str | None) -> Explanation:
    """Why a page of text was read as it was, all of it or one line.

    Raises NotExplained for what is no page that the default parser reads, or a line without print.
    """
    file = _page_text(path, encoding)
    page = explain_page(file)
    in_words = _PageInWords(file.text, page)
    boundaries = sorted(page.boundaries, key=lambda boundary: boundary.lines[boundary.start].start)
    steps = [
        [in_words.label(labelled) for labelled in page.labels],
        [in_words.boundary(boundary) for boundary in boundaries],
        [in_words.headline(gap) for gap in page.gaps if gap.lines],
        [in_words.item(item) for item in page.items],
    ]
    if line is not None:
        for i, decisions in enumerate(steps):
            steps[i] = [decision for decision in decisions if line in decision.lines]
        if not steps[0]:
            raise NotExplained(f"{path}:{line}: nothing is printed on that line; name another one")
    return Explanation(steps, "above" if page.usually_above else "below")


def named_lines(lines: range) -> str:
    """Lines by their numbers: line 3, lines 3–5."""
    return f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]}–{lines[-1]}"


def shown_title(article: Article) -> str:
    """The title; in brackets where none is printed."""
    return f"({article.title})" if article.title_is_derived else article.title


def _page_text(path: Path, encoding: str | None) -> SourceFile:
    for part in CorpusReader(path, encoding=encoding).parts():
        for file in part.files:
            if path.is_dir() or not isinstance(file, CorpusFile | Reject):
                continue
            if isinstance(file, CorpusFile) and file.ending == PAGES:
                text = read_file(file, encoding)
                if isinstance(text, SourceFile) and text.origin.parser == "default":
                    return text
                file = text
            if isinstance(file, Reject):
                raise NotExplained(str(file))
    raise NotExplained(
        f"{path}: only a page of text (.txt) is explained, and only the default parser; "
        "look at others with --html"
    )


class _PageInWords:
    """Puts the reasons of a page into words and the line numbers of its file."""

    def __init__(self, text: str, page: ExplainedPage) -> None:
        self._text = text
        self._stories = {story.extent.start: story for story in page.stories}
        # A text is parted once only, where that is likeliest.
        self._likeliest: dict[int, float] = {}
        for boundary in page.boundaries:
            text_id = id(boundary.lines)
            self._likeliest[text_id] = max(boundary.odds, self._likeliest.get(text_id, 0.0))

    def _numbers(self, start: int, end: int) -> range:
        """The numbers of the lines of the file that a range of its text stands on."""
        first = self._text.count("\n", 0, start) + 1
        return range(first, first + self._text.count("\n", start, end - 1) + 1)

    def _numbers_of(self, lines: Sequence[Line]) -> range:
        return self._numbers(lines[0].start, lines[-1].end)

    def label(self, labelled: LabelledLine) -> Decision:
        """What a line is, by the best labelling of its page."""
        line, chosen, other, margin, why = labelled
        numbers, named = self._numbers_of([line]), _in_words(_LABELS[chosen.choice], chosen)
        if other is None:
            return Decision(numbers, line.text, named, [why])
        runner_up = _in_words(_LABELS[other.choice], other)
        alone = f"this line alone {chosen.points - other.points:.1f}"
        leads = f"leads {runner_up.choice} by {margin:.1f} over the whole page; {alone}"
        return Decision(numbers, line.text, named, [leads], runner_up)

    def boundary(self, boundary: Boundary) -> Decision:
        """Whether two articles meet at a place."""
        # At a seam nothing stands between the texts: the second one's first line is named.
        head = boundary.lines[boundary.start : max(boundary.stop, boundary.start + 1)]
        name = "one article"
        if 0 < boundary.odds == self._likeliest[id(boundary.lines)]:
            name = "two articles"
        reasons = tuple(Reason(*reason) for reason in boundary.reasons.items())
        choice = ScoredChoice(name, boundary.odds, reasons)
        text = " ".join(line.text for line in head)
        return Decision(self._numbers_of(head), text, choice, [_BOUNDARIES[boundary.kind]])

    def headline(self, gap: ExplainedGap) -> Decision:
        """Which texts the lines of a gap went to."""
        text = " ".join(line.text for line in gap.lines)
        numbers, chosen = self._numbers_of(gap.lines), self._split(gap, gap.chosen)
        if gap.runner_up is None:
            return Decision(numbers, text, chosen, ["there was no other way to part these lines"])
        runner_up = self._split(gap, gap.runner_up)
        leads = f"leads by {chosen.points - runner_up.points:.2f} over the whole page"
        return Decision(numbers, text, chosen, [leads], runner_up)

    def _split(self, gap: ExplainedGap, weighed: WeighedSplit) -> ScoredChoice[str]:
        split, reasons = weighed.split, list(weighed.reasons)
        owners = {"page": "the page itself"}
        for text, above, below, added in weighed.texts:
            side = "above" if text[0].start < gap.lines[0].start else "below"
            owner = f"the text {side} ({named_lines(self._numbers_of(text))})"
            owners[side] = owner
            heads = [named_lines(self._numbers_of(head)) for head in (above, below) if head]
            headed = f"headed by {' and '.join(heads)}" if heads else "without a headline"
            for reason in added:
                reasons.append(Reason(f"{owner}, {headed}: {reason.text}", reason.points))
        given = {
            "above": gap.lines[: split.below],
            "page": gap.lines[split.below : split.above],
            "below": gap.lines[split.above :],
        }
        names = []
        for side, lines in given.items():
            if lines:
                names.append(f"{named_lines(self._numbers_of(lines))} to {owners[side]}")
        return _in_words("; ".join(names), ScoredChoice(split, weighed.points, tuple(reasons)))

    def item(self, item: Article) -> Decision:
        """What became an article, or furniture, and what makes it doubtful."""
        source, doubts = item.source, []
        for doubt in item.doubts:
            if doubt in (FEW_WORDS, RIVAL_WORDS):
                story = self._stories[source.start]
                doubt += f" ({story.likeness:.2f} of them; on the other side {story.rival:.2f})"
            doubts.append(doubt)
        name = ScoredChoice(f"{item.kind} {shown_title(item)}", item.confidence, ())
        return Decision(self._numbers(source.start, source.end), item.title, name, doubts)


def _in_words(name: str, choice: ScoredChoice[Any]) -> ScoredChoice[str]:
    """A choice by another name, without the reasons that came to nothing."""
    reasons = tuple(reason for reason in choice.reasons if reason.points)
    return ScoredChoice(name, choice.points, reasons)
