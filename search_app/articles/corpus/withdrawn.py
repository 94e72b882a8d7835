"""`withdrawn.txt`: the articles that may not be shown any more, each with the reason."""

from collections.abc import Mapping
from pathlib import Path

from search_app.errors import BadCorpus

NAME = "withdrawn.txt"
_NO_REASON = "withdrawn"


def read_withdrawn(corpus: Path) -> Mapping[str, str]:
    """Ids and reasons, `id TAB reason` a line; nothing where the corpus has no such file.

    Raises BadCorpus where the file cannot be read: what was withdrawn must not come back by
    accident.
    """
    path = (corpus if corpus.is_dir() else corpus.parent) / NAME
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadCorpus(f"{path} cannot be read ({error}); mend it, or remove it") from None
    # A line that is not understood stops the build: its article would be shown again.
    withdrawn = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        article_id, tab, reason = line.partition("\t")
        article_id = article_id.strip()
        if not tab or not article_id:
            raise BadCorpus(f"{path}:{number}: no TAB between id and reason; write `id TAB reason`")
        withdrawn[article_id] = reason.strip() or _NO_REASON
    return withdrawn
