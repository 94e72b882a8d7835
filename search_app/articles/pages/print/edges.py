"""What the two characters on both sides of a line's edge tell: does a sentence run over it?"""

import re

from search_app.articles.pages.print.lines import Line

_HAN_PAIR = re.compile("[一-龥]{2}")
# What a wrap may part, but what no text begins with.
_PARTED_BY_WRAP = re.compile(
    r"[，、。；：！？）》”’]$|\d[\d年月日时分个万亿元%％]|[A-Za-z][A-Za-z]"
)
_REST_OF_WORD = re.compile(r"\S\s?[，。；、]")


def wrap_parts_word(above: Line, line: Line) -> bool:
    """Whether the edge between two lines parts what belongs together: 12|月, 今天开|会，"""
    if _PARTED_BY_WRAP.search(above.text[-1] + line.text[0]):
        return True
    return _REST_OF_WORD.match(line.text) is not None


def is_known_edge(above: Line, line: Line, page: str) -> bool | None:
    """Whether a page has elsewhere the pair of characters that the edge between two lines parts.

    `page` is the ink of its lines, one below the other. None if the pair is not of two Han. A
    sentence that runs over the edge mostly parts a pair that is known, a headline that ends there
    hardly ever.
    """
    pair = above.ink[-1] + line.ink[0]
    return pair in page if _HAN_PAIR.fullmatch(pair) else None
