"""One page of HTML, complete in itself: what is printed left, the articles it was read as right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from search_app.cli.terminal import safe
from search_app.model import Article, Reject
from search_app.service.sheets import Item, Sheet, Stretch

# So far apart on the circle of colours (the golden angle) no neighbours look alike.
_ANGLE = 137.5
_NAMES = {"kicker": "肩题", "title": "标题", "subtitle": "副题", "byline": "署名", "body": "正文"}
_ABOUT = (
    "byline", "authors", "agency", "place", "date", "day", "newspaper", "page_no", "section",
    "mark", "id",
)  # fmt: skip


def side_by_side(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The page in pieces; nothing in it is asked from elsewhere, and it needs no script."""
    style = files("search_app.cli").joinpath("side_by_side.css").read_text(encoding="utf-8")
    yield f"""<!doctype html>
<html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>版面与文章 Pages and articles</title>
<style>{style}</style>
<header id="top"><h1>版面与文章 <small>Pages and articles</small></h1>
<p class="legend">{_legend()}</p>
"""
    yield from _contents_table(sheets)
    yield "</header>\n"
    for n, sheet in enumerate(sheets, 1):
        yield f'<section id="f{n}" style="--line:{_column_width(sheet):.0f}em">\n'
        yield f'<h2><a href="#top">↑</a> {_escaped(sheet.path)}</h2>\n'
        yield from _sheet_rows(n, sheet)
        yield "</section>\n"


def _escaped(text: str) -> str:
    return escape(safe(text))


def _legend() -> str:
    names = [f'<span class="{part}">{name} {part}</span>' for part, name in _NAMES.items()]
    names.append('<span class="mark">①5</span> 文末标记 end mark')
    names.append('<span class="box furniture">版面附件 furniture</span>')
    names.append('<span class="box doubtful">存疑 doubtful</span>')
    names.append('<span class="box reject">未能读入 rejected</span>')
    return " ".join(names)


def _contents_table(sheets: Sequence[Sheet]) -> Iterator[str]:
    yield "<table><tr><th>文件 file<th>文章 articles<th>存疑 doubtful"
    yield "<th>附件 furniture<th>撤下 withdrawn<th>未读入 rejected\n"
    for n, sheet in enumerate(sheets, 1):
        kinds = Counter(map(_item_kind, sheet.items))
        articles = kinds["article"] + kinds["doubtful"]
        yield f'<tr><td><a href="#f{n}">{_escaped(sheet.path)}</a><td>{articles or ""}'
        for kind in ("doubtful", "furniture", "withdrawn", "reject"):
            yield f"<td>{kinds[kind] or ''}"
        yield "\n"
    yield "</table>\n"


def _item_kind(item: Item) -> str:
    if isinstance(item, Reject):
        return "reject"
    if item.kind == "article" and item.is_doubtful:
        return "doubtful"
    return item.kind


def _sheet_rows(n: int, sheet: Sheet) -> Iterator[str]:
    """A row for each stretch: what is printed, and what it belongs to."""
    numbers, shown = _article_numbers(sheet), set[int]()
    for stretch in sheet.stretches:
        item, number = sheet.items[stretch.item], numbers.get(stretch.item, 0)
        anchor, again = f"{n}.{stretch.item}", stretch.item in shown
        shown.add(stretch.item)
        beside, target = "row alone", ""
        if stretch.pieces:
            beside, target = "row", f' href="#p{anchor}"'
        hue = f"{number * _ANGLE % 360:.0f}"
        yield f'<div class="{beside} {_item_kind(item)}" style="--hue:{hue}">\n'
        if stretch.pieces:
            printed = _printed_column(stretch, anchor, number, again)
            yield f'<div class="printed">{printed}</div>\n'
        label = f'<a class="number"{target}>{number or "·"}</a>'
        yield f"<div>{label}</div>" if again else _item_column(item, anchor, label)
        yield "</div>\n"


def _article_numbers(sheet: Sheet) -> dict[int, int]:
    """The articles' numbers on the page, from 1."""
    numbers: dict[int, int] = {}
    for stretch in sheet.stretches:
        if _item_kind(sheet.items[stretch.item]) in ("article", "doubtful"):
            numbers.setdefault(stretch.item, len(numbers) + 1)
    return numbers


def _width_in_han(line: str) -> float:
    """How wide a browser sets a line, about, in Han characters."""
    width = 0.0
    for character in line:
        if character == " ":
            width += 0.25
        else:
            width += 0.5 if character.isascii() else 1
    return width


def _column_width(sheet: Sheet) -> float:
    """How wide nearly all printed lines are, in Han characters; only some headlines are wider."""
    widths: list[float] = []
    for stretch in sheet.stretches:
        text = "".join(piece for _, piece in stretch.pieces)
        widths.extend(_width_in_han(line) for line in text.splitlines() if line.strip())
    if not widths:
        return 1
    return 1 + sorted(widths)[len(widths) * 9 // 10]


def _printed_column(stretch: Stretch, anchor: str, number: int, again: bool) -> str:
    """The printed lines, each part of them in a colour; a number leads to the article."""
    name = "" if again else f' id="p{anchor}"'
    html = f'<a class="number"{name} href="#a{anchor}">{number or "·"}</a>'
    for part, text in stretch.pieces:
        if part:
            html += f'<span class="{part}" title="{_NAMES.get(part, "")}">{_escaped(text)}</span>'
        else:
            html += _escaped(text)
    return html


def _item_column(item: Item, anchor: str, label: str) -> str:
    """What the printed lines became."""
    opened = f'<div class="read" id="a{anchor}">'
    if isinstance(item, Reject):
        where = f"第 {item.line} 行 line {item.line}: " if item.line else ""
        return f"{opened}<p>{where}{_escaped(item.reason)}</p><p>{_escaped(item.remedy)}</p></div>"
    if item.kind == "furniture":
        return f"{opened}{label}<p>furniture: {_escaped(item.body)}</p></div>"
    return f"{opened}{label}{_article_html(item)}</div>"


def _article_html(article: Article) -> str:
    """An article as it was read: headline, doubts, fields, paragraphs."""
    html = ""
    if article.kicker:
        html += f'<p class="kicker">{_escaped(article.kicker)}</p>'
    if article.title_is_derived:
        html += f'<h3 class="derived">（{_escaped(article.title)}）</h3>'
    else:
        html += f'<h3 class="title">{_escaped(article.title)}</h3>'
    if article.subtitle:
        html += f'<p class="subtitle">{_escaped(article.subtitle)}</p>'
    html += f'<p class="confidence">置信 confidence {article.confidence:.2f}</p>'
    if article.doubts:
        doubts = "".join(f"<li>{_escaped(doubt)}</li>" for doubt in article.doubts)
        html += f'<ul class="doubts">{doubts}</ul>'
    html += "<dl>"
    for name, value in _described_fields(article):
        if value:
            html += f"<div><dt>{name}<dd>{_escaped(value)}</div>"
    body = "".join(f"<p>{_escaped(paragraph)}</p>" for paragraph in article.body.split("\n"))
    return f'{html}</dl><div class="text">{body}</div>'


def _described_fields(article: Article) -> Iterator[tuple[str, str | None]]:
    """The names and values of an article's other fields, and where it stands in its files."""
    for name in _ABOUT:
        value = "、".join(article.authors) if name == "authors" else getattr(article, name)
        yield name, value
    yield "characters", f"{article.source.start}–{article.source.end}"
    for source in article.continued:
        yield "goes on", f"{source.path}: {source.start}–{source.end}"
