"""What match=word leaves out: junk and true matches of the most frequent words.

    python bench/words.py [COUNT]

For each of the COUNT (200) most frequent Han words of the broadcast items' index, the articles of
match=smart and of match=word are judged by jieba's own cut of the texts, and the sums are written
to bench/words.md. An article is a true match where the word, or a longer one that has it as one of
its search-mode parts, is among the words that jieba cuts there; else it is junk.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import jieba
import numpy as np
import texts
from inputs import FULL, Inputs
from machine import about, versions
from process import BENCH, WORK, say

sys.path.insert(0, str(BENCH / "ours"))

from engine import opened

from search_app.engine.base import Window
from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.model import Match
from search_app.query.compile import QueryCompiler
from search_app.query.tree import Run
from search_app.text.symbols import HAN

COUNT = 200
WORST = 15
_WORD = re.compile(f"[{HAN}]{{2,}}")
Ids = frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """A word, and the articles that hold it: the true ones, and those found by match=word."""

    word: str
    found: Ids
    true: Ids
    kept: Ids

    @property
    def junk(self) -> Ids:
        return self.found - self.true

    @property
    def junk_lost(self) -> Ids:
        return self.junk - self.kept

    @property
    def true_lost(self) -> Ids:
        return self.true - self.kept


def frequent(engine: WhooshEngine, compiler: QueryCompiler, count: int) -> Sequence[str]:
    """The words that stand in most articles, of those that a query asks for as one run."""
    terms = {
        term.decode()
        for segment in engine.collection.segments
        for field in segment.words.values()
        for term in field.terms.many(np.arange(len(field.terms)))
    }
    words = sorted(filter(_WORD.fullmatch, terms))
    counts = dict(zip(words, engine.frequencies(words), strict=True))
    by_count = sorted(words, key=lambda word: -counts[word])
    runs = (w for w in by_count if compiler.compile(w, "smart").query.strict == Run(tuple(w)))
    return [word for word, _ in zip(runs, range(count), strict=False)]


def holders(words: Sequence[str]) -> Mapping[str, Ids]:
    """The articles in which jieba's search mode cuts each word out of the text as it is."""
    wanted, found = frozenset(words), defaultdict[str, set[str]](set)
    for n, item in enumerate(texts.cctv()):
        if n % 5_000 == 0:
            say(f"  judged {n:,} articles")
        cut = jieba.cut_for_search("\n".join((item.get("title") or "", item["body"])))
        for word in wanted.intersection(cut):
            found[word].add(item["id"])
    return {word: frozenset(found[word]) for word in words}


def judged(engine: WhooshEngine, compiler: QueryCompiler, count: int) -> Iterator[Judged]:
    """The words with their articles, the most frequent first."""
    newest = Window(sort="newest")

    def found(word: str, match: Match) -> Ids:
        query = compiler.compile(word, match).unrelaxed
        return frozenset(ranked.id for ranked in engine.walk(query, newest))

    words = frequent(engine, compiler, count)
    for word, true in holders(words).items():
        smart = found(word, "smart")
        yield Judged(word, smart, true & smart, found(word, "word"))


def page(found: Sequence[Judged]) -> str:
    """The sums, and the words with most junk and with most true articles lost."""
    by_junk = sorted(found, key=lambda j: -len(j.junk))[:WORST]
    by_loss = sorted((j for j in found if j.true_lost), key=lambda j: -len(j.true_lost))[:WORST]
    return f"""# What match=word leaves out

Made by `make words`; {about()["date"]}; {versions()}.

The {len(found)} most frequent words of two or more Han characters in the index of the broadcast
items, each asked for with match=smart and with match=word. An article is a true match where jieba,
cutting the text as it is in its search mode, cuts out the word; else it is junk: the characters
stand there across the edges of words.

The judge cuts as the index does, and so is wrong with it: what jieba takes apart or glues to a
neighbour counts as junk (两国 in 两 国外 长), a piece in the midst of a long word as true (国人 in
两国人民). Names that are in no dictionary lose more by that (李希 in 李希在);
none is among these words.

| | words that lose some | articles, in sum | lost | share |
|---|---|---|---|---|
{_sum("junk", [(j.junk, j.junk_lost) for j in found])}
{_sum("true", [(j.true, j.true_lost) for j in found])}

{_table("The words with most junk", by_junk)}

{_table("The words that lose most true matches", by_loss)}
"""


def _sum(name: str, judged: Sequence[tuple[Ids, Ids]]) -> str:
    words = sum(bool(lost) for _, lost in judged)
    articles, lost = sum(len(held) for held, _ in judged), sum(len(lost) for _, lost in judged)
    return f"| {name} | {words} | {articles:,} | {lost:,} | {lost / (articles or 1):.1%} |"


def _table(title: str, rows: Sequence[Judged]) -> str:
    lines = [
        f"## {title}",
        "",
        "| word | junk | junk lost | true | true lost |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        counts = map(len, (row.junk, row.junk_lost, row.true, row.true_lost))
        lines.append(f"| {row.word} | " + " | ".join(f"{n:,}" for n in counts) + " |")
    return "\n".join(lines if rows else [lines[0], "", "None."])


def main(count: int = COUNT) -> None:
    WORK.mkdir(exist_ok=True)
    inputs = Inputs(FULL, reuse=True)
    engine, compiler = opened(str(inputs.index(inputs.cctv()).folder))
    written = page(list(judged(engine, compiler, count)))
    print(written)
    if count == COUNT:
        (BENCH / "words.md").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
