"""Corpora and queries for measurements, made of real texts beside the checkout.

    cctv        24,102 broadcast items as they are
    mixed       any number of articles: the first half of one item, the second half of another
    headlines   up to two million dated headlines, each the body of an article of its own

Nothing is made of random words: their postings would be as no newspaper's are.
"""

import gzip
import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_SENTENCE_END = re.compile("(?<=[。！？])")
_HAN_RUN = re.compile("[\u4e00-\u9fff]{2,}")


def cctv() -> Iterator[dict[str, Any]]:
    """The broadcast items that have a body."""
    with gzip.open(DATA / "cctv_xwlb.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (item for item in map(json.loads, lines) if item.get("body"))


def mixed(count: int) -> Iterator[dict[str, Any]]:
    """So many articles; each has the head of an item, and half of its body is another's."""
    random, items = Random(7), list(cctv())
    halves = [_halves(item["body"]) for item in items]
    for n in range(count):
        item, (first, _) = items[n % len(items)], halves[n % len(items)]
        _, second = halves[random.randrange(len(items))]
        yield {"id": f"m{n}", "title": item["title"], "date": item["date"], "body": first + second}


def headlines(count: int) -> Iterator[dict[str, Any]]:
    """So many headlines, spread over all years."""
    with gzip.open(DATA / "rmrb_headlines.tsv.gz", "rt", encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t", 1) for line in file]
    step = max(1, len(lines) // count)
    for n, (date, headline) in enumerate(islice(lines[::step], count)):
        yield {"id": f"h{n}", "date": date, "body": headline, "newspaper": "人民日报"}


def spread(path: Path, count: int) -> list[dict[str, Any]]:
    """So many articles of a file, at equal distances; 0 means all."""
    with path.open(encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    step = len(articles) / (count or len(articles))
    return [articles[int(n * step)] for n in range(min(count, len(articles)) or len(articles))]


def write(path: Path, articles: Iterator[dict[str, Any]]) -> int:
    """Writes articles as JSON lines, unless that was done; returns the bytes of their texts."""
    note = path.with_suffix(".bytes")
    if not note.exists():
        size = 0
        with path.open("w", encoding="utf-8") as file:
            for article in articles:
                size += len((article.get("title", "") + article["body"]).encode())
                file.write(json.dumps(article, ensure_ascii=False) + "\n")
        note.write_text(str(size))
    return int(note.read_text())


def queries(path: Path, count: int) -> list[str]:
    """Distinct queries: in turn a run of two to eight characters of a title, and words of one."""
    import rjieba

    random, jieba = Random(11), rjieba.Jieba()
    with path.open(encoding="utf-8") as lines:
        titles = sorted({json.loads(line)["title"] for line in lines})
    found: dict[str, None] = {}
    while len(found) < count:
        runs = _HAN_RUN.findall(random.choice(titles))
        if not runs:
            continue
        run = random.choice(runs)
        if len(found) % 2:
            words = [w for r in runs for w in jieba.cut(r) if len(w) > 1]
            picked = random.sample(words, min(len(words), random.randint(1, 3)))
            query = " ".join(picked)
        else:
            start = random.randrange(len(run) - 1)
            query = run[start : start + random.randint(2, 8)]
        if len(query) > 1:
            found[query] = None
    return list(found)


def _halves(body: str) -> tuple[str, str]:
    """A body cut at the sentence end that is nearest to its middle."""
    ends = [m.start() for m in _SENTENCE_END.finditer(body)] or [len(body)]
    middle = min(ends, key=lambda end: abs(end - len(body) // 2))
    return body[:middle], body[middle:]
