"""In charge of turning files into articles. It never cuts words and never sees an index.

Files that cannot be read and records that cannot be understood become rejects that say why and
what to do; nothing is dropped in silence, nothing stops the rest. Packages outside announce their
importers as entry points (`plugins.py`); `examples/starter` in the repository is one to copy.
"""

from search_app.articles.base import BinaryImporter, Importer
from search_app.articles.corpus.files import ending_of
from search_app.articles.corpus.packing import ARCHIVE
from search_app.articles.pages.parser import parse_page
from search_app.articles.pdf import read_pdf
from search_app.articles.plugins import ReaderTable
from search_app.articles.records.html import read_html
from search_app.articles.records.json_records import read_json, read_line, read_records
from search_app.articles.records.markdown import read_markdown
from search_app.articles.records.tables import read_csv, read_tsv

PAGES = ".txt"  # page text, for which corpus.toml may choose another parser
# By ending, in lower case; each may be followed by .gz. The table also has those of other packages.
IMPORTERS: ReaderTable[Importer | BinaryImporter] = ReaderTable(
    "search_app.importers",
    {
        PAGES: parse_page,
        ".jsonl": read_records,
        ".json": read_json,
        ".csv": read_csv,
        ".tsv": read_tsv,
        ".md": read_markdown,
        ".pdf": BinaryImporter(read_pdf),
        ".html": BinaryImporter(read_html),
        ".htm": BinaryImporter(read_html),
    },
    reserved=(ARCHIVE,),
)
# Readers of single lines: such a file may be read in slices, and unchanged lines of it left out.
LINE_BY_LINE = {".jsonl": read_line}


def endings() -> tuple[str, ...]:
    """All that is looked for in a corpus; raises BadPlugin for what no file's ending can be."""
    for name in IMPORTERS:
        if ending_of(f"a{name}") != name:
            IMPORTERS.refuse(name, "no ending in small letters with its dot; mend or uninstall it")
    return (*IMPORTERS, ARCHIVE)
