"""The articles of a segment: lines of JSON in packed blocks, of which one is read for a hit.

Of a very long article no more is unpacked than is asked for: its body stands behind all short
fields (`build.batch.to_line`).
"""

import json
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from search_app.engine.whoosh.store.array_file import ArrayFile

# Blocks that stay unpacked, 4 MiB a segment as most have 16 KiB: a page of results reads about ten.
CACHED_BLOCKS = 256
# Of a block that is one long article so many bytes stay, so that a cache of these is no index in
# memory, and about 80,000 characters need no second look.
_KEPT = 256 * 1024
# Most characters have three; where a body has more, it is read whole after all. Before it come the
# other fields, and the articles that are in the same block.
_BYTES_A_CHARACTER, _BEFORE = 4, 32 * 1024
_BODY = b',"body":"'
# What cannot be at the end of a text that was cut off anywhere: parts of an escape, or of a
# character of several bytes; and how far back that may begin.
_CUT_OFF, _LONGEST_CUT = re.compile(rb"(?:\\.{0,5}|[\xc0-\xff][\x80-\xbf]*)\Z", re.DOTALL), 6
_Fields = dict[str, Any]


class Texts:
    """Reads the articles of a file, by their numbers from 0; raises DamagedIndex as it does."""

    def __init__(self, file: ArrayFile) -> None:
        self._file, self._firsts = file, file["firsts"]
        # Without self: what holds the file must go with its last user, not with a cycle.
        self._kept = lru_cache(CACHED_BLOCKS)(partial(_unpacked, file, most=_KEPT))

    def article(self, number: int, longest: int | None = None) -> _Fields:
        """The fields of an article that have no default.

        Of a body longer than `longest` characters comes no more, and then nothing printed.
        """
        block = int(self._firsts.searchsorted(np.uint64(number), "right")) - 1
        index = number - int(self._firsts[block])
        lines = self._kept(block)
        if index >= len(lines) - 1:  # it was cut off
            if longest is not None:
                most = _BEFORE + _BYTES_A_CHARACTER * longest
                if most > _KEPT:
                    lines = _unpacked(self._file, block, most)
                if values := _beginning(lines, index, longest):
                    return _shortened(values, longest)
            lines = _unpacked(self._file, block)
        self._file.check(0 <= index < len(lines) - 1)
        values = json.loads(lines[index])
        return values if longest is None else _shortened(values, longest)


# The lines of a block; the last one is cut off where there are more bytes than that, else empty.
def _unpacked(file: ArrayFile, block: int, most: int = 0) -> Sequence[bytes]:
    blocks = file["blocks"]
    start, end = file.span(file.scalars("starts"), block, len(blocks))
    unpacking = zlib.decompressobj()
    data = unpacking.decompress(blocks[start:end].tobytes(), most)
    file.check(unpacking.eof or len(data) == most)
    return data.split(b"\n")


# The fields of a line that was cut off in its body; none where that is no longer than `longest`.
def _beginning(lines: Sequence[bytes], index: int, longest: int) -> _Fields | None:
    if index != len(lines) - 1:
        return None
    fields, key, body = lines[index].partition(_BODY)
    if not key:
        return None
    if cut_off := _CUT_OFF.search(body, max(0, len(body) - _LONGEST_CUT)):
        # A whole escape before it may go as well: it is a backslash, and there is more text.
        body = body[: cut_off.start()].rstrip(b"\\")
    try:
        values: _Fields = json.loads(fields + key + body + b'"}')
    except ValueError:  # the line ends behind its body
        return None
    return values if len(values["body"]) > longest else None


def _shortened(values: _Fields, longest: int) -> _Fields:
    if len(values["body"]) > longest:
        values.pop("printed", None)
        values["body"] = values["body"][:longest]
    return values
