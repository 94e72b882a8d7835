"""In charge of taking printed pages apart into articles; it never reads a file or cuts words.

A page parser is one function from a file's text to its articles. The default one works in steps, a
module each: lines → labels → bodies → headlines buried in them → headlines → seams → roles and
fields → articles. Those of single newspapers are packages of their own, which announce them as
entry points; `docs/new-newspaper.md` goes through making one.
"""

from search_app.articles.base import PageParser
from search_app.articles.pages.parser import parse_page
from search_app.articles.plugins import ReaderTable

PAGE_PARSERS: ReaderTable[PageParser] = ReaderTable(
    "search_app.page_parsers", {"default": parse_page}
)
