"""One article as it is cited: for a list of references, and for reference managers."""

import re
from collections.abc import Iterator

from search_app.model import Article, ArticleView, Hit

# What TeX reads as a command. Braces are named, not escaped: BibTeX counts those behind a
# backslash too, and an odd one would swallow the rest of the file.
_TEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "$&#_%"},
})  # fmt: skip
# What a BibTeX key may hold everywhere; biber and classic BibTeX differ about the rest.
_NOT_IN_KEYS = re.compile("[^A-Za-z0-9.:-]")
# Words and signs that part names, or the parts of one.
_PARTING = re.compile(r"\sand\s|,", re.IGNORECASE)


def citation(article: ArticleView | Hit) -> str:
    """The article as a list of references names it (GB/T 7714-2015, 报纸中析出的文献)."""
    authors = ", ".join(article.authors) or article.agency
    issue = ", ".join(filter(None, (article.newspaper, article.date)))
    if article.page_no:
        issue += f"({article.page_no})"
    return ". ".join(filter(None, (authors, f"{cited_title(article)}[N]", issue))) + "."


def ris(article: Article, address: str) -> str:
    """A record of RIS, its lines ended by CR LF; its page here has this address."""
    fields = [("TY", "NEWS"), ("TI", cited_title(article))]
    fields += [("AU", author) for author in article.authors]
    fields.append(("T2", article.newspaper or ""))
    if article.date:
        fields += [("PY", article.date[:4]), ("DA", article.date.replace("-", "/"))]
    fields += [("SP", article.page_no or ""), ("UR", address)]
    lines = []
    for tag, value in fields:
        if on_one_line := " ".join(value.split()):
            lines.append(f"{tag}  - {on_one_line}\r\n")
    return "".join([*lines, "ER  - \r\n\r\n"])


def bibtex(article: Article, address: str) -> str:
    """An entry of BibTeX; its key is made of the id alone, and no other id has the same."""
    lines = [f"@article{{{_key(article.id)},\n"]
    for name, value in _bibtex_fields(article):
        lines.append(f"  {name} = {{{value}}},\n")
    # As it is: \\url takes it literally, and in an address signs are written in percent.
    lines.append(f"  url = {{{address}}}\n}}\n\n")
    return "".join(lines)


def cited_title(article: Article | ArticleView | Hit) -> str:
    """The title as citations give it: in brackets where none is printed (GB/T 7714-2015)."""
    return f"[{article.title}]" if article.title_is_derived else article.title


def _bibtex_fields(article: Article) -> Iterator[tuple[str, str]]:
    # In braces of its own: most styles would write its Latin words in lower case.
    yield "title", f"{{{_tex(cited_title(article))}}}"
    if article.authors:
        yield "author", " and ".join(map(_bibtex_name, article.authors))
    if article.newspaper:
        yield "journal", _tex(article.newspaper)
    if article.date:
        for name, part in zip(("year", "month", "day"), article.date.split("-"), strict=False):
            yield name, part.lstrip("0")
    if article.page_no:
        yield "pages", _tex(article.page_no)


def _tex(text: str) -> str:
    return " ".join(text.split()).translate(_TEX)


# A name that BibTeX would take apart stands in braces.
def _bibtex_name(name: str) -> str:
    return f"{{{_tex(name)}}}" if _PARTING.search(name) else _tex(name)


# What keys cannot hold as its number between underscores, so that two ids never share a key.
def _key(article_id: str) -> str:
    return _NOT_IN_KEYS.sub(lambda sign: f"_{ord(sign[0]):x}_", article_id)
