"""Stock Whoosh with jieba's `ChineseAnalyzer`: the usual recipe, in one process.

    whoosh_peer.py build  CORPUS INDEX COUNT    index so many articles, spread over the corpus
    whoosh_peer.py terms  CORPUS INDEX COUNT    the same from words cut beforehand, not timed
    whoosh_peer.py cut    CORPUS INDEX          all articles, from words that rjieba cuts: sooner
    whoosh_peer.py common INDEX LEAST COUNT     words with at least so many postings, so many
    whoosh_peer.py search INDEX QUERIES         ask each of a list of queries once

COUNT 0 means all. The clock of a build starts when jieba has loaded its dictionary.
"""

import json
import random
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import clock
import jieba
from cut import STOP
from cut import words as cut_words
from jieba.analyse import ChineseAnalyzer
from texts import spread
from whoosh.fields import ID, STORED, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.qparser import MultifieldParser

jieba.setLogLevel(60)
FIELDS = ("title", "body")


def schema() -> Schema:
    """Title and body analysed and stored, as the recipe has them."""
    text = TEXT(analyzer=ChineseAnalyzer(), stored=True)
    return Schema(id=ID(stored=True, unique=True), title=text, body=text, date=STORED)


def index(folder: Path, documents: Iterable[dict[str, Any]], megabytes: int = 128) -> float:
    """Adds documents to a new index and commits; returns the seconds that took.

    `megabytes` of postings are kept before they are sorted and set aside; 128 are Whoosh's own.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started = time.perf_counter()
    writer = create_in(str(folder), schema()).writer(limitmb=megabytes)
    for document in documents:
        writer.add_document(**document)
    writer.commit()
    return time.perf_counter() - started


def build(corpus: str, folder: str, count: str) -> None:
    jieba.initialize()
    articles = [_document(article) for article in spread(Path(corpus), int(count))]
    clock.report(articles=len(articles), seconds=index(Path(folder), articles))


def terms(corpus: str, folder: str, count: str) -> None:
    """Whoosh takes a list of words in place of a text as analysed; the text is stored beside."""
    analyzer = ChineseAnalyzer()
    documents = []
    for article in spread(Path(corpus), int(count)):
        document = _document(article)
        for field in FIELDS:
            document[f"_stored_{field}"] = document[field]
            document[field] = [token.text for token in analyzer(document[field], mode="index")]
        documents.append(document)
    clock.report(articles=len(documents), seconds=index(Path(folder), documents))


def cut(corpus: str, folder: str) -> None:
    """As `terms`, to be searched and not to be timed: rjieba makes jieba's words, sooner."""
    articles = map(_document, spread(Path(corpus), 0))
    documents = ({**document, **_cut(document)} for document in articles)
    clock.report(seconds=index(Path(folder), documents, 2_048))


def _cut(document: dict[str, Any]) -> dict[str, Any]:
    words = {
        f: [w for w in cut_words(document[f]) if w.isalnum() and w not in STOP] for f in FIELDS
    }
    return words | {f"_stored_{field}": document[field] for field in FIELDS}


def common(folder: str, least: str, count: str) -> None:
    """Words of Han characters that ChineseAnalyzer leaves whole, chosen at random."""
    reader = open_dir(folder).reader()
    found = []
    for term in reader.lexicon("body"):
        word = term.decode()
        if len(word) > 1 and reader.doc_frequency("body", word) >= int(least) and _is_whole(word):
            found.append(word)
    random.Random(5).shuffle(found)
    clock.report(words=found[: int(count)])


def _is_whole(word: str) -> bool:
    return all("\u4e00" <= c <= "\u9fd5" for c in word) and jieba.lcut_for_search(word) == [word]


def search(folder: str, queries: str) -> None:
    jieba.initialize()
    opened = open_dir(folder)
    parser = MultifieldParser(FIELDS, opened.schema)
    with opened.searcher() as searcher:

        def ask(query: str) -> int:
            return len(searcher.search(parser.parse(query), limit=10))

        asked = json.loads(Path(queries).read_text(encoding="utf-8"))
        clock.report(**clock.timed(ask, asked))


def _document(article: dict[str, Any]) -> dict[str, Any]:
    document = {name: article.get(name) or "" for name in ("id", "title", "body")}
    return {**document, "date": article.get("date")}


COMMANDS = {command.__name__: command for command in (build, terms, cut, common, search)}
COMMANDS[sys.argv[1]](*sys.argv[2:])
