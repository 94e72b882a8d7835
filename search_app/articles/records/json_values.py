"""JSON, read so that no text of it costs more time than its length allows."""

import json
from typing import NoReturn

from search_app.articles.records.checks import RecordError

_MOST_DIGITS = 1000  # of one integer: reading a longer one costs the square of its length
# The decoder is given so many characters at first; what an error may cut off at their end.
_WINDOW, _LONGEST_ESCAPE = 1 << 14, len(r"\ud83d\ude00")


def parse_json(text: str, at: int | None = None) -> tuple[object, int]:
    """The value that a text of JSON is, or the one that begins at a place of it, and its end.

    Raises RecordError for what is no JSON, or more of it than a record needs.
    """
    remedy = "write one whole object a line"
    try:
        if at is None:
            return _DECODER.decode(text), len(text)
        remedy = "write each as a whole object"
        return _decode_at(text, at)
    except json.JSONDecodeError as e:
        where = f"{e.msg.lower()}, character {e.pos + 1}"
        raise RecordError(f"broken JSON ({where})", remedy) from None
    except RecursionError:
        raise RecordError("JSON nested too deeply", "write a flat object") from None


def _decode_at(text: str, at: int) -> tuple[object, int]:
    """From a window as wide as need be: an error costs time for each character before it."""
    size = _WINDOW
    while True:
        window = text[at : at + size]
        try:
            value, end = _DECODER.raw_decode(window)
        except json.JSONDecodeError as e:
            is_cut = e.msg.startswith("Unterminated") or e.pos > len(window) - _LONGEST_ESCAPE
            if not is_cut or at + size >= len(text):
                raise
            size *= 16
        else:
            return value, at + end


def _refuse_constant(name: str) -> NoReturn:
    raise RecordError(f"{name} is not JSON", "write null or a number")


def _short_integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise RecordError(f"an integer of {len(digits)} digits", "write it as a string")
    return int(digits)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_short_integer, strict=False)
