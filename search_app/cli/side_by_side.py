"""One page of HTML, complete in itself: what is printed left, the articles it was read as right."""

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
    "byline", "agency", "place", "date", "day", "newspaper", "page_no", "section", "mark", "id",
)  # fmt: skip


def side_by_side(found: Sequence[Sheet]) -> Iterator[str]:
    """The page in pieces; nothing in it is asked from elsewhere, and it needs no script."""
    style = files("search_app.cli").joinpath("side_by_side.css").read_text(encoding="utf-8")
    yield f"""<!doctype html>
<html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>版面与文章 Pages and articles</title>
<style>{style}</style>
<header id="top"><h1>版面与文章 <small>Pages and articles</small></h1>
<p class="legend">{_legend()}</p>
"""
    yield from _index(found)
    yield "</header>\n"
    for n, sheet in enumerate(found, 1):
        yield f'<section id="f{n}" style="--line:{_column(sheet):.0f}em">\n'
        yield f'<h2><a href="#top">↑</a> {_text(sheet.path)}</h2>\n'
        yield from _rows(n, sheet)
        yield "</section>\n"


def _text(text: str) -> str:
    return escape(safe(text))


def _legend() -> str:
    names = [f'<span class="{part}">{name} {part}</span>' for part, name in _NAMES.items()]
    names.append('<span class="mark">①5</span> 文末标记 end mark')
    names.append('<span class="box furniture">版面附件 furniture</span>')
    names.append('<span class="box doubtful">存疑 doubtful</span>')
    names.append('<span class="box reject">未能读入 rejected</span>')
    return " ".join(names)


def _index(found: Sequence[Sheet]) -> Iterator[str]:
    yield "<table><tr><th>文件 file<th>文章 articles<th>存疑 doubtful"
    yield "<th>附件 furniture<th>撤下 withdrawn<th>未读入 rejected\n"
    for n, sheet in enumerate(found, 1):
        kinds = [_kind(item) for item in sheet.items]
        articles = sum(kind in ("article", "doubtful") for kind in kinds)
        counts = [articles, *map(kinds.count, ("doubtful", "furniture", "withdrawn", "reject"))]
        cells = "".join(f"<td>{count or ''}" for count in counts)
        yield f'<tr><td><a href="#f{n}">{_text(sheet.path)}</a>{cells}\n'
    yield "</table>\n"


def _kind(item: Item) -> str:
    if isinstance(item, Reject):
        return "reject"
    return "doubtful" if item.kind == "article" and item.is_doubtful else item.kind


def _rows(n: int, sheet: Sheet) -> Iterator[str]:
    """A row for each stretch: what is printed, and what it belongs to."""
    numbers, shown = _numbers(sheet), set[int]()
    for stretch in sheet.stretches:
        item, number = sheet.items[stretch.item], numbers.get(stretch.item, 0)
        anchor, again = f"{n}.{stretch.item}", stretch.item in shown
        beside = "row" if stretch.pieces else "row alone"
        hue = f"{number * _ANGLE % 360:.0f}"
        yield f'<div class="{beside} {_kind(item)}" style="--hue:{hue}">\n'
        if stretch.pieces:
            yield f'<div class="printed">{_printed(stretch, anchor, number, again)}</div>\n'
        target = f' href="#p{anchor}"' if stretch.pieces else ""
        label = f'<a class="number"{target}>{number or "·"}</a>'
        yield _read(item, anchor, label) if not again else f"<div>{label}</div>"
        yield "</div>\n"
        shown.add(stretch.item)


def _numbers(sheet: Sheet) -> dict[int, int]:
    """The articles' numbers on the page, from 1."""
    numbers: dict[int, int] = {}
    for stretch in sheet.stretches:
        if _kind(sheet.items[stretch.item]) in ("article", "doubtful"):
            numbers.setdefault(stretch.item, len(numbers) + 1)
    return numbers


def _cells(line: str) -> float:
    return sum(0.25 if c == " " else 0.5 if c.isascii() else 1 for c in line)


def _column(sheet: Sheet) -> float:
    """How wide nearly all printed lines are, in Han characters; only some headlines are wider."""
    texts = ("".join(text for _, text in stretch.pieces) for stretch in sheet.stretches)
    widths = sorted(_cells(line) for text in texts for line in text.splitlines() if line.strip())
    return 1 + (widths[len(widths) * 9 // 10] if widths else 0)


def _printed(stretch: Stretch, anchor: str, number: int, again: bool) -> str:
    """The printed lines, each part of them in a colour; a number leads to the article."""
    name = "" if again else f' id="p{anchor}"'
    label = f'<a class="number"{name} href="#a{anchor}">{number or "·"}</a>'
    pieces = (
        f'<span class="{part}" title="{_NAMES.get(part, "")}">{_text(text)}</span>'
        if part
        else _text(text)
        for part, text in stretch.pieces
    )
    return label + "".join(pieces)


def _read(item: Item, anchor: str, label: str) -> str:
    """What the printed lines became."""
    opened = f'<div class="read" id="a{anchor}">'
    if isinstance(item, Reject):
        where = f"第 {item.line} 行 line {item.line}: " if item.line else ""
        return f"{opened}<p>{where}{_text(item.reason)}</p><p>{_text(item.remedy)}</p></div>"
    if item.kind == "furniture":
        return f"{opened}{label}<p>furniture: {_text(item.body)}</p></div>"
    return f"{opened}{label}{_article(item)}</div>"


def _article(article: Article) -> str:
    title = f'<h3 class="title">{_text(article.title)}</h3>'
    if article.title_is_derived:
        title = f'<h3 class="derived">（{_text(article.title)}）</h3>'
    kicker, subtitle = (
        f'<p class="{name}">{_text(value)}</p>' if (value := getattr(article, name)) else ""
        for name in ("kicker", "subtitle")
    )
    doubts = "".join(f"<li>{_text(doubt)}</li>" for doubt in article.doubts)
    doubts = f'<ul class="doubts">{doubts}</ul>' if doubts else ""
    sure = f'<p class="confidence">置信 confidence {article.confidence:.2f}</p>'
    fields = [(name, getattr(article, name)) for name in _ABOUT]
    fields.insert(1, ("authors", "、".join(article.authors)))
    fields.append(("characters", f"{article.source.start}–{article.source.end}"))
    fields += [("goes on", f"{s.path}: {s.start}–{s.end}") for s in article.continued]
    about = "".join(f"<div><dt>{name}<dd>{_text(value)}</div>" for name, value in fields if value)
    body = "".join(f"<p>{_text(paragraph)}</p>" for paragraph in article.body.split("\n"))
    return f'{kicker}{title}{subtitle}{sure}{doubts}<dl>{about}</dl><div class="text">{body}</div>'
