"""Articles that go on on another page of the same issue: 下转A02版 here, 上接A01版 there.

The notes say from which page to which, not from which article: where several go the same way, the
words they share decide, and where these do not either, the pieces stay articles of their own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from search_app.articles.identity import identified
from search_app.model import Article
from search_app.text.repair import is_complete, squeeze

_PAGE = r"第?\s*([A-Za-z]?\s?\d{1,3}|[一二三四五六七八九十]{1,3})\s*版"
_REST = r"[^（）()【】]{0,24}[）)】]"
# A note stands at the very end, or at the very beginning: the rest of a title may stand in it.
_GOES_ON = re.compile(rf"(?:[（(【]\s*(?:紧?下)?转\s*{_PAGE}{_REST}|下转\s*{_PAGE})\s*$")
_CAME_FROM = re.compile(rf"\s*(?:[（(【]\s*紧?上接\s*{_PAGE}{_REST}|上接\s*{_PAGE})\s*")
_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九", 1)}
Likeness = Mapping[tuple[int, int], float]


def joined(articles: Sequence[Article]) -> list[Article | None]:
    """The articles of an issue, each with what continues it; None for those that continue one.

    One that is continued keeps its place and gets the id of the whole.
    """
    behind = _best(_possible(articles))
    taken = set(behind.values())
    return [None if n in taken else _whole(articles, n, behind) for n in range(len(articles))]


def _possible(articles: Sequence[Article]) -> Likeness:
    """Which article may go on with which one, and how much these are alike."""
    going = [_GOES_ON.search(article.body) for article in articles]
    coming = [_CAME_FROM.match(article.body) for article in articles]
    return {
        (n, m): _likeness(articles[n], articles[m])
        for n, to in enumerate(going)
        for m, out in enumerate(coming)
        if to and out and n != m
        if _is_page(to[1] or to[2], articles[m].page_no)
        if _is_page(out[1] or out[2], articles[n].page_no)
    }


def _is_page(noted: str, page: str | None) -> bool:
    """Whether a note means a page: a letter counts only where both have one."""
    letter, number = _page(noted)
    other, same = _page(page or "")
    return number == same and (letter == other or not letter or not other)


def _page(text: str) -> tuple[str, str]:
    """Letter and number of a page: A02 and a2 are the same, 二 and 02 too."""
    letter = text[:1].upper() if text[:1].isascii() and text[:1].isalpha() else ""
    number = text[len(letter) :].strip().lstrip("0")
    tens, ten, ones = number.rpartition("十")
    if number and set(number) <= {*_DIGITS, "十"}:
        number = str((_DIGITS.get(tens, 1) if ten else 0) * 10 + _DIGITS.get(ones, 0))
    return letter, number


def _likeness(article: Article, other: Article) -> float:
    """The share of the other's pairs of characters that the article has too."""
    pairs, others = (
        {text[i : i + 2] for i in range(len(text) - 1)}
        for text in (squeeze(a.head + a.body) for a in (article, other))
    )
    return len(pairs & others) / max(1, len(others))


def _best(likeness: Likeness) -> dict[int, int]:
    """For each article what it goes on with, the most alike first; not where two are as much."""
    left, chosen = dict(likeness), {}
    while left:
        most = max(left.values())
        firsts = [way for way, alike in left.items() if alike == most]
        for n, m in firsts:
            if sum(n == a or m == b for a, b in firsts) == 1:
                chosen[n] = m
        gone = {n for n, _ in firsts}, {m for _, m in firsts}
        left = {(n, m): a for (n, m), a in left.items() if n not in gone[0] and m not in gone[1]}
    return chosen


def _whole(articles: Sequence[Article], n: int, behind: Mapping[int, int]) -> Article:
    """An article with all that continues it, from page to page."""
    whole, met = articles[n], {n}
    while (n := behind.get(n, n)) not in met:
        whole, met = _with(whole, articles[n]), {*met, n}
    return identified(whole) if len(met) > 1 else whole


def _with(article: Article, more: Article) -> Article:
    """Both as one, headed as the first; what heads the second is a part of the text.

    What is doubtful of the second, that nothing heads or opens it, is explained by the notes.
    """
    return replace(
        article,
        body=_text(article, more),
        authors=tuple(dict.fromkeys((*article.authors, *more.authors))),
        agency=article.agency or more.agency,
        mark=more.mark or article.mark,
        printed=f"{article.printed}\n{more.printed}",
        continued=(*article.continued, more.source, *more.continued),
    )


def _text(article: Article, more: Article) -> str:
    """The bodies without the notes between them, so that a sentence that goes on is whole again."""
    before, behind = _GOES_ON.sub("", article.body), _CAME_FROM.sub("", more.body, count=1)
    heads = [] if squeeze(more.head) == squeeze(article.head) else [more.head]
    heads = list(filter(None, [*heads, more.byline]))
    if is_complete(before):
        return "\n".join([before, *heads, behind])
    return "\n".join([before + behind, *heads])
