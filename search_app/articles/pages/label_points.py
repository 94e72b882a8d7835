"""The table of reasons for the labels of lines, each with its points.

Points are in units of "one weak sign".
"""

from dataclasses import dataclass

from search_app.articles.pages.reasons import PointTable


@dataclass(frozen=True, slots=True)
class LabelPoints(PointTable):
    """Every reason for and against a label; explanations print the names of the fields.

    Set by hand on simulated pages, one reason after another, as far as boundary F1 rose on pages
    with other seeds. The surest sign is a sentence that would be broken off.
    """

    # What a headline looks like.
    sentence_ends_inside: float = -4.0
    ends_with_a_comma: float = -2.0
    comma_inside: float = -1.0  # each of the first two
    wider_than_headlines: float = -2.0
    two_phrases_apart: float = 0.5
    row_of_a_table: float = -2.0
    ends_short_of_the_column: float = 1.0
    indented_like_a_paragraph: float = -1.5
    text_below_says_it_again: float = 1.0  # for each point that `echoes` gives
    names_the_kind_of_piece_below: float = 2.0  # 相关链接
    label_of_a_piece_is_no_text: float = -2.0
    # What furniture and running text look like.
    made_of_header_or_imprint: float = 1.5
    phrases_apart_in_a_text: float = -1.5
    short_line_in_mid_sentence: float = -1.5
    sells_something: float = -1.0

    # What follows what. Into a headline:
    sentence_above_breaks_off: float = -6.0
    byline_above_has_no_text: float = -6.0
    caption_breaks_off: float = -6.0
    caption_may_belong_to_the_text_above: float = -2.0
    blank_line_above: float = 0.5
    article_above_is_closed: float = 0.5
    headline_begins: float = -0.8  # most lines are no headlines
    begins_as_wide_as_the_column: float = -0.5
    # A pair of Han that a line's edge parts stands elsewhere on the page in .43 of all places in
    # mid sentence, in .15 inside a headline and in .03 at its end (decision 027).
    edge_inside_headline_parts_a_word: float = -0.5
    edge_inside_headline_parts_no_word: float = 0.2

    # Into a text that begins with nothing but a headline above it:
    wrap_parts_headline_and_text: float = -4.0
    first_line_is_a_short_sentence: float = -2.0
    headline_and_text_share_a_word: float = -2.0
    headline_and_text_share_no_word: float = 0.3
    first_line_lacks_the_indent: float = -1.5
    lost_an_indent: float = 0.8
    headline_may_be_the_first_line: float = -0.7
    headline_may_be_the_first_line_above_a_blank: float = -0.4
    no_space_below_headline: float = -0.5
    no_space_below_headline_of_this_width: float = -1.0

    # Into a text otherwise:
    begins_without_headline: float = -4.0
    begins_without_headline_but_apart: float = -2.5  # below a blank line, or indented
    text_below_its_byline: float = 0.5
    caption_without_a_text: float = -1.0
    text_behind_its_sentence: float = 1.5
    paragraph_lacks_the_indent: float = -2.0
    paragraph_follows: float = 0.3
    indented_in_mid_sentence: float = -2.0
    blank_line_in_mid_sentence: float = 1.0  # times what it costs on this page
    lost_an_indent_in_mid_sentence: float = -0.8
    two_lines_lost_an_indent: float = -0.5
    sentence_goes_on: float = 0.5

    # Into credits and furniture, and behind the last line:
    credit_closes_a_text: float = 2.0
    closes_no_text: float = -4.0
    names_below_no_headline: float = -4.0
    names_below_a_headline: float = 1.5
    opens_in_mid_sentence: float = -12.0
    furniture_in_mid_sentence: float = -3.0
    page_begins_with_a_byline: float = -4.0
    page_ends_with_a_byline: float = -4.0
    page_ends_in_mid_sentence: float = -6.0


LABEL_POINTS = LabelPoints()
