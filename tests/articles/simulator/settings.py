"""How often each state of a printed page is to be met."""

from dataclasses import dataclass, fields, replace
from random import Random


@dataclass(frozen=True)
class Settings:
    """A probability for every state; what is said of a page holds for all of it, or for none.

    The defaults are a page without any of them: headlines above, one article after another.
    """

    width: int = 16  # cells of a column
    # Of the page.
    below: float = 0.0  # headlines stand behind their bodies
    indents: float = 0.0  # paragraphs have kept their indents
    paragraph_blanks: float = 0.0  # blank lines between paragraphs
    marks: float = 0.0  # end marks: ①5
    header: float = 0.0  # folio and date
    imprint: float = 0.0  # editors, at the foot or in between
    digit_spaces: float = 0.0  # white space around digits and brackets
    justified: float = 0.0  # lines that the wrap left short are letter-spaced
    # Of a line, or of the place between two.
    spaced_lines: float = 0.0  # letter-spaced without a reason
    cut_runs: float = 0.0  # the column's edge cuts numbers and Latin words
    column_blanks: float = 0.0  # a blank line inside a text
    joined: float = 0.0  # no blank line where one article, headline or text meets the next
    shared_line: float = 0.0  # the end of one and the beginning of the next on one line
    # Of an article.
    stray: float = 0.0  # its headline stands on the other side than the page's
    kicker: float = 0.0
    subtitle: float = 0.0
    untitled: float = 0.0
    split_title: float = 0.0  # in two or three lines
    interrupted: float = 0.0  # a blank line inside the headline
    torn: float = 0.0  # the subtitle stands on the other side of the text
    spaced_title: float = 0.0  # letter-spaced
    unopened: float = 0.0  # no 本报讯, no byline
    byline_alone: float = 0.0  # on a line of its own
    agency: float = 0.0
    spaced_credit: float = 0.0  # （ 记 者 龚 琳 ）
    closing: float = 0.0  # a signature, （完） or an editor behind the text
    width_change: float = 0.0  # the rest of the text is set in another width
    continued: float = 0.0  # 下转
    continues: float = 0.0  # 上接
    caption: float = 0.0
    box: float = 0.0  # 相关链接
    table: float = 0.0
    subhead: float = 0.0
    advert: float = 0.0  # a display advertisement behind it


# The most that `mixed` draws for a state; half of the page's habits are sure or absent.
_MOST = {
    **dict.fromkeys(("spaced_lines", "column_blanks"), 0.08),
    **dict.fromkeys(("stray", "torn", "box", "subhead", "continues", "interrupted"), 0.1),
    **dict.fromkeys(("untitled", "continued", "table", "caption", "shared_line"), 0.15),
    **dict.fromkeys(("spaced_title", "spaced_credit", "advert", "unopened"), 0.2),
    **dict.fromkeys(("agency", "width_change", "closing", "byline_alone"), 0.3),
    **dict.fromkeys(("kicker", "subtitle", "cut_runs"), 0.5),
    **dict.fromkeys(("split_title", "joined"), 0.6),
}


def mixed(seed: int) -> Settings:
    """Settings drawn at random: every state is absent from some pages and frequent on others."""
    random = Random(f"settings {seed}")
    drawn = {f.name: _probability(random, f.name) for f in fields(Settings) if f.name != "width"}
    return replace(Settings(width=random.randint(10, 26)), **drawn)


def _probability(random: Random, name: str) -> float:
    if name in _MOST:
        return random.choice((0.0, 1.0, 1.0, 1.0)) * random.uniform(0, _MOST[name])
    return random.choice((0.0, 1.0, random.random(), random.random()))
