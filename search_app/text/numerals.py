"""Numbers written in the other way: 二〇二四年 and 2024年, 十四 and 14.

Only what is surely a number: years of four digits, counts in tens to thousands, days and months.
五四, 一点 and 十四五 stay what they are.
"""

import re
from functools import partial

from search_app.text.fold import MappedText, fold, fold_mapped, substituted

_DIGITS = "〇一二三四五六七八九"
# The ways to write a zero in a year; and in place of one: as a count, not digit by digit.
ZEROS, _COUNT = "〇零○", ""
_TO_HAN = str.maketrans("0123456789", _DIGITS)
_TO_ARABIC = str.maketrans(_DIGITS + "零○两", "0123456789002")
_SIZES = {"千": 1000, "百": 100, "十": 10}
# 十四, but 一百一十四.
_UNREAD = re.compile("^一(?=十)")
# One digit alone is a number in front of these.
_DATED = frozenset("月日号")
_HAN = re.compile("[〇零○一二两三四五六七八九十百千]+")
# Not inside decimals, times, dates with hyphens, or beside letters.
_ARABIC = re.compile(r"(?<![0-9a-z.:/%-])[0-9]{1,4}(?![0-9a-z:/%-]|\.[0-9])")
# Whether there is anything to write in the other way.
HAS_NUMERALS = re.compile(rf"{_HAN.pattern}|兩|\d")


def in_arabic(text: str) -> str:
    """The text, folded, with its numbers in Arabic numerals."""
    return _HAN.sub(_in_arabic, fold(text))


def arabic_mapped(text: str) -> MappedText:
    """`in_arabic(text)` with the index in `text` that each of its characters came from."""
    folded = fold_mapped(text)
    arabic = substituted(_HAN, _in_arabic, folded.text)
    return MappedText(arabic.text, tuple(map(folded.origin.__getitem__, arabic.origin)))


def in_han(text: str) -> tuple[str, ...]:
    """Folded text with its numbers in Chinese numerals: the ways there are, none without one."""
    ways = dict.fromkeys(_ARABIC.sub(partial(_in_han, zero), text) for zero in (*ZEROS, _COUNT))
    ways.pop(text, None)
    return tuple(ways)


def count_in_han(number: int) -> str:
    """A number from 1 to 9,999 as it is read: 14 is 十四, 1005 is 一千零五."""
    written, gap = "", ""
    for unit, size in (*_SIZES.items(), ("", 1)):
        digit, number = divmod(number, size)
        if digit:
            written, gap = f"{written}{gap}{_DIGITS[digit]}{unit}", ""
        elif written:
            gap = "零"
    return _UNREAD.sub("", written)


# Han numerals as Arabic ones; as they are where they are no number.
def _in_arabic(numeral: re.Match[str]) -> str:
    run, following = numeral[0], numeral.string[numeral.end() : numeral.end() + 1]
    if _SIZES.keys().isdisjoint(run):
        year = len(run) == 4 and (following == "年" or run[0] in "一二")
        if "两" not in run and (year or (len(run) == 1 and following in _DATED)):
            return run.translate(_TO_ARABIC)
        return run
    if run == "十" and following not in _DATED:
        return run
    # What its digits and units add up to, whether or not it is well written.
    total, digit = 0, 0
    for c in run:
        if c in _SIZES:
            total += (digit or 1) * _SIZES[c]
            digit = 0
        else:
            digit = int(c.translate(_TO_ARABIC))
    number = min(total + digit, 9_999)
    # A number that is read otherwise is none: 百十 stays as it is.
    if count_in_han(number) != _UNREAD.sub("", run.replace("两", "二")):
        return run
    return str(number)


# Arabic numerals as Han ones; as they are where they are no number.
def _in_han(zero: str, numeral: re.Match[str]) -> str:
    digits, following = numeral[0], numeral.string[numeral.end() : numeral.end() + 1]
    if len(digits) == 4 and (following == "年" or (digits[0] in "12" and zero != _COUNT)):
        return digits.translate(_TO_HAN).replace("〇", zero or "〇")
    if digits[0] == "0" or (len(digits) == 1 and following not in _DATED):
        return digits
    return count_in_han(int(digits))
