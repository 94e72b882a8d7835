"""What of an index is suggested: which words, which values, and how frequent they must be."""

import re
from typing import get_args

from search_app.analysis.words import read_stop_words
from search_app.engine.base import TextKind
from search_app.filters import FILTERS
from search_app.model import ValueField
from search_app.text.symbols import HAN

# A text is worth suggesting where it stands in two articles, and in one of so many.
_RARE = 8_000
_WORD = re.compile(f"[{HAN}]{{2,8}}|[a-z]{{3,20}}")
_STOP_WORDS = frozenset("".join(word) for word in read_stop_words())
# The kind that a field's values are offered as. What is a value of several fields is offered as
# the last of its kinds, in the order of `TextKind`.
VALUES: dict[ValueField, TextKind] = {}
for kind in get_args(TextKind):
    for row in FILTERS:
        if row.suggested == kind:
            VALUES[row.field] = kind


def least(documents: int) -> int:
    """In how many of so many articles a word must stand to be suggested."""
    return max(2, documents // _RARE)


def is_suggested(word: str) -> bool:
    """Whether a word is one to type: Han or letters, no stop word."""
    return bool(_WORD.fullmatch(word)) and word not in _STOP_WORDS
