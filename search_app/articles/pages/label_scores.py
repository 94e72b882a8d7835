"""What a line may be, and the points for it: what the line looks like, and what it follows."""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from search_app.articles.pages.print.columns import Reach
from search_app.articles.pages.print.lines import INDENT, Line
from search_app.articles.pages.print.wording import advert_signs, wrap_parts_word
from search_app.articles.pages.reasons import PointTable

# (H)ead, (B)ody, (O)pening of a body, (C)losing credit, page (F)urniture.
Label = Literal["H", "B", "O", "C", "F"]

_WIDEST_HEAD = 45  # cells; columns of newspapers are narrower, but an importer may give paragraphs
_SHORTEST_TEXT = 12  # cells of the first line of a text that is a whole sentence
_SAME_WIDTH = 0.15  # share by which two lines of one text differ at most, unless one ends it
# A space between Han and Han, as between the two phrases of a headline: in lines of a text nothing
# parts them.
_PHRASES_APART = re.compile(r"[一-龥”》！？]{2}[ \u3000]+[一-龥“《]{2}")


class LineContext(NamedTuple):
    """A line and what the page shows around it."""

    above: Line | None
    line: Line
    below: Line | None
    reach_above: Reach
    reach: Reach
    # Whether the page has elsewhere the pair of Han that the edge above parts; None if it parts no
    # such pair.
    edge_known: bool | None
    echo: float  # points for the text below to say the line again


def allowed_labels(at: LineContext, below_text: bool) -> tuple[tuple[Label, ...], str]:
    """The labels a line may have, and why no others; is the line above it surely text?"""
    line, above = at.line, at.above
    if line.opening:
        return ("O",), "it begins with the sign that opens an article"
    if line.is_furniture and not line.ending:
        return ("F", "B"), "it is made of what headers and imprints are made of"
    if line.in_opening:
        return ("B",), "the sign that opens the article goes on in it"
    if line.is_caption:
        return ("B", "H"), "it is of a caption"
    if line.is_credit:
        return ("O", "C"), "it is a credit and nothing else"
    if line.is_names:
        return ("O", "C", "B", "H"), "it is nothing but names"
    if line.credit > line.start:
        return ("O", "B"), "it begins with a credit"
    # Two lines in the middle of a column can be but one sentence of a text.
    in_column = at.reach_above == at.reach == Reach.FULL and not line.blank_before
    if above and below_text and in_column and not (above.is_complete or above.is_row):
        return ("B",), "it goes on with a sentence in the middle of a column"
    if line.ending or "。" in line.text[:-2]:
        return ("B",), "a sentence or an article ends in it"
    return ("B", "H"), "nothing shows what it is"


