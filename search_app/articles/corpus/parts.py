"""A corpus cut into parts, the tasks of worker processes.

Where it is cut depends on the files alone, never on the number of workers: a build gives the same
bytes whoever reads which part.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from search_app.articles import IMPORTERS, LINE_BY_LINE
from search_app.articles.base import BinaryImporter, Issue, SourceFile
from search_app.articles.corpus.damage import DamagedFile, DamageGuard
from search_app.articles.corpus.decode import read_slices
from search_app.articles.corpus.files import CorpusFile
from search_app.articles.corpus.packing import UNPACKED_BYTES
from search_app.model import Reject
from search_app.remembered import FileReading

# Bytes of the files in a part, and characters of a slice: long enough that handing it to a worker
# costs nothing beside reading it, short enough that all workers end at about the same time.
PART_SIZE = 1_000_000
# A PDF is large by its pictures and fonts: no page has more text than this.
_TEXT_OF_PAGE = 40_000


# A file, or of a long one its slices and then what was read of it, or that it is damaged.
PartItem = CorpusFile | SourceFile | Reject | FileReading | DamagedFile


@dataclass(frozen=True, slots=True)
class CorpusPart:
    """Some files of a corpus, or a slice of one; `size` of the corpus's bytes are read with it."""

    files: tuple[PartItem, ...]
    size: int


def cut_into_parts(
    files: Iterable[CorpusFile | Reject], encoding: str | None, guard: DamageGuard
) -> Iterator[CorpusPart]:
    """The files in parts of about the same size; long files of records in slices."""
    waiting: list[CorpusFile | Reject] = []
    issue = None
    size = text = 0
    for file in files:
        is_long = isinstance(file, CorpusFile) and file.size > PART_SIZE // UNPACKED_BYTES
        before, issue = issue, issue_of_pages(file)
        # Pages of one issue are read together, as articles may run over them; but a folder of a
        # million pages of one day is not to be one task.
        goes_on = issue is not None and issue == before and text < UNPACKED_BYTES * PART_SIZE
        if waiting and (is_long or size >= PART_SIZE) and not goes_on:
            yield CorpusPart(tuple(waiting), size)
            waiting, size, text = [], 0, 0
        if isinstance(file, CorpusFile):
            if is_long and file.ending in LINE_BY_LINE:
                yield from _slices(file, encoding, guard)
                continue
            size += file.size
            is_text = not isinstance(IMPORTERS[file.ending], BinaryImporter)
            text += file.size if is_text else min(file.size, _TEXT_OF_PAGE)
        waiting.append(file)
    if waiting:
        yield CorpusPart(tuple(waiting), size)


def _slices(file: CorpusFile, encoding: str | None, guard: DamageGuard) -> Iterator[CorpusPart]:
    unread = file.size
    for piece in read_slices(file, encoding, PART_SIZE, guard):
        # Characters stand for bytes here; the last part has the difference.
        size = min(unread, len(piece.text)) if isinstance(piece, SourceFile) else unread
        unread -= size
        yield CorpusPart((piece,), size)


def issue_of_pages(file: PartItem) -> tuple[str, Issue] | None:
    """What pages have in common that articles may run over; None for anything but pages."""
    if not isinstance(file, CorpusFile) or file.ending in LINE_BY_LINE:
        return None
    if file.ending == ".pdf" and not file.issue.date:
        return file.path, file.issue  # its own pages may be an issue
    if not file.issue.page_no or not file.issue.date:
        return None
    return os.path.dirname(file.path), replace(file.issue, page_no=None)
