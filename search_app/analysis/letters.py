"""What each word may be part of, as one letter, and the expressions that match names among them.

The words of a text become a string of letters, because `re` reads strings fast. The patterns are
written with the letters' names; `_compiled` puts the letters in their place.
"""

import re


class Letter:
    """What a word may be part of; one character a word, so that expressions can read a text."""

    # Words of one character.
    SURNAME = "s"
    FOREIGN_SURNAME = "b"  # foreign names have it too
    RARE_SURNAME = "y"  # a common character, rare as a surname
    FOREIGN_CHARACTER = "f"
    GRAMMAR_IN_NAMES = "c"  # ends given names as well
    GRAMMAR = "z"
    ADMINISTRATIVE = "A"  # 市县区省
    CHARACTER = "1"  # any other
    # Words that jieba tags as names of people.
    NAME = "p"  # a surname and one character more
    LONG_NAME = "P"  # two more
    RARE_NAME = "r"  # the same two, with a rare surname
    LONG_RARE_NAME = "R"
    KNOWN_NAME = "K"
    NAME_OR_FOREIGN = "B"
    GLUED_NAME = "J"  # with what follows it
    COMPOUND_SURNAME = "S"
    GIVEN_NAME = "g"
    FOREIGN_NAME = "F"
    FOREIGN_WORD = "l"  # of characters of foreign names, but in the dictionary
    # Words beside names.
    TITLE = "t"
    BEHIND_NAME = "a"
    SPEAKING = "v"
    # Words of organisations.
    HEAD = "H"  # what they end with
    FIRM = "C"
    ORGANISATION = "O"  # a whole one
    BODY = "I"  # one that others begin with
    WHOLE_END = "W"  # the end of a whole one
    PLACE = "L"
    PLACE_THING = "G"  # 机场
    NAMED_THING = "Z"
    NOUN = "n"
    ORDINAL = "m"
    # Any other words: ODD_WORD has grammar inside.
    ODD_WORD = "X"
    OTHER_WORD = "x"
    # What stands between two runs of Han.
    COMMA = ","  # of a list: 、
    DOT = "q"
    DASH = "D"
    BLANK = "_"
    STOP = "."
    END = "!"


# A regular expression that is written with names of letters and spaces between, by letters.
def _compiled(pattern: str) -> re.Pattern[str]:
    spelled = re.sub("[A-Z_]{2,}", lambda name: getattr(Letter, name[0]), pattern)
    return re.compile(spelled.replace(" ", ""))


