"""The page simulator: its truth stands on its pages, and its score measures what it says."""

from dataclasses import fields
from itertools import chain
from random import Random

import pytest
from articles.simulator.page import Page, simulated
from articles.simulator.score import edit_distance, score
from articles.simulator.settings import Settings, mixed
from articles.simulator.texts import invented

from search_app.articles.identity import identified
from search_app.model import Article, Source

TEXTS = invented()


def page(seed: int, **states: float) -> Page:
    return simulated(seed, TEXTS, Settings(**states))


def perfect(page: Page) -> list[Article]:
    """What a parser that makes no mistake would give."""
    found = []
    for truth in page.articles:
        start, end = truth.ink[0], truth.ink[-1] + 1
        article = Article(
            id="",
            title=truth.title or "",
            title_is_derived=truth.title is None,
            kicker=truth.kicker,
            subtitle=truth.subtitle,
            body=truth.body,
            authors=truth.authors,
            source=Source("page.txt", start, end),
            printed=page.text[start:end],
        )
        found.append(identified(article))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_the_truth_stands_on_the_page(seed: int) -> None:
    """Every character but white space is of one article or of the page itself."""
    page = simulated(seed, TEXTS, mixed(seed))
    owned = sorted(chain(page.furniture, page.captions, *(truth.ink for truth in page.articles)))
    assert owned == [i for i, c in enumerate(page.text) if not c.isspace()]
    for truth in page.articles:
        assert "".join(page.text[i] for i in truth.body_ink) == truth.body
        assert set(truth.body_ink) <= set(truth.ink)
        assert all(name in "".join(page.text[i] for i in truth.ink) for name in truth.authors)


def test_the_same_seed_gives_the_same_page() -> None:
    """And another one gives another page."""
    assert simulated(7, TEXTS, mixed(7)) == simulated(7, TEXTS, mixed(7))
    assert simulated(7, TEXTS, mixed(7)) != simulated(8, TEXTS, mixed(7))
    assert mixed(7) != mixed(8)


def test_mixed_settings_meet_every_state_and_its_absence() -> None:
    """Over some seeds each probability is nothing now and something then."""
    drawn = [mixed(seed) for seed in range(80)]
    for name in (f.name for f in fields(Settings) if f.name != "width"):
        assert min(getattr(s, name) for s in drawn) == 0 < max(getattr(s, name) for s in drawn)
    assert {s.width for s in drawn} == set(range(10, 27))


@pytest.mark.parametrize("width", [10, 17, 26])
def test_lines_keep_to_the_width_of_their_column(width: int) -> None:
    """A stop may hang over its edge."""
    bodies = {i for truth in page(3, width=width).articles for i in truth.body_ink}
    at = 0
    for line in page(3, width=width).text.split("\n"):
        if set(range(at, at + len(line))) & bodies:
            assert sum(0.5 if c.isascii() else 1 for c in line) <= width + 2
        at += len(line) + 1


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ({"marks": 1.0}, "①②③④⑤⑥⑦⑧"),
        ({"continued": 1.0}, "下"),
        ({"continues": 1.0}, "（"),
        ({"caption": 1.0}, "图"),
        ({"box": 1.0}, "链"),
        ({"table": 1.0}, "%"),
        ({"agency": 1.0}, "社"),
        ({"header": 1.0}, "期"),
        ({"imprint": 1.0}, "编"),
        ({"advert": 1.0}, "："),
        ({"indents": 1.0}, "\u3000"),
    ],
)
def test_a_state_shows_on_the_page(state: dict[str, float], shown: str) -> None:
    """Each has something that only it would bring so often."""
    with_it = "".join(page(seed, **state).text for seed in range(12))
    without = "".join(page(seed).text for seed in range(12))
    assert sum(map(with_it.count, shown)) > sum(map(without.count, shown))


def test_headlines_stand_where_the_page_has_them() -> None:
    """Above their bodies, or below all of them."""
    for truth in page(5).articles:
        assert truth.ink[0] < truth.body_ink[0]
    for truth in page(5, below=1.0).articles:
        headline = "".join(page(5, below=1.0).text[i] for i in truth.ink if i > truth.body_ink[-1])
        assert headline == truth.title


@pytest.mark.parametrize("seed", range(12))
def test_a_perfect_parser_has_a_perfect_score(seed: int) -> None:
    """All articles found, nothing lost."""
    page = simulated(seed, TEXTS, mixed(seed))
    ratios = score(page, perfect(page)).ratios()
    ratios.pop("furniture apart")
    assert set(ratios.values()) == {1.0}


def test_what_a_parser_does_not_find_is_lost() -> None:
    """Half of the articles missing: recall is a half, their characters and headlines are lost."""
    page = simulated(1, TEXTS, Settings())
    found = perfect(page)[:2]
    result = score(page, found)
    assert (result.printed, result.reported, result.found) == (len(page.articles), 2, 2)
    assert result.titles == 2
    assert result.lost == sum(len(truth.body) for truth in page.articles[2:])


def test_a_body_that_begins_a_character_late_is_not_found() -> None:
    """Its text has lost one character, its headline none."""
    page = simulated(2, TEXTS, Settings())
    first, *others = perfect(page)
    late = Article(
        id="",
        title=first.title,
        body=first.body[1:],
        authors=first.authors,
        source=first.source,
        printed=first.printed,
    )
    result = score(page, [late, *others])
    assert result.found == len(page.articles) - 1
    assert (result.lost, result.titles) == (1, len(page.articles))


def test_edit_distance_is_the_textbooks() -> None:
    """Compared with the table of Wagner and Fischer on random strings."""
    random = Random(1)
    for _ in range(200):
        a, b = ("".join(random.choices("abc", k=random.randint(0, 9))) for _ in range(2))
        rows = [list(range(len(b) + 1))]
        for i, x in enumerate(a, 1):
            row = [i]
            for j, y in enumerate(b, 1):
                row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y)))
            rows.append(row)
        assert edit_distance(a, b) == rows[-1][-1]
