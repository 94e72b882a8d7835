"""Ids: what makes an article the same article, and which ids may be given."""

from dataclasses import replace
from hashlib import blake2b

from search_app.model import Article
from search_app.text.symbols import symbols

LONGEST_ID = 128
# 64 bits, 16 hexadecimal digits: short enough for an address, and among ten million articles two
# share an id with a probability of three in a million.
_BYTES = 8
# Python counts both as white space, so that no symbol and no split-up value holds one.
_BETWEEN_SYMBOLS, _BETWEEN_PARTS = "\x1f", "\x1e"


def article_id(
    newspaper: str | None, date: str | None, page_no: str | None, head: str, body: str
) -> str:
    """The same 16 lower-case hexadecimal digits wherever place and all symbols are the same."""
    parts = [(value or "").split() for value in (newspaper, date, page_no)]
    joined = _BETWEEN_PARTS.join(map(_BETWEEN_SYMBOLS.join, (*parts, symbols(head), symbols(body))))
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=_BYTES).hexdigest()


def identified(article: Article) -> Article:
    """The article under the id that its own place and text give it."""
    place = (article.newspaper, article.date, article.page_no)
    return replace(article, id=article_id(*place, article.head, article.body))


def is_valid_id(text: str) -> bool:
    """Whether a given id can be kept: 1–128 printable characters that are one part of a path."""
    is_short = 0 < len(text) <= LONGEST_ID
    return is_short and text.isprintable() and "/" not in text and text not in (".", "..")
