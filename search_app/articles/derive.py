"""What an article without a headline is called in lists: the beginning of its text."""

import re

from search_app.text.symbols import symbols

LONGEST_TITLE = 40
_SHORTEST_CLAUSE = 12  # a shorter one ("昨日上午，") says less than a cut sentence
_LEFT_OUT = "。，；：、 \t\u3000"  # at the end of a title
_VISIBLE = re.compile(r"\w")
_LINE = re.compile(r"[^\n]+")
_SENTENCE = re.compile(r".*?[。！？!?]+[”’」』）)》]*")
_CLAUSE_END = re.compile(r"[，；：]|[,;:](?=\s)")
_CUT_WORD = re.compile(r"\s+[A-Za-z0-9]*$")


def is_blank(text: str) -> bool:
    """Whether a text holds nothing to read or find; invisible characters alone are nothing."""
    return not _VISIBLE.search(text) and not symbols(text)


def derived_title(body: str) -> str:
    """The body's first sentence; of a long one whole clauses, or its first 40 characters.

    It always stands in the body as it is, and is empty only for a blank body.
    """
    line = ""
    for printed in _LINE.finditer(body):
        if not is_blank(printed[0]):
            line = printed[0].strip()
            break
    sentence = _SENTENCE.match(line, 0, LONGEST_TITLE + 1)
    for title in (sentence[0] if sentence else line, line):
        bare = title.rstrip(_LEFT_OUT)
        if len(bare) <= LONGEST_TITLE and not is_blank(bare):
            return bare
    if len(line) <= LONGEST_TITLE:
        return line
    end = 0
    for clause_end in _CLAUSE_END.finditer(line, 0, LONGEST_TITLE + 2):
        if _SHORTEST_CLAUSE <= clause_end.start() <= LONGEST_TITLE:
            end = clause_end.start()
    title, following = line[: end or LONGEST_TITLE], line[LONGEST_TITLE]
    # Where no clause fits, at least no word is cut.
    if not end and following.isascii() and following.isalnum():
        title = _CUT_WORD.sub("", title)
    return title.rstrip()
