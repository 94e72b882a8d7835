"""In charge of turning files into articles. It never cuts words and never sees an index.

Files that cannot be read and records that cannot be understood become rejects that say why and
what to do; nothing is dropped in silence, nothing stops the rest. To add a kind of file, write an
importer (`example.py` is one to copy) and put it here under its ending.
"""

from collections.abc import Mapping

from search_app.articles.base import BinaryImporter, Importer
from search_app.articles.corpus.packing import ARCHIVE
from search_app.articles.pages import PAGE_PARSERS
from search_app.articles.pdf import read_pdf
from search_app.articles.records.html import read_html
from search_app.articles.records.json_lines import read_records
from search_app.articles.records.json_records import read_json
from search_app.articles.records.markdown import read_markdown
from search_app.articles.records.tables import read_csv, read_tsv

# Endings in lower case; each may be followed by .gz.
PAGES = ".txt"  # page text, for which corpus.toml may choose another parser
IMPORTERS: Mapping[str, Importer] = {
    PAGES: PAGE_PARSERS["default"],
    ".jsonl": read_records,
    ".json": read_json,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".md": read_markdown,
}
# Those that get bytes, because such a file itself says how they become text.
BINARY_IMPORTERS: Mapping[str, BinaryImporter] = {
    ".pdf": read_pdf,
    ".html": read_html,
    ".htm": read_html,
}
# All that is looked for: a zip is read member by member.
ENDINGS = (*IMPORTERS, *BINARY_IMPORTERS, ARCHIVE)
# Of these every line is read by itself, so that a long file may be read in slices.
LINE_BY_LINE = frozenset((".jsonl",))
