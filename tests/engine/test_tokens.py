"""A batch of texts gives the symbols and words that each text gives by itself."""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Sequence

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from needs import shared
from scan import NamesAlone
from served import ROOT

from search_app.analysis.segmenter import JiebaSegmenter, RjiebaSegmenter
from search_app.analysis.words import Analyser, read_stop_words
from search_app.engine.reading.tokens import RUN, Tokenizer, Tokens
from search_app.engine.whoosh.build import invert
from search_app.model import Article
from search_app.text.symbols import symbols

TRAPS = [
    "",
    "ab12 3cd",
    "１２ａｂ㎡ﷺ",
    "覆盖瞭望 \u3000",
    "水" * 2_500 + "中国",
    "\u200b",
    "1",
    "𠮷野家㐀㐁中华人民共和国万岁〇",
    "x\x1fy Ⅷ",
    "か中国カ ①",
    "哈哈哈哈 工作人员 人民代表大会",
    "\ud800a",
]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(RjiebaSegmenter())


def symbol_texts(tokens: Tokens) -> list[str]:
    return [tokens.runs[s - RUN] if s >= RUN else chr(s) for s in tokens.symbols.tolist()]


def word_counts(tokens: Tokens) -> list[Counter[str]]:
    texts, counts = symbol_texts(tokens), [Counter[str]() for _ in tokens.starts[1:]]
    docs = tokens.starts.searchsorted(tokens.word_starts, "right") - 1
    spans = zip(
        docs.tolist(), tokens.word_starts.tolist(), tokens.word_lengths.tolist(), strict=True
    )
    for doc, start, length in spans:
        counts[doc]["".join(texts[start : start + length])] += 1
    return counts


def assert_alike(tokens: Tokens, texts: Sequence[str], analyser: Analyser) -> None:
    found = symbol_texts(tokens)
    for n, (text, words) in enumerate(zip(texts, word_counts(tokens), strict=True)):
        assert tuple(found[tokens.starts[n] : tokens.starts[n + 1]]) == symbols(text)
        assert words == Counter(analyser.search_words(text))


def test_traps_come_apart_as_alone(tokenizer: Tokenizer, analyser: Analyser) -> None:
    """Runs, foldings to several and to none, long pieces, halves of characters, empty texts."""
    assert_alike(tokenizer(TRAPS), TRAPS, analyser)
    assert_alike(tokenizer([]), [], analyser)


@given(st.lists(st.text(alphabet="中国人民ab12 \u200b㎡覆，か", max_size=12), max_size=6))
def test_any_texts_come_apart_as_alone(
    tokenizer: Tokenizer, analyser: Analyser, texts: list[str]
) -> None:
    """No text runs into its neighbour."""
    assert_alike(tokenizer(texts), texts, analyser)


def test_jieba_itself_gives_the_same(analyser: Analyser) -> None:
    """Where rjieba is not installed."""
    jieba = JiebaSegmenter()
    plain = Analyser(jieba, read_stop_words())
    assert_alike(Tokenizer(jieba)(TRAPS), TRAPS, plain)


def test_real_news_comes_apart_as_alone(tokenizer: Tokenizer, analyser: Analyser) -> None:
    """Every fiftieth broadcast item."""
    with gzip.open(shared() / "data" / "cctv_xwlb.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line).get("body") or "" for line in list(lines)[::50]]
    assert_alike(tokenizer(texts), texts, analyser)


def test_edges_are_those_of_the_words(tokenizer: Tokenizer, analyser: Analyser) -> None:
    """Two bits a symbol, each text from a byte on."""
    arrays = invert.edges(tokenizer(TRAPS))
    starts = np.concatenate([[0], arrays["edge_counts"].cumsum(dtype=int)])
    for n, text in enumerate(TRAPS):
        begins, ends = analyser.word_edges(text)
        for i in range(len(symbols(text))):
            bits = int(arrays["edges"][starts[n] + i // 4]) >> (i % 4 * 2) & 3
            assert bits == (i in begins) + 2 * (i in ends), (text, i)


def test_names_are_found_as_alone(make_article: Callable[..., Article]) -> None:
    """In any text of a batch, whatever ends the one before; on real news too where it is there."""
    texts = [*TRAPS, "王小满说，文化和", "旅游部", "记者 王　强 报道", "", "市长", "周文斌说"]
    path = ROOT.parent / "shared" / "data" / "cctv_xwlb.jsonl.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)["body"] for n, line in enumerate(lines) if n % 100 == 0]
    segmenter = RjiebaSegmenter()
    alone, tokens = NamesAlone(segmenter), Tokenizer(segmenter)([*texts, *TRAPS])
    assert tokens.names == [alone(make_article("a", text, "")) for text in [*texts, *TRAPS]]
