"""Page furniture: the lines that belong to the page and to none of its articles."""

import re

from search_app.text.repair import squeeze

_WEEKDAY = r"(?:星期|礼拜|周)[一二三四五六日天]"
_DATE = r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}([-./])\d{1,2}\1\d{1,2}"
_PAGE_NO = r"第?[A-Z]?\d{1,3}版?|第[一二三四五六七八九十]{1,3}版|[·•—－-]+\d{1,3}[·•—－-]+"
# What page headers are made of. The others of a line's parts may be names of papers and sections.
_HEADER_PART = re.compile(rf"(?:{_DATE})?(?:{_WEEKDAY})?|{_PAGE_NO}|农历.{{2,10}}|总?第\d+期")
_NAME_PART = re.compile(r"[一-龥·]{1,8}|[A-Za-z]+|[|｜/·•—－-]+")
# One of these makes a line furniture wherever it stands.
_IMPRINT = re.compile(
    r"(?:本版|值班|责任|见习|首席|文字)?"
    r"(?:编辑|责编|编委|主任|总编|美编|版式|校对|组版|制图)[:：/／\u3000 ]"
    r"|责任编辑|责编|国内统一(?:连续出版物号|刊号)|邮发代号"
    r"|(?:新闻|投稿|广告|发行)(?:热线|邮箱|部?电话)[:：]"
)
LETTER_SPACED = re.compile(r"(?:(?<!\S)[一-龥](?:\s|$)){3}")
# One of these is in every piece of furniture.
_MAY_BE = re.compile(r"\d|[编主校制版线号箱话期历第]|周")
_LONGEST_HEADER = 60  # characters
_NEAR_EDGE = 4  # lines from the top or bottom of a page, where extractors leave its header


def is_furniture(text: str, from_edge: int) -> bool:
    """Whether a line is the page's own; a date or number alone only near the page's edge."""
    if len(text) > _LONGEST_HEADER or "，" in text or "。" in text or "；" in text:
        return False
    if not _MAY_BE.search(text):
        return False
    if LETTER_SPACED.search(text):
        text = squeeze(text)
    if _IMPRINT.match(text) or _IMPRINT.match(squeeze(text)):
        return True
    return _is_header(text.split(), from_edge)


def _is_header(parts: list[str], from_edge: int) -> bool:
    """Whether a line's parts are those of a header and the names that stand beside them.

    Two parts make one if they are not both mere numbers, as in a table.
    """
    header_parts = 0
    more_than_numbers = False
    for part in parts:
        if _HEADER_PART.fullmatch(part):
            header_parts += 1
            if not part.isdigit():
                more_than_numbers = True
        elif not _NAME_PART.fullmatch(part):
            return False
    if header_parts >= 2 and more_than_numbers:
        return True
    return header_parts > 0 and from_edge < _NEAR_EDGE
