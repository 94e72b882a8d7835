"""Random articles and typed queries of the whole grammar, most of which find something.

Articles are made of real phrases, so that jieba cuts them as it cuts newspapers; queries are made
of pieces of the articles, in their spelling or another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from opencc import OpenCC

from search_app.model import Article, FilterName, SearchRequest, Source
from search_app.text.numerals import in_arabic, in_han
from search_app.text.symbols import symbols

PHRASES = (
    "防汛抗旱指挥部召开会议", "全市防汛工作会议", "统一领导、统一指挥、统一调度",
    "产品和服务质量稳定", "和服展在博物馆开幕", "人民群众生命安全", "旧城改造经验交流会议举行",
    "反复征求意见，了解居民的想法", "沿着江面", "渡口的灯亮了一夜", "天安门广场",
    "中华人民共和国", "研究生命科学的人", "乒乓球拍卖完了", "关于消防安全的通知",
    "王小满说：“会议开了一天。”", "（记者 王小满）", "《江面》", "理查德·凯利",
    "二〇二四年十二月二十三日", "二〇二五年的四年级", "二零二四年", "2024年12月23日", "二○二四年",
    "第十四届全国运动会", "第14届", "一百零五人", "105人", "1月27日", "三月五日", "3月",
    "五四运动", "2012 亿元", "十二", "A股三大指数", "5G概念", "3.5%", "COVID-19",
    "New York markets are open", "new yorkers", "AI板块", "12月", "1234", "的", "了", "是在",
    "䶮字匾额",
)  # fmt: skip
JOINTS = ("，", "。", "、", "\n", " ", "", "；")
AUTHORS = ("王小满", "孙文", "理查德·凯利", "Amy Li")
PAPERS = ("临泽日报", "临泽晚报", "Linze Daily")
DAYS = ("2020", "2021-02", "2021-02-03", "2021-02-04", "2021-12-01", "2022-01-05", "2022")
QUOTES = ('""', "“”", "「」", "『』", "＂＂")
FIELDS = {"head": "标题: 標題： title:", "body": "正文: 正文： body:"}
VALUES = {
    "authors": "记者: 記者： author:", "newspaper": "报纸: 報紙： newspaper:",
    "page_no": "版: 版： page:", "place": "地点: 地點： place:",
}  # fmt: skip
FILTERS: dict[FilterName, tuple[str, ...]] = {
    "newspaper": PAPERS, "author": AUTHORS, "page_no": ("A1", "２"), "year": ("2021", "2022"),
}  # fmt: skip
# What is no operator, has nothing to work on, or counts in some queries only.
ODD = (
    "的", "是", "了", "的是", "(的)", "，", "《》", "-", "()", '""', '"', "“", "(", ")", "OR",
    "NOT", "|", "*", "a*", "标题:", "记者:", "nosuch:会议", "日期:2020-1", "日期:昨天", "~3", "%",
    "会*议", "会议*", "5G*", "AND 会议", "- 会议", "-的", "-(会议)", "-|会议", "标题:|会议",
    "(标题:)", "A-股", "-，会议", "NOT NOT 会议", "-(-会议)", "会议 OR -会议", "((((会议))))",
    "会议)开",
)  # fmt: skip
RUNS = re.compile(r"[A-Za-z]+|[0-9]+|.", re.DOTALL)
TO_TRADITIONAL = OpenCC("s2t")
TO_FULL_WIDTH = {c: c + 0xFEE0 for c in range(0x21, 0x7F)}


def a_corpus(random: Random) -> list[Article]:
    """Articles enough that common words are not relaxed, and few enough that others are."""
    return [an_article(random, f"a{n}") for n in range(random.choice((6, 12, 20, 28)))]


def an_article(random: Random, article_id: str) -> Article:
    """An article of phrases; any field but the body may be missing."""
    return Article(
        id=article_id,
        title=a_text(random, 2),
        body=a_text(random, random.choice((2, 6, 12))),
        date=random.choice((*DAYS, None)),
        title_is_derived=random.random() < 0.2,
        kicker=random.choice((None, None, a_text(random, 1))),
        byline=random.choice((None, None, "本报记者 王小满")),
        authors=tuple(random.sample(AUTHORS, random.choice((0, 1, 1, 2)))),
        newspaper=random.choice((*PAPERS, None)),
        page_no=random.choice(("A1", "Ａ１", "2", None)),
        place=random.choice(("北京", "临泽", None)),
        source=Source("x", 0, 1),
    )


def a_text(random: Random, longest: int) -> str:
    """Phrases in a row, each perhaps in part or spelled in another way."""
    found = ""
    for _ in range(random.randint(1, longest)):
        phrase = random.choice(PHRASES)
        if random.random() < 0.2:
            phrase = phrase[random.randrange(len(phrase)) :]
        found += respelled(random, phrase, 0.2) + random.choice(JOINTS)
    return found.strip() or "会"


def respelled(random: Random, text: str, share: float) -> str:
    """In so many cases the text in traditional characters, in full width or in capitals."""
    if random.random() > share:
        return text
    ways = (TO_TRADITIONAL.convert(text), text.translate(TO_FULL_WIDTH), text.upper())
    return random.choice(ways)


def a_request(random: Random, articles: Sequence[Article]) -> SearchRequest:
    """A query with any way to match and any order; some with dates, filters or a later page."""
    facet = random.choice(list(FILTERS))
    values = tuple(random.sample(FILTERS[facet], random.choice((1, 2))))
    page, per_page = random.choice(((1, 100), (1, 100), (1, 100), (1, 3), (2, 2)))
    return SearchRequest(
        q=a_query(random, articles)[:200],
        match=random.choice(("smart", "smart", "smart", "exact", "word")),
        relax=random.random() < 0.6,
        sort=random.choice(("relevance", "relevance", "newest", "oldest")),
        filters=((facet, values),) if random.random() < 0.07 else (),
        date_from=random.choice(("2020", "2021-02-03")) if random.random() < 0.05 else None,
        date_to=random.choice(("2021", "2022-01-05")) if random.random() < 0.05 else None,
        page=page,
        per_page=per_page,
    )


def a_query(random: Random, articles: Sequence[Article]) -> str:
    """What somebody types about one article, who knows some of the others too."""
    typist = Typist(random, articles, random.choice(articles))
    if random.random() < 0.3:
        return random.choice((" ", "，", "　")).join(typist.piece() for _ in range(typist.few()))
    return respelled(random, typist.sides(0), 0.1)


@dataclass(frozen=True, slots=True)
class Typist:
    """Types the parts of a query about an article."""

    random: Random
    articles: Sequence[Article]
    article: Article

    def few(self) -> int:
        return self.random.choice((1, 1, 1, 2, 2, 3))

    def sides(self, depth: int) -> str:
        """One side mostly, now and then with others, or with more than there may be."""
        count = 9 if self.random.random() < 0.01 else self.random.choice((1, 1, 1, 2, 3))
        found = (self.conjunction(depth) for _ in range(count))
        return self.random.choice((" OR ", " | ", "|", "｜", " ＯＲ ")).join(found)

    def conjunction(self, depth: int) -> str:
        """What the article has, and perhaps something of any article taken away."""
        found = [self.atom(depth) for _ in range(self.few())]
        if self.random.random() < 0.15:
            other = replace(self, article=self.random.choice(self.articles))
            found.append(self.random.choice(("-", "－", "NOT ", "NOT　")) + other.atom(depth))
            self.random.shuffle(found)
        return self.random.choice((" ", " ", "　", " AND ", "，")).join(found)

    def atom(self, depth: int) -> str:
        """One thing to ask for; groups nest once more than they may, but rarely."""
        if depth < 4 and self.random.random() < (0.12, 0.12, 0.12, 0.02)[depth]:
            return self.random.choice(("({})", "（{}）")).format(self.sides(depth + 1))
        kinds = {
            self.piece: 30, self.quoted: 10, self.nearby: 6, self.value: 8, self.dates: 6,
            self.in_field: 8, self.prefix: 6, self.odd: 5,
        }  # fmt: skip
        return self.random.choices(list(kinds), list(kinds.values()))[0]()

    def text(self, field: str = "") -> str:
        """The text of a field; of a random one mostly the body."""
        named = {"head": self.article.head, "body": self.article.body}
        return named.get(field) or self.random.choice((*named.values(), self.article.byline_text))

    def piece(self, field: str = "") -> str:
        """Neighbouring characters of the article, perhaps written in another way."""
        text = self.text(field) or self.article.body
        units = RUNS.findall(text) if self.random.random() < 0.9 else list(text)
        start = self.random.randrange(len(units))
        found = "".join(units[start : start + self.random.randint(1, 8)]).strip() or "会"
        if self.random.random() < 0.2:
            found = self.random.choice((in_arabic(found), *in_han(found)))
        return respelled(self.random, found, 0.1)

    def quoted(self) -> str:
        """A piece between quotes, now and then with a gap that has nothing to stand between."""
        opening, closing = self.random.choice(QUOTES)
        return f"{opening}{self.piece()}{closing}" + self.random.choice((*[""] * 9, "~3"))

    def nearby(self) -> str:
        """Two runs of one field, either first, with any gap; now and then in a field."""
        field = self.random.choice(list(FIELDS))
        run = symbols(self.text(field) or self.article.body)
        one, other = sorted(self.random.choices(range(len(run)), k=2))
        pieces = ["".join(run[one : min(one + 3, other)]), "".join(run[other : other + 3])]
        self.random.shuffle(pieces)
        opening, closing = self.random.choice(QUOTES)
        gap = self.random.choice("~～") + self.random.choice(("0", "8", "40", "100", "２００"))
        named = self.named(FIELDS[field]) if self.random.random() < 0.2 else ""
        return f"{named}{opening}{' '.join(pieces)}{closing}{gap}"

    def named(self, names: str) -> str:
        """A field's name as it may be typed, with white space behind it or not."""
        return self.random.choice(names.split()) + self.random.choice(("", "", " ", "　"))

    def in_field(self) -> str:
        """A piece of head or body, asked for there."""
        field = self.random.choice(list(FIELDS))
        piece = self.piece(field)
        return self.named(FIELDS[field]) + self.random.choice((piece, piece, f"“{piece}”"))

    def value(self) -> str:
        """A whole value, mostly one that the article has."""
        key = self.random.choice([k for k in VALUES if getattr(self.article, k)] or ["place"])
        held = getattr(self.article, key) or "北京"
        value = self.random.choice(held) if isinstance(held, tuple) else held
        value = respelled(self.random, value, 0.1)
        return self.named(VALUES[key]) + (f'"{value}"' if " " in value else value)

    def dates(self) -> str:
        """A day, month or year, or a range of them with open ends or both."""
        other = self.random.choice(DAYS)
        mine = self.article.date or other
        one, last = sorted((mine, other))
        typed = self.random.choice((mine, mine[:4], f"{mine}..", f"..{mine}", f"{one}..{last}"))
        return self.named("日期: 日期： date:") + typed

    def prefix(self) -> str:
        """How a run of letters or digits of the article begins."""
        runs = [s for s in symbols(self.article.body) if s.isascii() and s.isalnum() and s[1:]]
        run = self.random.choice(runs or [self.piece()])
        return run[: self.random.randint(2, max(2, len(run)))] + self.random.choice("*＊")

    def odd(self) -> str:
        return self.random.choice(ODD)
