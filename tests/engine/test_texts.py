"""The beginning of a very long article, read without the rest of it."""

import json
import zlib
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from search_app.engine.whoosh.build.batch import to_line
from search_app.engine.whoosh.store import texts
from search_app.engine.whoosh.store.array_file import ArrayFile, write_arrays
from search_app.model import Article, Source

ARTICLE = Article(id="a", title="题", body="", source=Source("a.txt", 0, 9), page_no="3")
BODIES = st.text(alphabet='防旱，\n"\\\t\x01é€😀\ud800nu0', min_size=1, max_size=40)


def written(path: Path, bodies: list[str]) -> texts.Texts:
    """All bodies in one block, as articles that were printed on page 3."""
    lines = []
    for body in bodies:
        values = json.loads(to_line(ARTICLE)) | {"body": body, "printed": body + "①"}
        lines.append(json.dumps(values, ensure_ascii=False, separators=(",", ":")))
    block = zlib.compress("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))
    write_arrays(
        path,
        {
            "blocks": np.frombuffer(block, np.uint8),
            "starts": np.array([0, len(block)], np.uint32),
            "firsts": np.array([0], np.uint32),
        },
    )
    return texts.Texts(ArrayFile(path))


@given(BODIES, st.integers(1, 60), st.integers(0, 500), st.integers(60, 900))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_body_is_cut_where_it_was_asked(
    tmp_path_factory: pytest.TempPathFactory, body: str, times: int, longest: int, kept: int
) -> None:
    """Wherever the bytes end that were unpacked: in an escape, in a character, behind the body."""
    body *= times
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "_KEPT", kept)
        patch.setattr(texts, "_BEFORE", 80)
        held = written(tmp_path_factory.mktemp("texts") / "t", ["短", body])
        for _ in range(2):
            whole, short = held.article(1), held.article(1, longest)
            assert (whole["body"], whole["printed"]) == (body, body + "①")
            assert (short["body"], short["page_no"]) == (body[:longest], "3")
            assert ("printed" in short) == (len(body) <= longest)
            assert held.article(0)["body"] == held.article(0, 5)["body"] == "短"


def test_short_fields_stand_before_the_long_ones() -> None:
    """A line may be cut off in its body without losing any of them."""
    article = Article(
        id="a", title="题", body="文", printed="文", source=ARTICLE.source, date="2020",
        authors=("王",), continued=(ARTICLE.source,), full_text=False,
    )  # fmt: skip
    assert list(json.loads(to_line(article)))[-2:] == ["body", "printed"]
