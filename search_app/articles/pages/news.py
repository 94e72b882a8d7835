"""Whether a text begins as news do: with a day, or with what the reporter learned."""

import re

from search_app.text.repair import squeeze

_NEWS = re.compile(r"今[天日]|昨[天日晚]|日前|近日|连日来|眼下|当地时间|记者|\d日|以来")


def begins_as_news(text: str, reach: int) -> bool:
    """Whether its first `reach` characters, white space left out, say so."""
    return bool(_NEWS.search(squeeze(text)[:reach]))
