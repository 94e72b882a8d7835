"""The query language: what is an operator where it stands, and what is text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.errors import BadQuery
from search_app.query.parse import AllOf, AnyOf, Chunk, Expression, Negation, Proximity, parse
from search_app.query.tree import Dated, Prefix, Valued
from search_app.text.symbols import symbols


def shown(part: Expression) -> str:
    """A part in a notation short enough for a table."""
    if isinstance(part, Chunk):
        text = f"'{part.text}'" if part.quoted else part.text
        return f"{part.field}:{text}" if part.field else text
    if isinstance(part, Proximity):
        near = part.near
        assert symbols(part.text) == near.one + near.other
        return f"{near.field or ''}<{''.join(near.one)} {''.join(near.other)}>{near.gap}"
    if isinstance(part, Prefix):
        return f"{part.field or ''}^{part.text}"
    if isinstance(part, Valued):
        return f"{part.key}={''.join(part.symbols)}"
    if isinstance(part, Dated):
        return f"{part.low}..{part.high}"
    if isinstance(part, Negation):
        return "-" + shown(part.part)
    parts = [shown(p) for p in part.parts]
    if isinstance(part, AllOf):
        return " ".join(parts)
    return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("统一 指挥", "统一 指挥"),
        ("统一，指挥。", "统一 指挥"),
        ("a,b 指挥,统一 3.5% nosuch:x", "a,b 指挥 统一 3.5% nosuch:x"),
        ("“统一 指挥”", "'统一 指挥'"),
        ("关于“消防安全”的通知", "关于 '消防安全' 的通知"),
        ("「统一」『指挥』", "'统一' '指挥'"),
        ('"会议', '"会议'),
        ("会议 AND 讲话", "会议 讲话"),
        ("会议 OR 和服", "(会议 | 和服)"),
        ("会议|和服", "(会议 | 和服)"),
        ("会议｜和服 ＯＲ 讲话", "(会议 | 和服 | 讲话)"),
        ("a b OR c", "(a b | c)"),
        ("会议 -讲话", "会议 -讲话"),
        ("会议 －讲话", "会议 -讲话"),
        ("会议 NOT 讲话", "会议 -讲话"),
        ("A-股", "A-股"),
        ("会议 -，和服", "会议 - 和服"),
        ("会议 - 和服", "会议 - 和服"),
        ("(会议 OR 和服) 产品", "(会议 | 和服) 产品"),
        ("（会议｜和服） -产品", "(会议 | 和服) -产品"),
        ("(会议", "(会议"),
        ("会议)", "会议)"),
        ("会议 ()", "会议"),
        ("会议 OR OR 和服", "(会议 | 和服)"),
        ("NOT OR 会议", "会议"),
        ("OR", "()"),
        ("标题:和服", "head:和服"),
        ("標題： 和服 正文:“统一 调度”", "head:和服 body:'统一 调度'"),
        ("标题:", "标题"),
        ("标题:，会议 标题:|和服", "(标题 会议 标题 | 和服)"),
        ("(标题:) 会议 (记者:)", "标题 会议 记者"),
        ("记者:王小满 報紙： 临泽日报", "authors=王小满 newspaper=临泽日报"),
        ("page:A02 -地点:“渡 口”", "page_no=a02 -place=渡口"),
        ("日期:2021", "2021..2021"),
        ("date:2020-01..2020-03 日期:..２０２１-０２-０３", "2020-01..2020-03 ..2021-02-03"),
        ("日期: 2020..", "2020.."),
        ("日期:2020-13", "日期 2020-13"),
        ("date:abc 会议", "date:abc 会议"),
        ("nosuch:会议", "nosuch 会议"),
        ("oracle NOTE", "oracle NOTE"),
        ('"统一 调度"~12 会议', "<统一 调度>12 会议"),
        ("标题:“统一 调度”～３", "head<统一 调度>3"),
        ('"统一指挥"~12', "'统一指挥'"),
        ('"统一 指挥 调度"~12', "'统一 指挥 调度'"),
        ('"统一 \u200b"~12', "'统一 \u200b'"),
        ('"统一 调度"~', "'统一 调度' ~"),
        ("covid* ＡＢ＊ 20*", "^covid ^ab ^20"),
        ("标题:cov*", "head^cov"),
        ("统一* A股* 5G*", "统一 A股 5G"),
        ("* ** *国 a*b", "* ** *国 a*b"),
        ("记者:王* 版:A* 日期:2021*", "authors=王* page_no=a* 日期 ^2021"),
        ("会议 -OR 和服", "会议 -OR 和服"),
        ("会议 -|和服 (a -)", "(会议 - | 和服 a -)"),
    ],
)
def test_typed_is_understood_as(typed: str, understood: str) -> None:
    """Operators count at the start of a chunk or standing alone, `|` and quotes anywhere."""
    assert shown(parse(typed).part) == understood


@pytest.mark.parametrize("typed", ["a*", "会议 5*", "标题:b**"])
def test_a_prefix_of_one_character_is_refused(typed: str) -> None:
    """It stands for half of the dictionary."""
    with pytest.raises(BadQuery, match="at least 2"):
        parse(typed)


@pytest.mark.parametrize("typed", ["(" * 4 + "国" + ")" * 4, " OR ".join("甲乙丙丁戊己庚辛壬")])
def test_past_the_limits_is_refused(typed: str) -> None:
    """Nesting over 3 and over 8 sides of OR name the limit."""
    with pytest.raises(BadQuery, match="at most"):
        parse(typed)


@given(st.text(alphabet='国 ab1()（）|-"“”~*OR NOT标题:，,', max_size=40))
def test_anything_typed_is_parsed_or_refused(typed: str) -> None:
    """No input but one past a limit raises, and no character of a chunk is made up."""
    try:
        part = parse(typed).part
    except BadQuery:
        return
    assert isinstance(part, AnyOf)
