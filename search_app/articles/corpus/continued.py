"""Articles that go on on another page of the same issue: 下转A02版 here, 上接A01版 there.

The notes name pages, not articles: where several go the same way the words they share decide.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from search_app.articles.identity import identified
from search_app.model import Article
from search_app.text.repair import is_complete, squeeze

_PAGE = r"第?\s*([A-Za-z]?\s?\d{1,3}|[一二三四五六七八九十]{1,3})\s*版"
# The rest of a note may name the other half by its title, which is seldom longer than a line.
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
# The ways an article may go on: its number and that of what may continue it, with their likeness.
Ways = Mapping[tuple[int, int], float]


# Letter and number of a page; A02 and a2 are the same, 二 and 02 too.
def _page_name(text: str) -> tuple[str, str]:
    letter = ""
    if text[:1].isascii() and text[:1].isalpha():
        letter = text[0].upper()
    number = text[len(letter) :].strip().lstrip("0")
    if number and set(number) <= {*_DIGITS, "十"}:  # up to 99, and without 零
        tens, ten, ones = number.rpartition("十")
        value = _DIGITS.get(ones, 0)
        if ten:
            value += 10 * _DIGITS.get(tens, 1)  # 十 alone is one ten
        number = str(value)
    return letter, number


# Whether a note can mean a page: a letter counts only where both have one.
def _may_be(note: tuple[str, str], page: tuple[str, str]) -> bool:
    return note[1] == page[1] and (note[0] == page[0] or not note[0] or not page[0])


def join_continued(articles: Sequence[Article]) -> list[Article | None]:
    """The articles of an issue, each with what continues it and an id of the whole.

    None stands for those that continue another.
    """
    behind = _likeliest(_possible_ways(articles))
    joined: list[Article | None] = []
    for n, whole in enumerate(articles):
        while n in behind:
            n = behind[n]
            whole = _with_one_behind(whole, articles[n])
        joined.append(identified(whole) if whole.continued else whole)
    for continuing in behind.values():
        joined[continuing] = None
    return joined


def _possible_ways(articles: Sequence[Article]) -> Ways:
    pages = [_page_name(article.page_no or "") for article in articles]
    going: dict[int, tuple[str, str]] = {}
    coming: dict[int, tuple[str, str]] = {}
    # By number of the page left and of the page reached, so that not all are tried with all.
    arrivals: dict[tuple[str, str], list[int]] = defaultdict(list)
    for n, article in enumerate(articles):
        if note := _GOES_ON.search(article.body):
            going[n] = _page_name(note[1] or note[2])
        if note := _CAME_FROM.match(article.body):
            coming[n] = _page_name(note[1] or note[2])
            arrivals[coming[n][1], pages[n][1]].append(n)
    pairs: list[tuple[int, int]] = []
    for n, (_, to) in going.items():
        for m in arrivals.get((pages[n][1], to), []):
            pairs.append((n, m))
        if len(pairs) > _MOST_WAYS:
            return {}
    # An article is like another one by the share of its pairs of neighbours that it has too.
    alike: dict[int, set[str]] = {}
    for n in (*going, *coming):
        text = squeeze(articles[n].head + articles[n].body)
        alike[n] = {text[i : i + 2] for i in range(len(text) - 1)}
    ways: dict[tuple[int, int], float] = {}
    for n, m in pairs:
        if n != m and _may_be(going[n], pages[m]) and _may_be(coming[m], pages[n]):
            ways[n, m] = len(alike[n] & alike[m]) / max(1, len(alike[m]))
    return ways


# For each article what it goes on with, the most alike first.
def _likeliest(ways: Ways) -> dict[int, int]:
    chosen: dict[int, int] = {}
    decided_going: set[int] = set()
    decided_coming: set[int] = set()
    by_likeness = sorted(ways, key=lambda way: -ways[way])
    for _, as_likely in groupby(by_likeness, ways.__getitem__):
        open_ways = []
        for n, m in as_likely:
            if n not in decided_going and m not in decided_coming:
                open_ways.append((n, m))
        going = Counter(n for n, _ in open_ways)
        coming = Counter(m for _, m in open_ways)
        # Where two ways are as likely neither is taken, nor any that is less so: it would be a
        # guess.
        for n, m in open_ways:
            last = m
            while last in chosen and last != n:
                last = chosen[last]
            # What goes round, and leads to itself at last, begins nowhere.
            if going[n] == coming[m] == 1 and last != n:
                chosen[n] = m
        decided_going.update(going)
        decided_coming.update(coming)
    return chosen


# Both as one, headed as the first; what heads the second is a part of the text.
def _with_one_behind(article: Article, more: Article) -> Article:
    # Without the notes between them, so that a sentence that goes on is whole again.
    before = _GOES_ON.sub("", article.body).rstrip()  # a note may be a paragraph of its own
    behind = _CAME_FROM.sub("", more.body, count=1)
    head = more.head
    if squeeze(head) == squeeze(article.head):  # printed once more on the other page
        head = ""
    between = list(filter(None, [head, more.byline]))
    lines = [before + behind, *between]
    if is_complete(before):
        lines = [before, *between, behind]
    return replace(
        article,
        body="\n".join(lines),
        authors=tuple(dict.fromkeys((*article.authors, *more.authors))),
        agency=article.agency or more.agency,
        mark=more.mark or article.mark,
        printed=f"{article.printed}\n{more.printed}",
        continued=(*article.continued, more.source, *more.continued),
        spans={},  # which count in one file
        # What may not be shown of either may not be shown of both.
        kind="withdrawn" if more.kind == "withdrawn" else article.kind,
        full_text=article.full_text and more.full_text,
    )
