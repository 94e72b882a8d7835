"""Whether a text begins as news do: with a day, or with what the reporter learned."""

import re
from collections.abc import Sequence

from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.runs import ink_of

_NEWS = re.compile(r"今[天日]|昨[天日晚]|日前|近日|连日来|眼下|当地时间|记者|\d日|以来")
_LINES, _CHARACTERS = 4, 30  # in which it says so


def begins_as_news(lines: Sequence[Line], place: int) -> bool:
    """Whether the first words of a text that begins with one of some lines say so."""
    return bool(_NEWS.search(ink_of(lines[place : place + _LINES])[:_CHARACTERS]))
