"""What a line may be, and the points for it: what the line looks like, and what it follows."""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from search_app.articles.pages.label_points import LABEL_POINTS, LabelPoints
from search_app.articles.pages.print.columns import Reach
from search_app.articles.pages.print.lines import INDENT, Line
from search_app.articles.pages.print.wording import advert_signs, wrap_parts_word

# (H)ead, (B)ody, (O)pening of a body, (C)losing credit, page (F)urniture.
Label = Literal["H", "B", "O", "C", "F"]

_WIDEST_HEAD = 45  # cells; columns of newspapers are narrower, but an importer may give paragraphs
_SHORTEST_TEXT = 12  # cells of the first line of a text that is a whole sentence
_SAME_WIDTH = 0.15  # share by which two lines of one text differ at most, unless one ends it
_SENTENCE_ENDS = re.compile(r"[。；]")
_COMMA = re.compile(r"[，、]")
_ENDS_WITH_COMMA = re.compile(r"[，、；,]$")
_LEADS_TO_LIST = "：:"
# A space between Han and Han, as between the two phrases of a headline.
_PHRASES_APART = re.compile(r"[一-龥”》！？]{2}[ \u3000]+[一-龥“《]{2}")


class LineContext(NamedTuple):
    """A line and what the page shows around it.

    `above` and `below` are the lines beside it, if any. `echo` are the points for the text below to
    say the line again. `edge_known` says whether the page has elsewhere the pair of Han that the
    edge above parts; None if it parts no such pair.
    """

    above: Line | None
    line: Line
    below: Line | None
    reach_above: Reach
    reach: Reach
    edge_known: bool | None
    echo: float


@dataclass(frozen=True)
class Typesetting:
    """How this page sets paragraphs; `blank` are the points for a blank line in mid sentence."""

    indents: bool
    blank: float


class AllowedLabels(NamedTuple):
    """The labels that a line may have, and why it can have no others."""

    labels: tuple[Label, ...]
    reason: str


_OPENING = AllowedLabels(("O",), "it begins with the sign that opens an article")
_IN_OPENING = AllowedLabels(("B",), "the sign that opens the article goes on in it")
_FURNITURE = AllowedLabels(("F", "B"), "it is made of what headers and imprints are made of")
_CAPTION = AllowedLabels(("B", "H"), "it is of a caption")
_CREDIT = AllowedLabels(("O", "C"), "it is a credit and nothing else")
_NAMES = AllowedLabels(("O", "C", "B", "H"), "it is nothing but names")
_BEGINS_WITH_CREDIT = AllowedLabels(("O", "B"), "it begins with a credit")
_FILLS_COLUMN = AllowedLabels(("B",), "it goes on with a sentence in the middle of a column")
_SENTENCE = AllowedLabels(("B",), "a sentence or an article ends in it")
_ANY = AllowedLabels(("B", "H"), "nothing shows what it is")


def allowed_labels(at: LineContext, below_text: bool) -> AllowedLabels:
    """The labels a line may have; `below_text` if the line above is surely of a text."""
    line = at.line
    if line.opening:
        return _OPENING
    if line.is_furniture and not line.ending:
        return _FURNITURE
    if line.in_opening:
        return _IN_OPENING
    if line.is_caption:
        return _CAPTION
    if line.is_credit:
        return _CREDIT
    if line.is_names:
        return _NAMES
    if line.credit > line.start:
        return _BEGINS_WITH_CREDIT
    if at.above and below_text and _goes_on_in_column(at.above, at):
        return _FILLS_COLUMN
    if line.ending or "。" in line.text[:-2]:
        return _SENTENCE
    return _ANY


def _goes_on_in_column(above: Line, at: LineContext) -> bool:
    """Whether two lines in the middle of a column can be but one sentence of a text."""
    if at.line.blank_before or not at.reach_above == at.reach == Reach.FULL:
        return False
    return not (above.is_complete or above.is_row)


