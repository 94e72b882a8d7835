"""jieba is the definition of the tokens; the fast segmenter gives the same ones."""

import gzip
import json
import random
import re
import tempfile
import time
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given
from needs import shared

from search_app.analysis.segmenter import JiebaSegmenter, RjiebaSegmenter
from search_app.text.fold import simplify
from search_app.text.symbols import HAN

HAN_RUN = re.compile(f"[{HAN}]+")
jieba_segmenter = JiebaSegmenter()
rjieba_segmenter = RjiebaSegmenter()


def assert_same(run: str) -> None:
    assert rjieba_segmenter.words(run) == jieba_segmenter.words(run)
    assert rjieba_segmenter.search_words(run) == jieba_segmenter.search_words(run)


def test_both_give_the_same_tokens_on_real_news() -> None:
    """All Han runs of every twentieth article."""
    with gzip.open(shared() / "data" / "cctv_xwlb.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["body"] for n, line in enumerate(lines) if n % 20 == 0]
    runs = {run for text in texts for run in HAN_RUN.findall(simplify(text))}
    assert len(runs) > 30_000
    for run in runs:
        assert_same(run)


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), max_size=20))
def test_both_give_the_same_tokens_on_any_characters(run: str) -> None:
    """Also where jieba and its counterpart disagree about what a Han character is."""
    assert_same(run)
    assert "".join(jieba_segmenter.words(run)) == run


def test_rare_characters_come_out_alone() -> None:
    """Characters beyond jieba's range are words of their own, not lost."""
    assert jieba_segmenter.words("王䶮与𠮷野") == rjieba_segmenter.words("王䶮与𠮷野")
    assert "䶮" in rjieba_segmenter.words("王䶮与𠮷野")


@pytest.mark.parametrize("segmenter", [jieba_segmenter, rjieba_segmenter])
def test_a_run_without_punctuation_stays_fast(segmenter: JiebaSegmenter) -> None:
    """200,000 characters in a row take seconds, not a minute: they are cut in pieces first."""
    run = "".join(random.Random(5).choices("防汛抗旱指挥部召开全市经济工作会议研究", k=200_000))
    started = time.process_time()
    assert "".join(segmenter.words(run)) == run
    assert time.process_time() - started < 20


def test_the_shared_cache_is_neither_read_nor_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """jieba.cache in the temporary folder belongs to whoever wrote it last."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    poisoned = tmp_path / "jieba.cache"
    poisoned.write_bytes(b"not a dictionary")
    assert JiebaSegmenter().words("防汛抗旱") == ["防汛", "抗旱"]
    assert list(tmp_path.iterdir()) == [poisoned]
    assert poisoned.read_bytes() == b"not a dictionary"
