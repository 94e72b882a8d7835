"""One page of HTML, complete in itself: what is printed left, the articles it was read as right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from search_app.cli.terminal import safe
from search_app.model import Article, Reject
from search_app.service.sheets import Item, Sheet

# So far apart on the circle of colours (the golden angle) no neighbours look alike.
_ANGLE = 137.5
_NAMES = {
    "kicker": "肩题",
    "title": "标题",
    "subtitle": "副题",
    "byline": "署名",
    "body": "正文",
}
_ABOUT = (
    "byline", "authors", "agency", "place", "date", "day", "newspaper", "page_no", "section",
    "mark", "id",
)  # fmt: skip


def side_by_side(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The page in pieces; nothing in it is asked from elsewhere, and it needs no script."""
    yield files("search_app.cli").joinpath("side_by_side.html").read_text(encoding="utf-8")
    yield "<table><tr><th>文件 file<th>文章 articles<th>存疑 doubtful"
    yield "<th>附件 furniture<th>撤下 withdrawn<th>未读入 rejected\n"
    for n, sheet in enumerate(sheets, 1):
        kinds = Counter(map(_item_kind, sheet.items))
        kinds["article"] += kinds["doubtful"]
        yield f'<tr><td><a href="#f{n}">{_escaped(sheet.path)}</a>'
        for kind in ("article", "doubtful", "furniture", "withdrawn", "reject"):
            yield f"<td>{kinds[kind] or ''}"
        yield "\n"
    yield "</table>\n</header>\n"
    for n, sheet in enumerate(sheets, 1):
        yield f'<section id="f{n}" style="--line:{_column_width(sheet):.0f}em">\n'
        yield f'<h2><a href="#top">↑</a> {_escaped(sheet.path)}</h2>\n'
        yield from _sheet_rows(n, sheet)
        yield "</section>\n"


def _escaped(text: str) -> str:
    return escape(safe(text))


def _item_kind(item: Item) -> str:
    if isinstance(item, Reject):
        return "reject"
    if item.kind == "article" and item.is_doubtful:
        return "doubtful"
    return item.kind


# How wide nearly all printed lines are, in Han characters; only some headlines are wider.
def _column_width(sheet: Sheet) -> float:
    widths: list[float] = []
    for stretch in sheet.stretches:
        text = "".join(piece for _, piece in stretch.pieces)
        for line in filter(str.strip, text.splitlines()):
            # About as a browser sets it: a letter is half as wide, a space a quarter.
            narrow = len(line.encode("ascii", "ignore"))
            widths.append(len(line) - narrow / 2 - line.count(" ") / 4)
    if not widths:
        return 1
    return 1 + sorted(widths)[len(widths) * 9 // 10]


# A row for each stretch: what is printed, and what it belongs to.
def _sheet_rows(n: int, sheet: Sheet) -> Iterator[str]:
    numbers: dict[int, int] = {}
    articles = 0
    for stretch in sheet.stretches:
        item, anchor = sheet.items[stretch.item], f"{n}.{stretch.item}"
        kind, again = _item_kind(item), stretch.item in numbers
        if not again:
            numbers[stretch.item] = 0
            if kind in ("article", "doubtful"):  # only these are numbered, from 1
                articles += 1
                numbers[stretch.item] = articles
        number = numbers[stretch.item]
        label = f'<a class="number">{number or "·"}</a>'
        hue = f"--hue:{number * _ANGLE % 360:.0f}"
        if stretch.pieces:
            label = f'<a class="number" href="#p{anchor}">{number or "·"}</a>'
            yield f'<div class="row {kind}" style="{hue}">\n<div class="printed">'
            yield '<a class="number"' if again else f'<a class="number" id="p{anchor}"'
            yield f' href="#a{anchor}">{number or "·"}</a>'
            for part, text in stretch.pieces:
                if part:
                    yield f'<span class="{part}" title="{_NAMES.get(part, "")}">'
                yield f"{_escaped(text)}</span>" if part else _escaped(text)
            yield "</div>\n"
        else:
            yield f'<div class="row alone {kind}" style="{hue}">\n'
        if again:
            yield f"<div>{label}</div>"
        else:
            yield from _item_column(item, anchor, label)
        yield "</div>\n"


# What the printed lines became.
def _item_column(item: Item, anchor: str, label: str) -> Iterator[str]:
    yield f'<div class="read" id="a{anchor}">'
    if isinstance(item, Reject):
        where = f"第 {item.line} 行 line {item.line}: " if item.line else ""
        yield f"<p>{where}{_escaped(item.reason)}</p><p>{_escaped(item.remedy)}</p>"
    elif item.kind == "furniture":
        yield f"{label}<p>furniture: {_escaped(item.body)}</p>"
    else:
        yield label
        yield from _article_html(item)
    yield "</div>"


# An article as it was read: headline, doubts, fields, paragraphs.
def _article_html(article: Article) -> Iterator[str]:
    if article.kicker:
        yield f'<p class="kicker">{_escaped(article.kicker)}</p>'
    if article.title_is_derived:
        yield f'<h3 class="derived">（{_escaped(article.title)}）</h3>'
    else:
        yield f'<h3 class="title">{_escaped(article.title)}</h3>'
    if article.subtitle:
        yield f'<p class="subtitle">{_escaped(article.subtitle)}</p>'
    yield f'<p class="confidence">置信 confidence {article.confidence:.2f}</p>'
    if article.doubts:
        doubts = "</li><li>".join(map(_escaped, article.doubts))
        yield f'<ul class="doubts"><li>{doubts}</li></ul>'
    about = []
    for name in _ABOUT:
        value = "、".join(article.authors) if name == "authors" else getattr(article, name)
        about.append((name, value))
    about.append(("characters", f"{article.source.start}–{article.source.end}"))
    for source in article.continued:
        about.append(("goes on", f"{source.path}: {source.start}–{source.end}"))
    yield "<dl>"
    for name, value in about:
        if value:
            yield f"<div><dt>{name}<dd>{_escaped(value)}</div>"
    paragraphs = "</p><p>".join(map(_escaped, article.body.split("\n")))
    yield f'</dl><div class="text"><p>{paragraphs}</p></div>'
