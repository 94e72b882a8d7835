"""Credits: how newspapers name who wrote a text, and the names read out of them.

本报记者 王 强 李 明 · （记者焦娇 通讯员李小明） · □王强 · 文/王强 图/李明
"""

import re
from functools import cache

from search_app.model import Span
from search_app.text.repair import squeeze
from search_app.text.symbols import HAN

AGENCIES = (
    "新华社|新华网|新华通讯社|中新社|中新网|中国新闻社|人民网|央视网|央视新闻|光明网|央广网|中国网"
)
# The paper itself: 本报, or by a name that ends as those of papers do: 晚报, 澜州日报.
OWN = r"本[报刊网台]|[一-龥]{0,3}[日晚晨早时商]报"
_TITLE = "(?:见习|实习|特约|特派|首席|摄影|文字|全媒体|融媒体?|驻[一-龥]{2,4})?"
_ROLE = (
    rf"{_TITLE}(?:记者|通讯员|评论员|实习生)"
    r"|作者|撰文|编译|整理|供图|摄影报道|摄影|(?<![\s/／、][一-龥])(?:文/图|图/文|图文)"  # 秦文/图
)
# One-letter roles count only beside a slash, a space or a colon: 文静 is a name.
_SHORT_ROLE = r"(?<![一-龥])[文图摄](?=[/／\s:：])|(?<=[/／\s])[文图摄](?![一-龥])|摄(?=\s*[）)]?$)"
# A bracket with a role in it; perhaps a paper before the role, and as many names as fit in.
BRACKETED = rf"[（(](?:[^（）()。]{{0,20}}?)(?:{_ROLE})[^（）()。]{{1,60}}[）)]"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴"
    "莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅"
    "童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤时阳穆农司卓古吉缪简车项"
    "连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲"
)
_COMPOUND = "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|夏侯|闻人|端木"
_ONE_NAME = rf"(?:{_COMPOUND})[{HAN}]{{1,2}}|[{_SURNAMES}][{HAN}]{{1,2}}"
# A name: surname and given name, perhaps padded to three cells (王 强), or a foreign one.
_NAME = (
    rf"(?:(?:{_COMPOUND})[{HAN}]{{1,2}}?|[{_SURNAMES}](?:[ \u3000]{{1,2}}[{HAN}]|[{HAN}]{{1,2}}?)"
    rf"|[{HAN}]{{1,4}}·[{HAN}]{{1,5}})(?=[\s、，,/／）)：:]|$|{_ROLE}|摄|报道)"
)
# 王强、李小明 · 王 强 李 明
_NAMES = rf"{_NAME}(?:(?:[、，,]\s*|[ \u3000]+){_NAME})*"
_MARKERS = "□■◎●○◇◆△▲★☆▢"
# Roles, papers or agencies, then names: 本报见习记者 王强 · 新华社记者 阿依·古丽 · 图/李明
_WHO = rf"(?:(?:{_ROLE}|{OWN}|{AGENCIES}|[文图摄](?=[/／\s:：]))[\s:：/／]*)+{_NAMES}"
# A credit as a whole: all in a bracket, behind a marker, with a role at its end, or without these.
_CREDIT = (
    rf"[（(]?[ \u3000]*(?P<marker>[{_MARKERS}])?[ \u3000]*"
    rf"(?:{_WHO}|{_NAMES})(?:[\s/／]*(?:[文图摄][ \u3000]+)?(?:{_WHO}))*"
    r"(?P<end>[ \u3000]*(?:[/／][ \u3000]*)?(?:文/图|图/文|摄影报道|摄影|摄|报道|整理|文|图))?"
    r"(?:[ \u3000]*[）)])?[：:]?(?=\s|$)"
)
_NAMES_ALONE = rf"{_NAMES}|[（(][ \u3000]*{_NAMES}[ \u3000]*[）)]"
# All that stands between names.
_NOT_NAMES = re.compile(
    rf"{OWN}|{AGENCIES}|{_ROLE}|{_SHORT_ROLE}|(?:综合)?报道|[{_MARKERS}（）()【】\[\]/／：:]"
)
_ROLES = re.compile(f"{_ROLE}|{_SHORT_ROLE}")
_OWN = re.compile(f"{OWN}|{AGENCIES}")
# A line is letter-spaced if words in it are that can be nothing else, or if a stop stands alone.
_LETTER_SPACED = re.compile(
    r"记\s+者|通\s+讯|讯\s+员|实\s+习|本\s+报|新\s+华|(?:^|\s)\S\s+[、）)](?:\s|$)|^[（(]\s+\S\s+\S(?:\s|$)"
)
# A role with white space in it, from a wrap.
_CUT_ROLE = re.compile(r"(?:[见实]\s*习\s*)?记\s*者|通\s*讯\s*员|实\s*习\s*生")
_GAP = re.compile(r"(?<=\S)\s+(?=\S)")
# A short name is padded to the width of others: 王 强.
_PADDED = re.compile(
    rf"(?:(?<![{HAN}/／])|(?<=[者员])|(?<=[/／])(?!文))([{_SURNAMES}])"
    rf"[ \u3000]{{1,2}}([{HAN}])(?![{HAN}])"
)
_NAME_RUN = re.compile(r"[^、，,;；\s]+")
_A_NAME = re.compile(rf"[{HAN}·]{{2,12}}|[A-Za-z .·-]{{3,}}")