# Each expression begins with a set of letters, because those are found fast.
_ANY_SURNAME = "SURNAME FOREIGN_SURNAME RARE_SURNAME"
_FOREIGN_PART = "FOREIGN_NAME FOREIGN_CHARACTER FOREIGN_SURNAME NAME_OR_FOREIGN"
_GIVEN = f"[CHARACTER GRAMMAR_IN_NAMES FOREIGN_CHARACTER {_ANY_SURNAME}]"
# 理查德·凯利
_ALIEN = (
    f"[{_FOREIGN_PART}](?: [{_FOREIGN_PART} FOREIGN_WORD LONG_NAME NAME]"
    f"| SURNAME (?=[{_FOREIGN_PART}]))* (?: [DOT DASH] [{_FOREIGN_PART} FOREIGN_WORD PLACE]+ )*"
)
# 王小满, as one word or as several
_FULL = (
    f"[{_ANY_SURNAME} NAME RARE_NAME LONG_NAME LONG_RARE_NAME NAME_OR_FOREIGN GLUED_NAME KNOWN_NAME"
    " COMPOUND_SURNAME] (?:"
    f"(?<=[{_ANY_SURNAME}])"
    f"(?: [GIVEN_NAME NAME RARE_NAME NAME_OR_FOREIGN] | {_GIVEN}{{1,2}} | BLANK {_GIVEN})"
    f"| (?<=NAME) {_GIVEN}?"
    "| (?<=[RARE_NAME LONG_NAME LONG_RARE_NAME NAME_OR_FOREIGN GLUED_NAME KNOWN_NAME])"
    f"| (?<=COMPOUND_SURNAME) (?: [GIVEN_NAME FOREIGN_NAME] | {_GIVEN}{{1,2}}) )"
)
MEMBER = _compiled(_FULL)
# 县长王小满; 记者 王小满
TITLED = _compiled(
    f"[TITLE BEHIND_NAME] BLANK? ((?>{_ALIEN}) (?![DOT DASH CHARACTER ADMINISTRATIVE GIVEN_NAME"
    " GRAMMAR_IN_NAMES SURNAME RARE_SURNAME RARE_NAME LONG_RARE_NAME GLUED_NAME PLACE"
    " ODD_WORD])"
    f"| {_FULL} (?=[SPEAKING TITLE BEHIND_NAME COMMA STOP GRAMMAR BLANK ORGANISATION BODY"
    " PLACE OTHER_WORD END] | $)"
    "| LONG_NAME | [SURNAME FOREIGN_SURNAME] [PLACE NOUN] (?=[SPEAKING COMMA STOP END]) )"
)
# 王小满说; 王小满同志
SAYING = _compiled(
    f"[KNOWN_NAME LONG_NAME NAME {_ANY_SURNAME} COMPOUND_SURNAME]"
    "(?<! [SURNAME FOREIGN_SURNAME NOUN PLACE ORGANISATION]"
    f" [KNOWN_NAME LONG_NAME NAME {_ANY_SURNAME} COMPOUND_SURNAME])"
    "(?: (?<=KNOWN_NAME) | (?<=NAME) CHARACTER? (?=BEHIND_NAME)"
    "| (?<=LONG_NAME) (?=[SPEAKING BEHIND_NAME])"
    f"| (?<=[{_ANY_SURNAME}]) [GIVEN_NAME NAME] (?=[SPEAKING BEHIND_NAME])"
    "| (?<=COMPOUND_SURNAME) [GIVEN_NAME FOREIGN_NAME] (?=[SPEAKING BEHIND_NAME]) )"
)
DOTTED = _compiled(
    f"[{_FOREIGN_PART} FOREIGN_WORD] (?<![DOT DASH CHARACTER ADMINISTRATIVE GIVEN_NAME].)"
    f"(?> (?: (?<=FOREIGN_WORD) | [{_FOREIGN_PART} FOREIGN_WORD]*)"
    f"(?: DOT [{_FOREIGN_PART} FOREIGN_WORD PLACE]+ )+ )"
    "(?![DOT DASH CHARACTER ADMINISTRATIVE GIVEN_NAME GRAMMAR_IN_NAMES PLACE ODD_WORD HEAD FIRM"
    " PLACE_THING])"
)
LIST = _compiled(
    f"{_FULL} (?: COMMA {_FULL})+(?=[COMMA STOP SPEAKING TITLE GRAMMAR OTHER_WORD BLANK END] | $)"
)
ORGANISATION = _compiled(
    "[PLACE ORGANISATION BODY WHOLE_END FOREIGN_NAME NAME_OR_FOREIGN GLUED_NAME NAMED_THING"
    " ADMINISTRATIVE] (?:"
    "(?<=PLACE) PLACE{0,2} (?: [NOUN FOREIGN_NAME NAME_OR_FOREIGN LONG_NAME NAME LONG_RARE_NAME"
    " RARE_NAME GLUED_NAME FOREIGN_WORD ORDINAL NAMED_THING]{0,4} [HEAD FIRM]+"
    "| ORGANISATION+ (?: [NOUN ORDINAL NAMED_THING]{0,3} HEAD+ )? )"
    "| (?<=ORGANISATION) ORGANISATION? (?: [NOUN ORDINAL NAMED_THING]{0,3} HEAD+ )?"
    "| (?<=BODY) (?: [NOUN ORDINAL]{0,2} HEAD )* | (?<=WHOLE_END)"
    "| (?<=[FOREIGN_NAME NAME_OR_FOREIGN GLUED_NAME NAMED_THING]) FIRM"
    "| (?<![^OTHER_WORD SPEAKING TITLE BEHIND_NAME KNOWN_NAME GRAMMAR COMMA STOP BLANK END]"
    " ADMINISTRATIVE) (?<=ADMINISTRATIVE) [NOUN ORDINAL]{0,2} HEAD+ )"
)
