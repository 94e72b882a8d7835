"""Search for programs that read for people, asked by the protocol's own client."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from served import ROOT, SEARCH_APP, run


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles, one whose text may not be shown, one that was withdrawn."""
    corpus = tmp_path_factory.mktemp("mcp")
    shut = corpus / "shut"
    shut.mkdir()
    lines = [
        {"id": "a", "title": "渡口的灯", "body": "渡口的灯亮了。" * 5000, "newspaper": "渡口日报",
         "date": "2021-07-01", "page_no": "A1", "authors": ["周岚"]},
        {"id": "w", "title": "撤下的", "body": "渡口的灯灭了。"},
    ]  # fmt: skip
    write(corpus / "a.jsonl", lines)
    write(shut / "s.jsonl", [{"id": "s", "title": "片段", "body": "渡口。" + "绝密的下文。" * 200}])
    (corpus / "withdrawn.txt").write_text("w\t当事人要求\n", encoding="utf-8")
    (corpus / "corpus.toml").write_text(
        '[[source]]\nfolder = "shut"\nfull_text = false\n', encoding="utf-8"
    )
    done = run("rebuild", "--corpus", corpus, "--index", corpus.parent / "mcp-index")
    assert done.returncode == 0, done.stderr
    return corpus.parent / "mcp-index"


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(text, encoding="utf-8")


def ask(index: Path, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What tools answer, one after the other, in one session; None for an error."""

    async def session() -> list[Any]:
        from mcp import ClientSession, StdioServerParameters
        from mcp.client.stdio import stdio_client

        arguments = ["mcp", "--index", str(index), "--address", "https://archive.example/"]
        server = StdioServerParameters(command=str(SEARCH_APP), args=arguments, cwd=str(ROOT))
        answers = []
        async with stdio_client(server) as streams, ClientSession(*streams) as client:
            await client.initialize()
            answers.append(sorted(tool.name for tool in (await client.list_tools()).tools))
            for name, given in calls:
                answer = await client.call_tool(name, given)
                answers.append(None if answer.is_error else answer.structured_content)
        return answers

    return asyncio.run(asyncio.wait_for(session(), 60))


def test_programs_search_read_and_learn_what_is_held(index: Path) -> None:
    """Each answer has a citation and an address; a long text comes in parts; rights hold."""
    names, found, text, rest, shut, gone, held, bad = ask(
        index,
        ("search", {"query": "渡口的灯", "date_from": "2021"}),
        ("read_article", {"article_id": "a"}),
        ("read_article", {"article_id": "a", "start": 20_000}),
        ("read_article", {"article_id": "s"}),
        ("read_article", {"article_id": "w"}),
        ("holdings", {}),
        ("search", {"query": "渡口", "date_from": "2021-13"}),
    )
    assert names == ["holdings", "read_article", "search"]
    (hit,) = found["articles"]
    assert (found["total"], hit["id"]) == (1, "a")
    assert hit["citation"] == "周岚. 渡口的灯[N]. 渡口日报, 2021-07-01(A1)."
    assert hit["address"] == "https://archive.example/articles/a"
    assert "渡口的灯" in hit["excerpts"][0]
    assert (len(text["text"]), text["next_start"]) == (20_000, 20_000)
    assert (len(rest["text"]), rest["next_start"]) == (15_000, None)
    assert (shut["full_text"], "绝密" in shut["text"]) == (False, False)
    assert gone is None
    assert held["newspapers"] == [{"value": "渡口日报", "count": 1}]
    assert (held["articles"], held["years"]) == (2, [{"value": "2021", "count": 1}])
    assert bad is None
