"""Building a generation: articles in, a checked folder out."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from whoosh.index import create_in
from whoosh.writing import IndexWriter

from search_app.analysis.words import Analyser
from search_app.engine.whoosh.engine import WhooshEngine
from search_app.engine.whoosh.generations import Generations
from search_app.engine.whoosh.manifest import File, Manifest, fingerprint
from search_app.engine.whoosh.schema import article_schema
from search_app.engine.whoosh.store import StoreWriter, write_withdrawn
from search_app.model import Article, Counts, Reject

Items = Iterable[Article | Reject]
# Whoosh sorts postings in runs of this size; a larger one is faster and uses more memory.
POOL_MEGABYTES = 256


def build(
    generations: Generations,
    items: Items,
    withdrawn: Mapping[str, str],
    analyser: Analyser,
    accept: Callable[[Counts], Counts],
) -> Manifest:
    """Builds the next generation and publishes it; the caller holds the writer's lock.

    `accept` sees the counts before anything is published; it returns them, perhaps completed, or
    raises so that the live generation stays.
    """
    with generations.building() as folder:
        write_withdrawn(folder, withdrawn)
        counts = accept(_write(folder, items, analyser))
        manifest = Manifest(
            generation=generations.new_name(),
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            counts=counts,
            files={p.name: File.of(p) for p in sorted(folder.iterdir())},
            fingerprint=fingerprint(),
        )
        manifest.check(folder, everything=True)
        WhooshEngine(folder, manifest)
        generations.publish(folder, manifest)
    return manifest


def _write(folder: Path, items: Items, analyser: Analyser) -> Counts:
    """Writes store, rejects and index; returns what was counted."""
    counts = Counts()
    with (
        closing(StoreWriter(folder)) as store,
        _index_writer(folder, analyser) as writer,
        (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects,
    ):
        for item in items:
            if isinstance(item, Reject):
                print(json.dumps(asdict(item), ensure_ascii=False), file=rejects)
                counts = replace(counts, rejected=counts.rejected + 1)
            elif item.kind == "furniture":
                counts = replace(counts, furniture=counts.furniture + 1)
            elif item.kind == "withdrawn":
                counts = replace(counts, withdrawn=counts.withdrawn + 1)
            else:
                store.add(item)
                writer.add_document(**_fields(item))
                counts = replace(counts, indexed=counts.indexed + 1)
    return counts


@contextmanager
def _index_writer(folder: Path, analyser: Analyser) -> Iterator[IndexWriter]:
    """A writer of one new segment, committed at the end or, after an error, given up."""
    writer = create_in(str(folder), article_schema(analyser)).writer(limitmb=POOL_MEGABYTES)
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise
    writer.commit(merge=False)
    for lock in list(folder.glob("*WRITELOCK")):
        lock.unlink()


def _fields(article: Article) -> dict[str, Any]:
    texts = {"head": article.head, "body": article.body}
    pairs = {f"{name}_pairs": text for name, text in texts.items()}
    fields = {**texts, **pairs, "byline_pairs": article.byline_text}
    return {"id": article.id, **{name: text for name, text in fields.items() if text}}
