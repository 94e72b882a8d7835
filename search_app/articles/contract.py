"""What every importer and page parser promises, as checks for the tests of any package."""

from collections.abc import Mapping, Sequence

from search_app.articles.base import Importer, PageParser, SourceFile
from search_app.articles.derive import is_blank
from search_app.model import Article, Reject
from search_app.text.repair import align, squeeze
from search_app.text.symbols import symbols

# Broken records, tables, front matter and pages: of each a reader makes articles or rejects.
ODD_TEXTS = (
    '[{"body": "甲"}', '[1 {"body": "甲"}, nul]x', '{"body": {}}', "{", "[[",
    'body,id\n"甲,1\n乙,2\n', "title,标题,body\n", "body\n甲\r乙\n\n", "---", "---\n---",
    "甲" * 300, "①5\n②", "（\n）\n" * 9, "\x00", "\t", "",
)  # fmt: skip


class BrokenPromise(AssertionError):
    """A reader does not do what all of them do; the message says what, and with which article."""


def check_importer(read: Importer, file: SourceFile) -> Sequence[Article | Reject]:
    """What a reader makes of a file; raises BrokenPromise where it breaks one of those below."""
    items = list(read(file))
    texts: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    _hold(items == list(read(file)), "the same file gives the same articles", file.path)
    for item in items:
        if isinstance(item, Reject):
            said = item.path == file.path and item.reason and item.remedy
            _hold(bool(said), "a reject has the file's path, a reason and a remedy", item)
            continue
        _hold(not is_blank(item.body), "an article has a text", item)
        _hold("\r" not in item.body, "LF is the only line end of a text", item)
        _hold(bool(item.title and item.id), "an article has a title and an id", item)
        _hold(item.source.path == file.path, "an article's source has the file's path", item)
        start, end = item.source.start - file.start, item.source.end - file.start
        _hold(0 <= start < end <= len(file.text), "its range lies in the file", item)
        for name in ("newspaper", "date", "page_no"):
            known = getattr(file.issue, name) is None or getattr(item, name) is not None
            _hold(known, f"{name} is known where the file's place says it", item)
        if item.kind != "furniture":
            # The same text printed twice is one article: a corpus keeps the first.
            text = symbols(item.head), symbols(item.body)
            _hold(
                texts.setdefault(item.id, text) == text,
                "articles that differ have ids of their own",
                item,
            )
    return items


def check_page_parser(parse: PageParser, file: SourceFile) -> Sequence[Article | Reject]:
    """As `check_importer`; also raises BrokenPromise where a piece is not what is printed.

    Unless something is rejected, all of the page belongs to an article or a piece of furniture.
    """
    items, end = check_importer(parse, file), 0
    articles = [item for item in items if isinstance(item, Article)]
    is_whole = len(articles) == len(items)
    for item in articles:
        _hold(item.source.start >= end, "pieces come in page order and do not overlap", item)
        between = file.text[end : item.source.start]
        _hold(
            not is_whole or is_blank(between),
            f"nothing is left out, but {between!r} is",
            item,
        )
        end = item.source.end
        printed = file.text[item.source.start : end]
        _hold(item.printed == printed, "`printed` is the range of the source", item)
        for paragraph in item.body.split("\n"):
            try:
                align(paragraph, printed)
            except ValueError:
                raise BrokenPromise(f"a text is printed but for white space: {item!r}") from None
    rest = file.text[end:]
    _hold(not is_whole or is_blank(rest), f"nothing is left out, but {rest!r} is", file.path)
    return items


def check_odd_texts(read: Importer) -> None:
    """Raises BrokenPromise, or what the reader raises, where an odd text makes it fail."""
    for text in ODD_TEXTS:
        check_importer(read, SourceFile("odd", text))


def golden_fields(article: Article) -> Mapping[str, object]:
    """An article as golden files have it: no white space, null for what is not printed."""
    if article.kind == "furniture":
        return {"furniture": squeeze(article.body)}
    fields: dict[str, object] = {"title": None, "authors": list(article.authors)}
    if not article.title_is_derived:
        fields["title"] = squeeze(article.title)
    for name in ("kicker", "subtitle", "body"):
        fields[name] = squeeze(getattr(article, name) or "") or None
    for name in ("agency", "place", "mark"):
        fields[name] = getattr(article, name)
    return fields


def _hold(is_kept: bool, promise: str, item: object) -> None:
    if not is_kept:
        raise BrokenPromise(f"{promise}: {item!r}")