class LabelScorer:
    """Gives points to the labels of lines, on a page that is set in one way."""

    def __init__(self, typesetting: Typesetting, points: LabelPoints = LABEL_POINTS) -> None:
        self._set = typesetting
        self._points = points

    def look(self, at: LineContext, label: Label) -> float:
        """How much a line looks like what its label says."""
        line, points = at.line, self._points
        if label == "H":
            total = self._head_look(at)
            if at.echo:
                total += points.text_below_says_it_again * at.echo
            return total
        if line.is_caption:
            return 0.0
        if line.is_label:
            return points.label_of_a_piece_is_no_text
        if label == "F":
            return points.made_of_header_or_imprint
        if label == "B":
            return self._text_look(at)
        return 0.0

    def _head_look(self, at: LineContext) -> float:
        line, points = at.line, self._points
        text, total = line.text, 0.0
        if line.is_caption:
            return total
        if line.is_label:
            return points.names_the_kind_of_piece_below
        if _SENTENCE_ENDS.search(text):
            total += points.sentence_ends_inside
        if _ENDS_WITH_COMMA.search(text):
            total += points.ends_with_a_comma
        if commas := len(_COMMA.findall(text)):
            total += points.comma_inside * min(2, commas)
        if line.width > _WIDEST_HEAD:
            total += points.wider_than_headlines
        if line.has_two_phrases:
            total += points.two_phrases_apart
        if line.is_row:
            total += points.row_of_a_table
        if at.reach == Reach.SHORT:
            total += points.ends_short_of_the_column
        if _begins_paragraph(line, at.below):
            total += points.indented_like_a_paragraph
        return total

    def _text_look(self, at: LineContext) -> float:
        line, points = at.line, self._points
        total = 0.0
        if _stands_in_phrases(line):
            total += points.phrases_apart_in_a_text
        if line.is_complete or at.reach != Reach.SHORT or line.is_tail or line.is_row:
            return total
        if at.below and at.below.is_tail:
            return total
        total += points.short_line_in_mid_sentence
        if advert_signs(line.text):
            total += points.sells_something
        return total

    def step(self, before: Label, at: LineContext, label: Label) -> float:
        """Points for a line to have a label below a line that has the label `before`."""
        above = at.above
        if above is None:
            if label == "C" or (label == "O" and at.line.is_names):
                return self._points.page_begins_with_a_byline
            return 0.0
        if label == "F":
            if before in "HF" or above.is_complete:
                return 0.0
            return self._points.furniture_in_mid_sentence
        if label == "H":
            return self._into_head(above, before, at)
        if label == "B":
            if before == "H" and not above.is_caption:
                return self._out_of_head(above, at)
            return self._into_text(above, before, at)
        if label == "C":
            return self._into_closing_credit(above, before, at.line)
        return self._into_opening(above, before, at.line)

    def _into_head(self, above: Line, before: Label, at: LineContext) -> float:
        points = self._points
        total = self._into_any_head(above, before, at.line)
        if before == "H" and not above.is_label:
            if at.edge_known is None:
                return total
            if at.edge_known:
                return total + points.edge_inside_headline_parts_a_word
            return total + points.edge_inside_headline_parts_no_word
        if at.reach != Reach.SHORT:
            total += points.begins_as_wide_as_the_column
        return total

    def _into_any_head(self, above: Line, before: Label, line: Line) -> float:
        points = self._points
        if line.is_caption and before in "BOC" and not above.ending:
            if above.is_complete:
                return points.caption_may_belong_to_the_text_above
            return points.sentence_above_breaks_off
        if above.is_caption and before == "H" and not (above.is_complete or line.is_caption):
            return points.caption_breaks_off
        if before == "O" and (above.is_credit or above.is_names):
            return points.byline_above_has_no_text
        if _breaks_off(above, before):
            return points.sentence_above_breaks_off
        total = 0.0
        if line.blank_before:
            total += points.blank_line_above
        if before == "C" or above.ending:
            total += points.article_above_is_closed
        if before != "H" or above.is_label:
            total += points.headline_begins
        return total

    def _out_of_head(self, above: Line, at: LineContext) -> float:
        """Into a text that begins with nothing but a headline above it."""
        line, points = at.line, self._points
        if wrap_parts_word(above, line):
            return points.wrap_parts_headline_and_text
        total = 0.0
        if line.is_complete and line.width < _SHORTEST_TEXT:
            total += points.first_line_is_a_short_sentence
        if at.edge_known:
            total += points.headline_and_text_share_a_word
        elif at.edge_known is False:
            total += points.headline_and_text_share_no_word
        if self._set.indents and line.indent < INDENT:
            total += points.first_line_lacks_the_indent
        if at.reach_above and at.reach and line.indent <= above.indent:
            if line.blank_before:
                total += points.headline_may_be_the_first_line_above_a_blank
            else:
                total += points.headline_may_be_the_first_line
        if at.reach == Reach.INDENTED:
            total += points.lost_an_indent
        if line.blank_before or line.indent > above.indent:
            return total
        if abs(line.width - above.width) < _SAME_WIDTH * line.width:
            return total + points.no_space_below_headline_of_this_width
        return total + points.no_space_below_headline

    def _into_text(self, above: Line, before: Label, at: LineContext) -> float:
        line, points = at.line, self._points
        in_text = before in "BO"
        if before == "C" or (in_text and above.ending):
            if line.blank_before or line.indent >= INDENT:
                return points.begins_without_headline_but_apart
            return points.begins_without_headline
        if before == "O" and (above.is_credit or above.is_names):
            return points.text_below_its_byline
        if not in_text:
            return self._out_of_caption(line)
        if line.is_caption:
            return 0.0
        if line.is_tail:
            return points.text_behind_its_sentence
        if above.is_complete:
            return self._into_next_paragraph(at)
        return self._inside_sentence(above, at)

    def _out_of_caption(self, line: Line) -> float:
        """Into a text or caption below furniture, or below a caption that is taken for a head."""
        if line.is_caption:
            return self._points.caption_without_a_text
        if self._set.indents and line.indent < INDENT:
            return self._points.first_line_lacks_the_indent
        return 0.0

    def _into_next_paragraph(self, at: LineContext) -> float:
        # If a paragraph is over, the next one would be indented as all are on this page.
        is_over = at.line.blank_before or at.reach_above != Reach.FULL
        if is_over and self._set.indents and at.line.indent < INDENT:
            return self._points.paragraph_lacks_the_indent
        return self._points.paragraph_follows

    def _inside_sentence(self, above: Line, at: LineContext) -> float:
        """A sentence may run over the end of a column, but not into an indented paragraph."""
        line, points = at.line, self._points
        if above.is_row or above.text[-1] in _LEADS_TO_LIST:
            return 0.0
        if line.indent >= above.indent + INDENT:
            return points.indented_in_mid_sentence
        if line.blank_before:
            total = points.blank_line_in_mid_sentence * self._set.blank
            if at.reach == Reach.INDENTED:
                total += points.lost_an_indent_in_mid_sentence
            return total
        if at.reach_above == at.reach == Reach.INDENTED:
            return points.two_lines_lost_an_indent
        return points.sentence_goes_on

    def _into_closing_credit(self, above: Line, before: Label, line: Line) -> float:
        signed = line.is_credit or line.text[0] in "（("
        if signed and before in "BC" and above.is_complete:
            return self._points.credit_closes_a_text
        return self._points.closes_no_text

    def _into_opening(self, above: Line, before: Label, line: Line) -> float:
        points = self._points
        if line.is_names and before != "H":
            return points.names_below_no_headline
        if _breaks_off(above, before) and not above.is_credit:
            return points.opens_in_mid_sentence
        if line.is_names:
            return points.names_below_a_headline
        return 0.0

    def end(self, last: Line, label: Label) -> float:
        """Points for the page to end with a line that has a label."""
        if label == "O" and (last.is_credit or last.is_names):
            return self._points.page_ends_with_a_byline
        if _breaks_off(last, label):
            return self._points.page_ends_in_mid_sentence
        return 0.0


def _breaks_off(above: Line, before: Label) -> bool:
    """Whether the text that runs through a line stops in mid sentence there."""
    return before in "BO" and not (above.is_complete or above.is_row)


def _begins_paragraph(line: Line, below: Line | None) -> bool:
    """Whether an indented line and the one below it end at the same column's edge."""
    if below is None or line.indent <= below.indent:
        return False
    return abs(line.indent + line.width - below.indent - below.width) <= 1


def _stands_in_phrases(line: Line) -> bool:
    """Whether a space parts Han from Han, which nothing does in the lines of a text."""
    return line.has_two_phrases and not line.is_spaced and bool(_PHRASES_APART.search(line.text))
