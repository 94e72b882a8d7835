"""tantivy through its Python package, doing the work that this project's engine does.

    tantivy_peer.py build  CORPUS INDEX [words]   index a file of JSON lines with one thread
    tantivy_peer.py search INDEX QUERIES          ask each of a list of queries once

Head and body are words with frequencies and pairs of symbols with positions; the article is stored
as JSON; date, year and newspaper are columns. `words` leaves the pairs out. A search gives the
addresses and scores of ten documents and the exact total, no stored text.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import clock
import tantivy
from cut import STOP, pairs, required, words
from tantivy import Occur, Query

# Enough for one segment, or two: as much as its writer takes.
HEAP = 1_000_000_000
FIELDS = (("head", "title", 1.25), ("body", "body", 1.0))


def schema() -> tantivy.Schema:
    """Words, pairs, columns and the stored article."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for field, _, _ in FIELDS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field(
            f"{field}_pairs", tokenizer_name="whitespace", index_option="position"
        )
    for facet in ("newspaper", "year"):
        builder.add_text_field(facet, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("date", indexed=True, fast=True)
    builder.add_bytes_field("article", stored=True, indexed=False)
    return builder.build()


def build(corpus: Path, folder: Path, with_pairs: bool) -> None:
    """Indexes the articles of a file and commits."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    index = tantivy.Index(schema(), path=str(folder))
    writer = index.writer(HEAP, 1)
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            writer.add_document(_document(line, with_pairs))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    clock.report(articles=index.searcher().num_docs)


def _document(line: str, with_pairs: bool) -> tantivy.Document:
    article: dict[str, Any] = json.loads(line)
    document = tantivy.Document(id=article["id"])
    for field, name, _ in FIELDS:
        text = article.get(name) or ""
        document.add_text(field, " ".join(words(text)))
        if with_pairs:
            document.add_text(f"{field}_pairs", " ".join(pairs(text)))
    if date := article.get("date"):
        document.add_unsigned("date", int(date.replace("-", "")))
        document.add_text("year", date[:4])
    if newspaper := article.get("newspaper"):
        document.add_text("newspaper", newspaper)
    document.add_bytes("article", line.encode())
    return document


class Search:
    """Answers a typed query: words that must occur as runs of symbols, words that score."""

    def __init__(self, folder: Path) -> None:
        self._schema = schema()
        index = tantivy.Index(self._schema, path=str(folder))
        index.reload()
        self._searcher = index.searcher()

    def __call__(self, query: str) -> int:
        """The total; ten scored addresses are found along with it."""
        return self._searcher.search(self._query(query), 10, count=True).count

    def _query(self, query: str) -> Query:
        chunks = query.split()
        # Stop words alone are asked for where there is nothing else.
        asked = [word for chunk in chunks for word in required(chunk)] or chunks
        clauses = [(Occur.Must, self._anywhere(word)) for word in asked]
        for chunk in chunks:
            for word in words(chunk):
                if word not in STOP:
                    clauses += self._scoring(word)
        return Query.boolean_query(clauses)

    def _anywhere(self, word: str) -> Query:
        either = [(Occur.Should, self._run(f"{field}_pairs", word)) for field, _, _ in FIELDS]
        return Query.const_score_query(Query.boolean_query(either), 0.0)

    def _run(self, field: str, word: str) -> Query:
        if len(word) == 1:
            return Query.regex_query(self._schema, field, f"{word}.*")
        found = pairs(word)[:-1]
        if len(found) == 1:
            return Query.term_query(self._schema, field, found[0])
        return Query.phrase_query(self._schema, field, found)

    def _scoring(self, word: str) -> list[tuple[Occur, Query]]:
        terms = ((Query.term_query(self._schema, f, word), boost) for f, _, boost in FIELDS)
        return [(Occur.Should, Query.boost_query(term, boost)) for term, boost in terms]


def main(command: str, first: str, second: str, *options: str) -> None:
    if command == "build":
        build(Path(first), Path(second), "words" not in options)
    else:
        queries = json.loads(Path(second).read_text(encoding="utf-8"))
        clock.report(**clock.timed(Search(Path(first)), queries))


main(*sys.argv[1:])
