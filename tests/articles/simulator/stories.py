"""From a text to a story: the text with headline, byline, endings and caption."""

import re
from dataclasses import dataclass, replace
from random import Random

from articles.simulator import bylines
from articles.simulator.bylines import NOBODY, Credit
from articles.simulator.settings import Settings
from articles.simulator.texts import Text

_CLAUSE = re.compile("[一-龥\\d.%]{6,20}(?=[，。；])")
_LEAD_INS = ("时强调", "时指出", "时要求", "会议要求", "有关部门提示：", "调研时强调")
_ROWS = ("鸡蛋", "小白菜", "猪后腿肉", "黄瓜", "大米", "面粉", "空心菜", "豆油")
_BOXES = ("相关链接", "【新闻链接】", "延伸阅读", "新闻背景", "■链接")
_GOES_ON = ("（下转A0{n}版）", "（下转第{n}版）", "（下转 A0{n} 版）")
_CAME_FROM = ("（上接A0{n}版）", "（上接第{n}版）", "（上接 A0{n} 版）")


@dataclass(frozen=True)
class Story:
    """What is printed of one article. A paragraph beginning with a tab is printed line by line."""

    title: str | None
    paragraphs: tuple[str, ...]
    kicker: str | None = None
    subtitle: str | None = None
    opening: Credit = NOBODY
    alone: bool = False  # the byline has a line of its own
    closing: Credit = NOBODY
    mark: str | None = None
    goes_on: str | None = None  # 下转
    caption: str | None = None
    photographer: Credit = NOBODY
    is_box: bool = False  # headed by a label, which never stands below

    @property
    def authors(self) -> tuple[str, ...]:
        """Everybody its credits name, once, in their order; a caption behind a mark is not its."""
        signed = [self.opening, self.closing, *[self.photographer] * (not self.mark)]
        return tuple(dict.fromkeys(name for credit in signed for name in credit.authors))


def tell(text: Text, settings: Settings, random: Random, mark: str | None) -> Story:
    """A story made of a text; `mark` is what ends the articles of this page, if anything does."""

    def happens(probability: float) -> bool:
        return random.random() < probability

    if happens(settings.box):
        return Story(random.choice(_BOXES), text.paragraphs[:2], mark=mark, is_box=True)
    story = Story(text.title, text.paragraphs, mark=mark)
    story = _headed(story, text, settings, random)
    story = _signed(story, settings, random)
    if happens(settings.table) and len(text.paragraphs) > 1:
        story = replace(story, paragraphs=_with_table(story.paragraphs, random))
    elif happens(settings.subhead) and len(text.paragraphs) > 2:
        story = replace(story, paragraphs=_with_subhead(story.paragraphs, random))
    if happens(settings.continued):
        goes_on = random.choice(_GOES_ON).format(n=random.randint(2, 8))
        story = replace(story, goes_on=goes_on, mark=None, closing=NOBODY)
    elif happens(settings.caption):
        story = _illustrated(story, random)
    return story


def _headed(story: Story, text: Text, settings: Settings, random: Random) -> Story:
    if random.random() < settings.continues:
        came_from = random.choice(_CAME_FROM).format(n=random.randint(1, 8))
        return replace(story, title=None, paragraphs=_prefixed(came_from, text.paragraphs))
    if random.random() < settings.untitled:
        return replace(story, title=None)
    body = "".join(text.paragraphs)
    if random.random() < settings.kicker:
        story = replace(story, kicker=text.kicker or _kicker(body, random))
    if random.random() < settings.subtitle:
        story = replace(story, subtitle=text.subtitle or _subtitle(body, random))
    return story


def _signed(story: Story, settings: Settings, random: Random) -> Story:
    if story.paragraphs[0].startswith("（上接"):
        return story
    if random.random() < settings.agency:
        story = replace(story, opening=bylines.dateline(random))
    elif story.title and random.random() < settings.byline_alone:
        story = replace(story, opening=bylines.alone(random), alone=True)
    elif not story.title or random.random() >= settings.unopened:
        story = replace(story, opening=bylines.opening(random))
    if random.random() < settings.closing:
        story = replace(story, closing=bylines.closing(random))
    return story


def _prefixed(prefix: str, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    return (prefix + paragraphs[0], *paragraphs[1:])


def _clauses(body: str) -> list[str]:
    return list(dict.fromkeys(_CLAUSE.findall(body)))


def _kicker(body: str, random: Random) -> str | None:
    """A clause of the text, half of the time leading in to what the title says."""
    clauses = [c for c in _clauses(body) if len(c) <= 14 and not re.search(r"\d", c)]
    if not clauses:
        return None
    return random.choice(clauses) + (random.choice(_LEAD_INS) if random.random() < 0.5 else "")


def _subtitle(body: str, random: Random) -> str | None:
    """Facts, mostly with figures; two clauses, or one behind a dash."""
    clauses = _clauses(body)
    if not clauses:
        return None
    figures = [c for c in clauses if re.search(r"\d", c)]
    first = random.choice(figures if figures and random.random() < 0.7 else clauses)
    second = random.choice(clauses)
    if random.random() < 0.15:
        return f"——{first}"
    return first if first == second else first + random.choice("， ") + second


def _with_table(paragraphs: tuple[str, ...], random: Random) -> tuple[str, ...]:
    rows = [
        f"\t{name} {random.randint(2, 30)}.{random.randint(0, 9)}元 {random.randint(1, 90)}%"
        for name in random.sample(_ROWS, random.randint(3, 6))
    ]
    at = random.randrange(1, len(paragraphs))
    introduced = paragraphs[at - 1] + "具体如下："
    return (*paragraphs[: at - 1], introduced, *rows, *paragraphs[at:])


def _with_subhead(paragraphs: tuple[str, ...], random: Random) -> tuple[str, ...]:
    at = random.randrange(1, len(paragraphs))
    clauses = [c for c in _clauses(paragraphs[at]) if len(c) <= 10]
    return (*paragraphs[:at], *(f"\t{c}" for c in clauses[:1]), *paragraphs[at:])


def _illustrated(story: Story, random: Random) -> Story:
    clauses = _clauses("".join(story.paragraphs)) or ["现场"]
    caption = random.choice(("▲{}。", "图为{}。", "▲图为{}。", "上图：{}。"))
    photographer = NOBODY
    if random.random() < 0.6:
        name = bylines.person(random)
        text = random.choice(("本报记者 {} 摄", "{} 摄", "本报记者{}摄", "（{} 摄）")).format(name)
        photographer = Credit(text, (name,))
    return replace(
        story,
        caption=caption.format(random.choice(clauses)),
        photographer=photographer,
        closing=story.closing if story.mark else NOBODY,
    )
