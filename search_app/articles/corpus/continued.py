"""Articles that go on on another page of the same issue: 下转A02版 here, 上接A01版 there.

The notes say from which page to which, not from which article: where several go the same way, the
words they share decide, and where these do not either, the pieces stay articles of their own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from search_app.articles.identity import identified
from search_app.model import Article
from search_app.text.repair import is_complete, squeeze

_PAGE = r"第?\s*([A-Za-z]?\s?\d{1,3}|[一二三四五六七八九十]{1,3})\s*版"
_REST = r"[^（）()【】]{0,24}[）)】]"
_ARROWS = "[▶▷►▸→◀◁◄◂←]{0,8}"
# A note stands at the very end, or at the very beginning: the rest of a title may stand in it.
_GOES_ON = re.compile(
    rf"(?:[（(【]\s*(?:紧?下)?转\s*{_PAGE}{_REST}|{_ARROWS}下转\s*{_PAGE}{_ARROWS})\s*$"
)
_CAME_FROM = re.compile(
    rf"\s*(?:[（(【]\s*紧?上接\s*{_PAGE}{_REST}|{_ARROWS}上接\s*{_PAGE}{_ARROWS})\s*"
)
_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九", 1)}
# Where more ways are possible nothing is joined: no issue has so many, and to compare takes long.
_MOST_WAYS = 10_000
Likeness = Mapping[tuple[int, int], float]


def join_continued(articles: Sequence[Article]) -> list[Article | None]:
    """The articles of an issue, each with what continues it; None for those that continue one.

    One that is continued keeps its place and gets the id of the whole.
    """
    behind = _best(_possible(articles))
    taken = set(behind.values())
    return [None if n in taken else _whole(articles, n, behind) for n in range(len(articles))]


def _possible(articles: Sequence[Article]) -> Likeness:
    """Which article may go on with which one, and how much these are alike."""
    pages = [_page(article.page_no or "") for article in articles]
    going = _noted(_GOES_ON.search(article.body) for article in articles)
    coming = _noted(_CAME_FROM.match(article.body) for article in articles)
    between: dict[tuple[str, str], list[int]] = defaultdict(list)
    for m, out in coming.items():
        between[out[1], pages[m][1]].append(m)
    others = {n: between.get((pages[n][1], to[1]), []) for n, to in going.items()}
    if sum(map(len, others.values())) > _MOST_WAYS:
        return {}
    pairs = {n: _pairs(articles[n]) for n in (*going, *coming)}
    return {
        (n, m): len(pairs[n] & pairs[m]) / max(1, len(pairs[m]))
        for n, to in going.items()
        for m in others[n]
        if n != m and _is_page(to, pages[m]) and _is_page(coming[m], pages[n])
    }


def _noted(notes: Iterable[re.Match[str] | None]) -> dict[int, tuple[str, str]]:
    """The pages that notes name, by the numbers of the articles that have one."""
    return {n: _page(note[1] or note[2]) for n, note in enumerate(notes) if note}


def _is_page(noted: tuple[str, str], page: tuple[str, str]) -> bool:
    """Whether a note means a page: a letter counts only where both have one."""
    (letter, number), (other, same) = noted, page
    return number == same and (letter == other or not letter or not other)


def _page(text: str) -> tuple[str, str]:
    """Letter and number of a page: A02 and a2 are the same, 二 and 02 too."""
    letter = text[:1].upper() if text[:1].isascii() and text[:1].isalpha() else ""
    number = text[len(letter) :].strip().lstrip("0")
    tens, ten, ones = number.rpartition("十")
    if number and set(number) <= {*_DIGITS, "十"}:
        number = str((_DIGITS.get(tens, 1) if ten else 0) * 10 + _DIGITS.get(ones, 0))
    return letter, number


def _pairs(article: Article) -> set[str]:
    """The pairs of characters in an article: it is like another one by the share it has too."""
    text = squeeze(article.head + article.body)
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _best(likeness: Likeness) -> dict[int, int]:
    """For each article what it goes on with, the most alike first; not where two are as much."""
    chosen: dict[int, int] = {}
    gone: tuple[set[int], set[int]] = (set(), set())
    for _, ways in groupby(sorted(likeness, key=lambda w: -likeness[w]), likeness.__getitem__):
        left = [(n, m) for n, m in ways if n not in gone[0] and m not in gone[1]]
        going, coming = Counter(n for n, _ in left), Counter(m for _, m in left)
        for n, m in left:
            if going[n] == coming[m] == 1 and not _leads(chosen, m, n):
                chosen[n] = m
        gone[0].update(going)
        gone[1].update(coming)
    return chosen


def _leads(behind: Mapping[int, int], n: int, other: int) -> bool:
    """Whether one article goes on, at last, with the other: what goes round begins nowhere."""
    while n in behind and n != other:
        n = behind[n]
    return n == other


def _whole(articles: Sequence[Article], n: int, behind: Mapping[int, int]) -> Article:
    """An article with all that continues it, from page to page."""
    whole = articles[n]
    while n in behind:
        n = behind[n]
        whole = _with(whole, articles[n])
    return identified(whole) if whole.continued else whole


def _with(article: Article, more: Article) -> Article:
    """Both as one, headed as the first; what heads the second is a part of the text.

    What is doubtful of the second, that nothing heads or opens it, is explained by the notes. What
    may not be shown of either may not be shown of both.
    """
    return replace(
        article,
        body=_text(article, more),
        authors=tuple(dict.fromkeys((*article.authors, *more.authors))),
        agency=article.agency or more.agency,
        mark=more.mark or article.mark,
        printed=f"{article.printed}\n{more.printed}",
        continued=(*article.continued, more.source, *more.continued),
        spans={},  # which count in one file
        kind="withdrawn" if "withdrawn" in (article.kind, more.kind) else article.kind,
        full_text=article.full_text and more.full_text,
    )


def _text(article: Article, more: Article) -> str:
    """The bodies without the notes between them, so that a sentence that goes on is whole again."""
    before = _GOES_ON.sub("", article.body).rstrip()  # a note may be a paragraph of its own
    behind = _CAME_FROM.sub("", more.body, count=1)
    heads = [] if squeeze(more.head) == squeeze(article.head) else [more.head]
    heads = list(filter(None, [*heads, more.byline]))
    if is_complete(before):
        return "\n".join([before, *heads, behind])
    return "\n".join([before + behind, *heads])
