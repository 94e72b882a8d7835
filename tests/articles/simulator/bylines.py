"""Bylines as newspapers print them, with the people, the agency and the place they name."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑龚柏丁许沈贺罗潘方秦"
_GIVEN = "强静敏磊婷雨桐嘉言志成立群小满明芳文博思远晓舟海燕建国一帆琳岚松"
_PLACES = ("北京", "上海", "郑州", "武汉", "日内瓦", "哈尔滨", "成都", "联合国")

# a, b: people; d: a day; p: a place; {0}: an agency.
_OPENINGS = (
    "本报讯（记者{a}）",
    "本报讯（记者{a}）",
    "本报讯（记者{a}）",
    "本报讯（记者{a}、{b}）",
    "本报讯 （记者 {a} 通讯员 {b}）",
    "本报讯（见习记者{a}）",
    "本报讯（通讯员{a}）",
    "本报讯（记者 {a} 实习生 {b}）",
    "【本报讯】",
    "本报讯",
    "本报{p}{d}讯（记者{a}）",
    "晚报讯（记者 {a}）",
)
_DATELINES = (
    "新华社{p}{d}电",
    "新华社{p}{d}电（记者{a}、{b}）",
    "新华社{p}{d}电（记者 {a}）",
    "据新华社{p}{d}电",
    "中新网{p}{d}电（记者 {a}）",
    "据新华社电",
    "据中新社{p}{d}消息",
)
_ALONE = (
    "本报记者 {a}",
    "本报记者 {a}",
    "本报记者 {a} {b}",
    "本报记者 {a} 通讯员 {b}",
    "□本报记者 {a}",
    "■ 本报记者 {a} 文/图",
    "□ {a}",
    "记者 {a} 文/图",
    "本报记者 {a}/文 {b}/图",
    "文/本报记者 {a} 图/{b}",
    "本报见习记者 {a} 报道",
)
_CLOSINGS = (
    "（{a}）",
    "（记者 {a}）",
    "（{a} {b}）",
    "（据新华社）",
    "（完）",
    "（责任编辑：{e}）",
)


class Credit(NamedTuple):
    """A byline, and what it says."""

    text: str
    authors: tuple[str, ...] = ()
    agency: str | None = None
    place: str | None = None


NOBODY = Credit("")


def opening(random: Random) -> Credit:
    """本报讯（记者…）, which begins the first line of a text."""
    return _filled(random, random.choice(_OPENINGS))


def dateline(random: Random) -> Credit:
    """新华社北京1月27日电."""
    return _filled(random, random.choice(_DATELINES))


def alone(random: Random) -> Credit:
    """A byline on a line of its own, names of two characters perhaps padded to three cells."""
    return _filled(random, random.choice(_ALONE), padded=random.random() < 0.5)


def closing(random: Random) -> Credit:
    """What may stand behind the last sentence: a signature, an end, an editor who is no author."""
    return _filled(random, random.choice(_CLOSINGS))


def person(random: Random) -> str:
    """A name of two or three characters."""
    return random.choice(_SURNAMES) + "".join(random.sample(_GIVEN, random.randint(1, 2)))


def _filled(random: Random, form: str, padded: bool = False) -> Credit:
    a, b, editor = _distinct(random, 3)
    day = f"{random.randint(1, 12)}月{random.randint(1, 28)}日"
    place = random.choice(_PLACES)
    shown = [n[0] + "\u3000" + n[1] if padded and len(n) == 2 else n for n in (a, b)]
    text = form.format(a=shown[0], b=shown[1], d=day, p=place, e=editor)
    authors = tuple(name for key, name in (("{a}", a), ("{b}", b)) if key in form)
    agency = next((n for n in ("新华社", "中新网", "中新社") if n in form), None)
    return Credit(text, authors, agency, place if "{p}" in form else None)


def _distinct(random: Random, count: int) -> Sequence[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        names[person(random)] = None
    return list(names)
