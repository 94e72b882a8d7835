"""What belongs to a page and to none of its articles: header, imprint, advertisements."""

from collections.abc import Sequence
from random import Random

from articles.simulator.bylines import person

_PAPERS = ("澜州日报", "澜州晚报", "临泽日报")
_SECTIONS = ("要闻", "综合", "城事", "社会", "时政", "经济")
_SHOPS = ("鸿运家具城", "春风理发店", "金穗种业", "仁和口腔医院", "东汇超市", "锦里装饰")
_OFFERS = (
    "全场七折 进店有礼",
    "买十袋送一袋",
    "三八节女宾半价",
    "招聘营业员数名 月薪面议",
    "新店开业 满百减三十",
    "常年招租旺铺 价格面议",
)
_STREETS = ("纱厂路18号", "文庙街77号", "滨河东路203号")


def header(random: Random) -> Sequence[str]:
    """Paper, day and page in one line or two."""
    year, month, day = random.randint(2015, 2025), random.randint(1, 12), random.randint(1, 28)
    date = f"{year}年{month}月{day}日 星期{random.choice('一二三四五六日')}"
    paper, section = random.choice(_PAPERS), random.choice(_SECTIONS)
    page = random.choice(("A0{}", "0{}", "0{}版", "第{}版")).format(random.randint(1, 8))
    forms = (
        [f"{paper} {date} {page} {section}"],
        [f"{date} {page} {section}"],
        [paper, f"{date} {page}"],
    )
    return random.choice(forms)


def imprint(random: Random) -> Sequence[str]:
    """Who made the page, and whom to ring."""
    a, b = person(random), person(random)
    lines = [
        random.choice(
            ("责任编辑 {} 校对 {}", "责编：{} 美编：{}", "本版编辑：{}  版式：{}")
        ).format(a, b)
    ]
    return lines + ["新闻热线：6218110"] * (random.random() < 0.4)


def advert(random: Random) -> Sequence[str]:
    """A display advertisement: who, what, where, the telephone."""
    lines = [
        random.choice(_SHOPS) + random.choice(("", "开业", " 隆重推出")),
        random.choice(_OFFERS),
    ]
    number = random.randint(6_200_000, 6_299_999)
    phone = random.choice(("电话：{}", "咨询热线 {}", "预约电话：{}")).format(number)
    where = random.choice(("地址：{}", "地址 {}", "{}")).format(random.choice(_STREETS))
    return [*lines, *random.sample((where, phone), random.randint(1, 2))]
