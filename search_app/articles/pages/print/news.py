"""Whether a text begins as news do: with a day, or with what the reporter learned."""

import re
from collections.abc import Sequence

from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.overlap import ink_of

_DAY_OR_REPORTER = re.compile(r"今[天日]|昨[天日晚]|日前|近日|连日来|眼下|当地时间|记者|\d日|以来")
_FIRST_LINES, _FIRST_CHARACTERS = 4, 30  # in which it says so


def begins_as_news(lines: Sequence[Line], place: int) -> bool:
    """Whether the first words of a text that begins with one of some lines say so."""
    first_words = ink_of(lines[place : place + _FIRST_LINES])[:_FIRST_CHARACTERS]
    return bool(_DAY_OR_REPORTER.search(first_words))