@dataclass(frozen=True, slots=True)
class LabelScorer(PointTable):
    """Every reason for and against a label, and what it is given for, on a page set in one way.

    In units of "one weak sign"; explanations print the names of the fields.
    """

    page_indents: bool = False  # its paragraphs

    # Set by hand on simulated pages, one reason after another, as far as boundary F1 rose on pages
    # with other seeds. The surest sign is a sentence that would be broken off.
    # What a headline looks like:
    a_sentence_ends_inside: float = -4.0
    it_ends_with_a_comma: float = -2.0
    it_has_commas: float = -1.0  # each of the first two
    it_is_wider_than_headlines: float = -2.0
    it_stands_in_two_phrases: float = 0.5
    it_is_a_row_of_a_table: float = -2.0
    it_ends_short_of_the_column: float = 1.0
    it_is_indented_like_a_paragraph: float = -1.5
    the_text_below_says_it_again: float = 1.0  # for each point that `echoes` gives
    it_names_the_kind_of_piece_below: float = 2.0  # 相关链接
    what_names_a_kind_of_piece_is_no_text: float = -2.0
    # What furniture and running text look like.
    it_is_made_as_headers_and_imprints_are: float = 1.5
    a_space_parts_phrases_in_a_text: float = -1.5
    it_is_short_in_mid_sentence: float = -1.5
    it_sells_something: float = -1.0

    # What follows what. Into a headline:
    the_sentence_above_breaks_off: float = -6.0
    the_byline_above_has_no_text: float = -6.0
    the_caption_above_breaks_off: float = -6.0
    the_caption_may_belong_to_the_text_above: float = -2.0
    a_blank_line_is_above: float = 0.5
    the_article_above_is_closed: float = 0.5
    a_headline_begins: float = -0.8  # most lines are no headlines
    it_begins_as_wide_as_the_column: float = -0.5
    # A pair of Han that a line's edge parts stands elsewhere on the page in .43 of all places in
    # mid sentence, in .15 inside a headline and in .03 at its end (decision 027).
    an_edge_inside_the_headline_parts_a_word: float = -0.5
    an_edge_inside_the_headline_parts_no_word: float = 0.2

    # Into a text that begins with nothing but a headline above it:
    the_edge_parts_a_word_of_headline_and_text: float = -4.0
    the_first_line_is_a_short_sentence: float = -2.0
    headline_and_text_meet_in_a_word: float = -2.0
    headline_and_text_meet_in_no_word: float = 0.3
    the_first_line_lacks_the_indent: float = -1.5
    it_lost_an_indent: float = 0.8
    the_headline_may_be_the_first_line: float = -0.7
    the_headline_may_be_the_first_line_above_a_blank: float = -0.4
    no_space_is_below_the_headline: float = -0.5
    no_space_is_below_the_headline_of_this_width: float = -1.0

    # Into a text otherwise:
    it_begins_without_a_headline: float = -4.0
    it_begins_without_a_headline_but_apart: float = -2.5  # below a blank line, or indented
    the_text_stands_below_its_byline: float = 0.5
    the_caption_has_no_text: float = -1.0
    it_stands_behind_its_sentence: float = 1.5
    the_paragraph_lacks_the_indent: float = -2.0
    a_paragraph_follows: float = 0.3
    it_is_indented_in_mid_sentence: float = -2.0
    a_blank_line_is_in_mid_sentence: float = -2.5  # `scorer_of` has what it costs on a page
    it_lost_an_indent_in_mid_sentence: float = -0.8
    two_lines_lost_an_indent: float = -0.5
    the_sentence_goes_on: float = 0.5

    # Into credits and furniture, and behind the last line:
    the_credit_closes_a_text: float = 2.0
    the_credit_closes_no_text: float = -4.0
    names_stand_below_no_headline: float = -4.0
    names_stand_below_a_headline: float = 1.5
    it_opens_in_mid_sentence: float = -12.0
    furniture_is_in_mid_sentence: float = -3.0
    the_page_begins_with_a_byline: float = -4.0
    the_page_ends_with_a_byline: float = -4.0
    the_page_ends_in_mid_sentence: float = -6.0

    def look(self, at: LineContext, label: Label) -> float:
        """How much a line looks like what its label says."""
        line, total = at.line, 0.0
        if label == "H":
            return self._head_look(at) + self.the_text_below_says_it_again * at.echo
        if line.is_label and not line.is_caption:
            return self.what_names_a_kind_of_piece_is_no_text
        if line.is_caption or label in "OC":
            return 0.0
        if label == "F":
            return self.it_is_made_as_headers_and_imprints_are
        if line.has_two_phrases and not line.is_spaced and _PHRASES_APART.search(line.text):
            total += self.a_space_parts_phrases_in_a_text
        if line.is_complete or at.reach != Reach.SHORT or line.is_tail or line.is_row:
            return total
        if at.below and at.below.is_tail:
            return total
        total += self.it_is_short_in_mid_sentence
        if advert_signs(line.text):
            total += self.it_sells_something
        return total

    def _head_look(self, at: LineContext) -> float:
        line, below, text, total = at.line, at.below, at.line.text, 0.0
        if line.is_caption:
            return total
        if line.is_label:
            return self.it_names_the_kind_of_piece_below
        if "。" in text or "；" in text:
            total += self.a_sentence_ends_inside
        if text[-1] in "，、；,":
            total += self.it_ends_with_a_comma
        if commas := text.count("，") + text.count("、"):
            total += self.it_has_commas * min(2, commas)
        if line.width > _WIDEST_HEAD:
            total += self.it_is_wider_than_headlines
        if line.has_two_phrases:
            total += self.it_stands_in_two_phrases
        if line.is_row:
            total += self.it_is_a_row_of_a_table
        if at.reach == Reach.SHORT:
            total += self.it_ends_short_of_the_column
        if below and line.indent > below.indent:
            # Do both lines end at the same column's edge?
            edge_moves = line.indent + line.width - below.indent - below.width
            if abs(edge_moves) <= 1:
                total += self.it_is_indented_like_a_paragraph
        return total

    # Called for every label of a line below every label of the line above: nothing of a page is
    # called as often.
    def step(self, before: Label, at: LineContext, label: Label) -> float:
        """Points for a line to have a label below a line that has the label `before`."""
        above, line = at.above, at.line
        if above is None:
            if label == "C" or (label == "O" and line.is_names):
                return self.the_page_begins_with_a_byline
            return 0.0
        if label == "F":
            if before in "HF" or above.is_complete:
                return 0.0
            return self.furniture_is_in_mid_sentence
        if label == "H":
            return self._into_head(above, before, at)
        if label == "B":
            if before == "H" and not above.is_caption:
                return self._out_of_head(above, at)
            return self._into_text(above, before, at)
        if label == "C":
            signed = line.is_credit or line.text[0] in "（("
            if signed and before in "BC" and above.is_complete:
                return self.the_credit_closes_a_text
            return self.the_credit_closes_no_text
        if line.is_names and before != "H":
            return self.names_stand_below_no_headline
        if _breaks_off(above, before) and not above.is_credit:
            return self.it_opens_in_mid_sentence
        return self.names_stand_below_a_headline if line.is_names else 0.0

    def _into_head(self, above: Line, before: Label, at: LineContext) -> float:
        line, total = at.line, 0.0
        caption_below_text = line.is_caption and before in "BOC" and not above.ending
        if caption_below_text and above.is_complete:
            total += self.the_caption_may_belong_to_the_text_above
        elif caption_below_text:
            total += self.the_sentence_above_breaks_off
        elif above.is_caption and before == "H" and not (above.is_complete or line.is_caption):
            total += self.the_caption_above_breaks_off
        elif before == "O" and (above.is_credit or above.is_names):
            total += self.the_byline_above_has_no_text
        elif _breaks_off(above, before):
            total += self.the_sentence_above_breaks_off
        else:
            if line.blank_before:
                total += self.a_blank_line_is_above
            if before == "C" or above.ending:
                total += self.the_article_above_is_closed
            if before != "H" or above.is_label:
                total += self.a_headline_begins
        if before != "H" or above.is_label:
            if at.reach != Reach.SHORT:
                total += self.it_begins_as_wide_as_the_column
        elif at.edge_known:
            total += self.an_edge_inside_the_headline_parts_a_word
        elif at.edge_known is False:
            total += self.an_edge_inside_the_headline_parts_no_word
        return total

    # Into a text that begins with nothing but a headline above it.
    def _out_of_head(self, above: Line, at: LineContext) -> float:
        line, total = at.line, 0.0
        if wrap_parts_word(above, line):
            return self.the_edge_parts_a_word_of_headline_and_text
        if line.is_complete and line.width < _SHORTEST_TEXT:
            total += self.the_first_line_is_a_short_sentence
        if at.edge_known:
            total += self.headline_and_text_meet_in_a_word
        elif at.edge_known is False:
            total += self.headline_and_text_meet_in_no_word
        if self.page_indents and line.indent < INDENT:
            total += self.the_first_line_lacks_the_indent
        if at.reach_above and at.reach and line.indent <= above.indent:
            if line.blank_before:
                total += self.the_headline_may_be_the_first_line_above_a_blank
            else:
                total += self.the_headline_may_be_the_first_line
        if at.reach == Reach.INDENTED:
            total += self.it_lost_an_indent
        if line.blank_before or line.indent > above.indent:
            return total
        if abs(line.width - above.width) < _SAME_WIDTH * line.width:
            return total + self.no_space_is_below_the_headline_of_this_width
        return total + self.no_space_is_below_the_headline

    def _into_text(self, above: Line, before: Label, at: LineContext) -> float:
        line, in_text = at.line, before in "BO"
        lacks_indent = self.page_indents and line.indent < INDENT
        if before == "C" or (in_text and above.ending):
            if line.blank_before or line.indent >= INDENT:
                return self.it_begins_without_a_headline_but_apart
            return self.it_begins_without_a_headline
        if before == "O" and (above.is_credit or above.is_names):
            return self.the_text_stands_below_its_byline
        if line.is_caption:
            return 0.0 if in_text else self.the_caption_has_no_text
        if not in_text:  # but below furniture, or a caption that is taken for a head
            return self.the_first_line_lacks_the_indent if lacks_indent else 0.0
        if line.is_tail:
            return self.it_stands_behind_its_sentence
        if not above.is_complete:
            return self._inside_sentence(above, at)
        # If a paragraph is over, the next one would be indented as all are on this page.
        if lacks_indent and (line.blank_before or at.reach_above != Reach.FULL):
            return self.the_paragraph_lacks_the_indent
        return self.a_paragraph_follows

    # A sentence may run over the end of a column, but not into an indented paragraph.
    def _inside_sentence(self, above: Line, at: LineContext) -> float:
        line = at.line
        if above.is_row or above.text[-1] in "：:":  # a list may follow
            return 0.0
        if line.indent >= above.indent + INDENT:
            return self.it_is_indented_in_mid_sentence
        if line.blank_before:
            if at.reach == Reach.INDENTED:
                return self.a_blank_line_is_in_mid_sentence + self.it_lost_an_indent_in_mid_sentence
            return self.a_blank_line_is_in_mid_sentence
        if at.reach_above == at.reach == Reach.INDENTED:
            return self.two_lines_lost_an_indent
        return self.the_sentence_goes_on

    def end(self, last: Line, label: Label) -> float:
        """Points for the page to end with a line that has a label."""
        if label == "O" and (last.is_credit or last.is_names):
            return self.the_page_ends_with_a_byline
        return self.the_page_ends_in_mid_sentence if _breaks_off(last, label) else 0.0


# Whether the text that runs through a line stops in mid sentence there.
def _breaks_off(above: Line, before: Label) -> bool:
    return before in "BO" and not (above.is_complete or above.is_row)