# What a credit may begin with: a role, a paper, a surname; the others have a role or paper inside.
_BEGINS = frozenset(f"（(本记通特见实首摄文图全融驻评作撰编整供新中人央光{_MARKERS}")
_MAY_BEGIN_NAMES = frozenset(f"（({_SURNAMES}欧司上诸东皇尉公慕令长夏闻端")
_LONGEST_CREDIT = 60
_STOPS = "。！？…”"


# The pattern ready to use: not before a page is read, since it takes a tenth of a second.
@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def may_begin_credit(text: str) -> bool:
    """Whether it is worth looking whether a credit begins a text; cheap, and never wrongly no."""
    if text[:1] in _BEGINS or "报" in text[:5]:
        return True
    named = text[:1] in _MAY_BEGIN_NAMES or "·" in text[:5]
    return named and bool(_ROLES.search(text, 0, _LONGEST_CREDIT))


def credit_end(text: str, at: int) -> int:
    """Where the credit that begins at this place of a page ends; `at` if none begins there.

    Names alone are none: a marker, a role or, with a role at its end, a paper makes them one.
    """
    credit = _compiled(_CREDIT).match(text, at)
    if credit is None:
        return at
    opens, closes = credit[0][0] in "（(", credit[0].rstrip("：:")[-1] in "）)"
    if opens != closes:
        return at
    has_role = credit["marker"] or _ROLES.search(credit[0])
    if has_role or (credit["end"] and _OWN.search(credit[0])):
        return credit.end()
    return at


def set_solid(credit: str) -> str:
    """A credit without its wraps and its letter-spacing."""
    solid = ""
    for line in credit.splitlines():
        # White space at the edge of a line that is not letter-spaced parts names.
        if _LETTER_SPACED.search(line):
            line = line.strip()
            narrowest = min(map(len, _GAP.findall(line)), default=0)
            line = _GAP.sub(" ", re.sub(rf"(?<=\S)\s{{{narrowest}}}(?=\S)", "", line))
        solid += line
    return _CUT_ROLE.sub(lambda role: squeeze(role[0]), solid.strip())


def is_credit(text: str) -> bool:
    """Whether a line, which may be letter-spaced, is a credit and nothing else."""
    solid = set_solid(text)
    return bool(solid) and credit_end(solid, 0) == len(solid)


def is_names(text: str) -> bool:
    """Whether a text is nothing but names, perhaps in brackets; a short headline may look so."""
    possible = text[:1] in _MAY_BEGIN_NAMES or "·" in text[:5]
    return possible and bool(_compiled(_NAMES_ALONE).fullmatch(text))


def closing_credit(text: str) -> int:
    """Where the credit behind the last sentence of a text begins; the text's end if none does."""
    if text[-1:] in _STOPS:
        return len(text)
    last = text[max(map(text.rfind, _STOPS)) + 1 :].lstrip()
    start = len(text) - len(last)
    in_bracket = last.startswith(("（", "("))
    if not (in_bracket or may_begin_credit(last)):
        return len(text)
    solid = set_solid(last)
    if is_credit(solid) or (solid.startswith(("（", "(")) and is_names(solid)):
        return start
    return len(text)


def authors(credit: str) -> tuple[str, ...]:
    """The names in a credit, padded ones unified: 本报记者 王 强、李小明 → 王强, 李小明."""
    return tuple(name for name, _ in names_in(credit))


def names_in(credit: str) -> list[tuple[str, Span]]:
    """The names in a credit, as `authors` has them, each with where it stands there first."""
    solid = _PADDED.sub(r"\1\2", set_solid(credit))
    # As long as what was there, so that places in it are places in `solid`.
    parted = _NOT_NAMES.sub(lambda other: "、" * len(other[0]), solid)
    names: dict[str, Span] = {}
    for run in _NAME_RUN.finditer(parted):
        parts = [(run[0], run.start())]
        # A wrap may have taken what parted two names.
        two = None
        if len(run[0]) >= 5 and "·" not in run[0]:
            two = _compiled(f"({_ONE_NAME})({_ONE_NAME})").fullmatch(run[0])
        if two:
            parts = [(two[1], run.start()), (two[2], run.start() + two.start(2))]
        for name, start in parts:
            if name not in names and _A_NAME.fullmatch(name):
                names[name] = Span(start, start + len(name))
    if solid == credit:
        return list(names.items())
    # They differ in white space only, of which there is none inside of a name set solid.
    inked = [place for place, c in enumerate(credit) if not c.isspace()]
    for name, span in names.items():
        start = len(squeeze(solid[: span.start]))
        names[name] = Span(inked[start], inked[start + len(name) - 1] + 1)
    return list(names.items())
