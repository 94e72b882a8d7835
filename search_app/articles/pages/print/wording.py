"""What the words of lines show: that they sell, begin as news do, or run on over a line's edge."""

import re
from collections.abc import Sequence

from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.overlap import ink_of

# Each kind by its name: how to reach who sells, where to find it, what it is, what it offers.
_ADVERT_SIGNS = re.compile(
    r"(?P<phone>(?:电话|热线|咨询|预约|手机|微信|传真|联系人)[^，。]{0,4}[:：\s]*[\d-]{7,}|^[\d\s、—-]{7,}$)"
    r"|(?P<address>^(?:地\s*址|店址|网址|邮箱)[:：\s]|^[一-龥]{2,8}[路街巷道]\d+号)"
    r"|(?P<shop>^[一-龥]{2,10}(?:公司|商场|商城|超市|酒店|酒楼|宾馆|医院|门诊部?|药店|家具城|建材|装饰"
    r"|经营部|专卖店|理发店|影楼|幼儿园|驾校|旅行社|种业)(?:开业|招生)?$)"
    r"|(?P<offer>[一二三四五六七八九\d.]折|半价|特价|钜惠|酬宾|大促|促销|满.{1,4}减|买.{1,3}送|让利|优惠价"
    r"|进店有礼|欢迎(?:选购|惠顾|来电|光临)|隆重(?:推出|开业|上市)|盛大开业|新店开业|诚聘|招聘.{0,8}名"
    r"|月薪|面议|旺铺|招租|转让|出租|出售|加盟|代理招商|火热(?:预订|招生|认购)|售楼)"
)
_DAY_OR_REPORTER = re.compile(r"今[天日]|昨[天日晚]|日前|近日|连日来|眼下|当地时间|记者|\d日|以来")
_FIRST_LINES, _FIRST_CHARACTERS = 4, 30  # of news, which name a day or the reporter in them
_HAN_PAIR = re.compile("[一-龥]{2}")
# What a wrap may part, but what no text begins with.
_PARTED_BY_WRAP = re.compile(
    r"[，、。；：！？）》”’]$|\d[\d年月日时分个万亿元%％]|[A-Za-z][A-Za-z]"
)
_REST_OF_WORD = re.compile(r"\S\s?[，。；、]")


def advert_signs(text: str) -> int:
    """How many kinds of signs of an advertisement a line shows; a telephone number is two."""
    kinds = {sign.lastgroup for sign in _ADVERT_SIGNS.finditer(text)}
    if "phone" in kinds:
        return len(kinds) + 1
    return len(kinds)


def begins_as_news(lines: Sequence[Line], place: int) -> bool:
    """Whether the first words of a text that begins with one of some lines are those of news."""
    first_words = ink_of(lines[place : place + _FIRST_LINES])[:_FIRST_CHARACTERS]
    return bool(_DAY_OR_REPORTER.search(first_words))


def wrap_parts_word(above: Line, line: Line) -> bool:
    """Whether the edge between two lines parts what belongs together: 12|月, 今天开|会，"""
    if _PARTED_BY_WRAP.search(above.text[-1] + line.text[0]):
        return True
    return _REST_OF_WORD.match(line.text) is not None


def is_known_edge(above: Line, line: Line, page: str) -> bool | None:
    """Whether `page` has elsewhere the two Han between which two lines part; None for others.

    `page` is the ink of its lines, one below the other.
    """
    # A sentence that runs over an edge parts a pair that is known in .43 of all places, a headline
    # inside of it in .15, the end of one in .03 (decision 027).
    pair = above.ink[-1] + line.ink[0]
    return pair in page if _HAN_PAIR.fullmatch(pair) else None
