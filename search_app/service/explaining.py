"""Why a page was read as it was: each decision with what spoke for it, in lines of the file."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from search_app.articles import PAGES
from search_app.articles.base import SourceFile
from search_app.articles.corpus.decode import read_file
from search_app.articles.corpus.files import CorpusFile
from search_app.articles.corpus.reader import CorpusReader
from search_app.articles.pages.boundaries import Boundary
from search_app.articles.pages.explaining import ExplainedPage, explain_page
from search_app.articles.pages.headlines import ExplainedGap, WeighedSplit
from search_app.articles.pages.label_scores import Label
from search_app.articles.pages.labels import LabelScore
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.reasons import Reason
from search_app.errors import NotExplained
from search_app.model import Article, Reject

_LABELS: dict[Label, str] = {
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
Reasons = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class ScoredChoice:
    """A possible decision with its points; the reasons add up to them."""

    name: str
    points: float
    reasons: Reasons


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of some printed lines, `first` to `last` of the file, counted from 1.

    The page would lose `margin` points with the next best choice, `runner_up`. That is None where
    there was no other choice; `why_alone` may say why.
    """

    first: int
    last: int
    text: str
    about: str
    chosen: ScoredChoice
    runner_up: ScoredChoice | None = None
    margin: float = 0.0
    why_alone: str = ""

    def concerns(self, line: int) -> bool:
        """Whether a line of the file is among those decided on."""
        return self.first <= line <= self.last


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """An article or a piece of furniture that was read, with the lines of the file it takes."""

    first: int
    last: int
    item: Article


@dataclass(frozen=True, slots=True)
class Explanation:
    """All decisions on a page, or those that concern one of its lines."""

    path: str
    labels: tuple[Decision, ...]
    boundaries: tuple[Decision, ...]
    headlines: tuple[Decision, ...]
    items: tuple[ExplainedItem, ...]


def named_lines(first: int, last: int) -> str:
    """Lines by their numbers: line 3, lines 3–5."""
    if first == last:
        return f"line {first}"
    return f"lines {first}–{last}"


def explain_file(path: Path, line: int | None, encoding: str | None) -> Explanation:
    """Why a page of text was read as it was, all of it or one line.

    Raises NotExplained for what is no page that the default parser reads, or a line without print.
    """
    file = _page_text(path, encoding)
    explanation = _PageInLines(file, explain_page(file)).explanation()
    if line is None:
        return explanation
    labels = _concerning(explanation.labels, line)
    if not labels:
        raise NotExplained(f"{path}:{line}: nothing is printed on that line; name another one")
    items = [item for item in explanation.items if item.first <= line <= item.last]
    return replace(
        explanation,
        labels=labels,
        boundaries=_concerning(explanation.boundaries, line),
        headlines=_concerning(explanation.headlines, line),
        items=tuple(items),
    )


def _concerning(decisions: Iterable[Decision], line: int) -> tuple[Decision, ...]:
    return tuple(decision for decision in decisions if decision.concerns(line))


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


class _PageInLines:
    """Puts the reasons of a page into the words and the line numbers of its file."""

    def __init__(self, file: SourceFile, page: ExplainedPage) -> None:
        self._path, self._page = file.path, page
        self._ends = [at for at, character in enumerate(file.text) if character == "\n"]
        # A text is parted once only, where that is likeliest.
        self._likeliest: dict[int, float] = {}
        for boundary in page.boundaries:
            text = id(boundary.lines)
            self._likeliest[text] = max(boundary.odds, self._likeliest.get(text, boundary.odds))

    def explanation(self) -> Explanation:
        """All decisions, each step's in the order of the page."""
        boundaries = [self._boundary(boundary) for boundary in self._page.boundaries]
        return Explanation(
            self._path,
            tuple(self._labels()),
            tuple(sorted(boundaries, key=lambda decision: decision.first)),
            tuple(self._headlines()),
            tuple(self._items()),
        )

    def _number(self, place: int) -> int:
        """The number of the line that a character of the file is on."""
        return bisect_right(self._ends, place - 1) + 1

    def _range(self, lines: Sequence[Line]) -> tuple[int, int]:
        return self._number(lines[0].start), self._number(lines[-1].end - 1)

    def _lines_named(self, lines: Sequence[Line]) -> str:
        return named_lines(*self._range(lines))

    def _labels(self) -> Iterator[Decision]:
        for line in self._page.labels:
            first, last = self._range([line.line])
            decision = Decision(first, last, line.line.text, "label", _label(line.chosen))
            if line.runner_up:
                yield replace(decision, runner_up=_label(line.runner_up), margin=line.margin)
            else:
                yield replace(decision, why_alone=line.allowed)

    def _boundary(self, boundary: Boundary) -> Decision:
        # At a seam nothing stands between the texts: the second one's first line is named.
        head = boundary.lines[boundary.start : max(boundary.stop, boundary.start + 1)]
        name = "one article"
        if boundary.odds > 0 and boundary.odds == self._likeliest[id(boundary.lines)]:
            name = "two articles"
        choice = ScoredChoice(name, boundary.odds, tuple(boundary.reasons.items()))
        text = " ".join(line.text for line in head)
        return Decision(*self._range(head), text, _BOUNDARIES[boundary.kind], choice)

    def _headlines(self) -> Iterator[Decision]:
        for k, gap in enumerate(self._page.gaps):
            if gap.lines:
                yield self._headline(k, gap)

    def _headline(self, k: int, gap: ExplainedGap) -> Decision:
        text = " ".join(line.text for line in gap.lines)
        chosen = self._split(k, gap, gap.chosen)
        decision = Decision(*self._range(gap.lines), text, "headline", chosen)
        if gap.runner_up is None:
            return replace(decision, why_alone="there was no other way to part these lines")
        runner_up = self._split(k, gap, gap.runner_up)
        margin = chosen.points - runner_up.points
        return replace(decision, runner_up=runner_up, margin=margin)

    def _split(self, k: int, gap: ExplainedGap, weighed: WeighedSplit) -> ScoredChoice:
        above = below = ""  # before the first text and behind the last one stands none
        bodies = self._page.layout.bodies
        if k > 0:
            above = f"the text above ({self._lines_named(bodies[k - 1].lines)})"
        if k < len(bodies):
            below = f"the text below ({self._lines_named(bodies[k].lines)})"
        split = weighed.split
        given = (
            (gap.lines[: split.below], above),
            (gap.lines[split.below : split.above], "the page itself"),
            (gap.lines[split.above :], below),
        )
        names = []
        for lines, owner in given:
            if lines:
                names.append(f"{self._lines_named(lines)} to {owner}")
        reasons = list(_plain(weighed.gap))
        for owner, added in ((f"{above}: ", weighed.before), (f"{below}: ", weighed.behind)):
            for text, points in _plain(added):
                reasons.append((owner + text, points))
        return ScoredChoice("; ".join(names), weighed.points, tuple(reasons))

    def _items(self) -> Iterator[ExplainedItem]:
        for item in self._page.items:
            source = item.source
            yield ExplainedItem(self._number(source.start), self._number(source.end - 1), item)


def _label(score: LabelScore) -> ScoredChoice:
    return ScoredChoice(_LABELS[score.label], score.points, _plain(score.reasons))


def _plain(reasons: Iterable[Reason]) -> Reasons:
    """Reasons as plain values, without those that came to nothing."""
    return tuple((reason.text, reason.points) for reason in reasons if reason.points)
