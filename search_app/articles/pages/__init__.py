"""In charge of taking printed pages apart into articles; it never reads a file or cuts words.

A page parser is one function from a file's text to its articles; `example.py` is a small one to
copy. The default one works in steps, a module each: lines → labels → bodies → headlines buried in
them → headlines → seams → roles and fields → articles. To add another, put it into the table below
under a name of its own. `docs/new-newspaper.md` goes through it.
"""

from collections.abc import Mapping

from search_app.articles.base import PageParser
from search_app.articles.pages.jingbao import parse_jingbao
from search_app.articles.pages.parser import parse_page

PAGE_PARSERS: Mapping[str, PageParser] = {
    "default": parse_page,
    "jingbao": parse_jingbao,
}
