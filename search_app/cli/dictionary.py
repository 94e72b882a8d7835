"""The commands about an archive's own dictionaries: `dictionary check` and `dictionary impact`."""

from collections.abc import Sequence
from pathlib import Path

import click

from search_app.bootstrap import search_service
from search_app.cli.terminal import (
    dictionaries_of,
    dictionaries_option,
    index_option,
    put,
    settings_with,
)
from search_app.service import auditing
from search_app.settings import Settings

_EXAMPLE = """\b
Examples:
  search-app dictionary check --dictionaries words
  search-app dictionary impact --dictionaries words --index index"""
# Words that `impact` lists, of those that come and of those that go.
_SHOWN = 20


@click.group(epilog=_EXAMPLE)
def dictionary() -> None:
    """Look at user_dict.txt, synonyms.txt and stopwords.txt before a rebuild takes them."""


@dictionary.command()
@dictionaries_option
def check(dictionaries: str | None) -> int:
    """Say what is wrong in the files, with line numbers."""
    folder = _folder(settings_with(dictionaries=dictionaries))
    faults, idle = auditing.check(folder)
    for fault in (*faults, *idle):
        put(f"{folder}/{fault}")
    if not faults:
        put(f"{folder}: in order")
    return 1 if faults else 0


@dictionary.command()
@dictionaries_option
@index_option
def impact(dictionaries: str | None, index: str | None) -> None:
    """Say which words would be cut differently, and in how many articles of the index."""
    settings = settings_with(dictionaries=dictionaries, index=index)
    found = search_service(settings).impact(_folder(settings))
    put(f"{found.changed:,} of {found.articles:,} articles would be cut differently")
    _put_words("new words", found.gained)
    _put_words("words that would go", found.lost)


def _folder(settings: Settings) -> Path:
    folder = dictionaries_of(settings)
    if folder is None or not folder.is_dir():
        raise click.UsageError("Name the folder of the dictionaries with --dictionaries.")
    return folder


def _put_words(title: str, words: Sequence[tuple[str, int]]) -> None:
    put(f"{title}: {len(words):,}")
    for word, count in words[:_SHOWN]:
        put(f"  {count:7,}  {word}")
