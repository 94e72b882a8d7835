"""What an archive adds to the words: its own words, synonyms and stop words, as three files.

    user_dict.txt   jieba's: a word, perhaps its frequency, perhaps its tag, a line
    synonyms.txt    words by commas that mean the same: 世卫组织, 世界卫生组织, WHO
                    or one way only: 老汉口 => 汉口
    stopwords.txt   a word a line, in place of the default list

Blank lines mean nothing, nor do lines of synonyms that begin with #. A generation keeps the files
that it was built with, so that what is asked is cut as what was indexed.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from search_app.analysis.segmenter import UserWord, default_segmenter, is_jieba_han
from search_app.analysis.words import Analyser, read_stop_words
from search_app.errors import BadSetting
from search_app.model import Reject
from search_app.text.fold import simplify
from search_app.text.symbols import symbols

_FILES = USER_WORDS, SYNONYMS, STOP_WORDS = "user_dict.txt", "synonyms.txt", "stopwords.txt"
# What a query costs grows with the synonyms of each of its words; what it marks, with their length.
MOST_SYNONYMS, LONGEST = 20, 40
_COMMA, _ARROW = re.compile("[,，]"), re.compile("=>|＝＞")
# A word, its frequency (not 0), its tag.
_USER_WORD = re.compile(r"(\S+)(?:\s+(?!0+(?:\s|$))([0-9]{1,9}))?(?:\s+([a-z]+))?")


class Synonyms(NamedTuple):
    """Each of the `typed` texts is searched for as each of the `meant` ones, too."""

    typed: tuple[str, ...]
    meant: tuple[str, ...]


class Dictionaries(NamedTuple):
    """The texts of the three files; None for one that is not there."""

    user_words: str | None = None
    synonyms: str | None = None
    stop_words: str | None = None

    def __bool__(self) -> bool:
        return self != NO_DICTIONARIES

    @classmethod
    def read(cls, folder: Path) -> "Dictionaries":
        """The files of a folder; raises BadSetting, naming the first fault there is."""
        if not folder.is_dir():
            raise BadSetting(f"there is no folder {folder} to read dictionaries from")
        found = cls.kept(folder)
        if faults := list(found.faults()):
            more = ""
            if len(faults) > 1:
                more = f" (and {len(faults) - 1} more: search-app dictionary check)"
            raise BadSetting(f"{folder}/{faults[0]}{more}")
        return found

    @classmethod
    def kept(cls, folder: Path) -> "Dictionaries":
        """The files of a folder, whatever they say; raises BadSetting where one is no UTF-8."""
        texts: list[str | None] = []
        for path in map(folder.joinpath, _FILES):
            try:
                texts.append(path.read_text(encoding="utf-8-sig"))
            except FileNotFoundError:
                texts.append(None)
            except UnicodeDecodeError as error:
                line = error.object[: error.start].count(b"\n") + 1
                raise BadSetting(f"{path}:{line}: not UTF-8; save it as UTF-8") from error
        return cls(*texts)

    def write(self, folder: Path) -> None:
        """Writes the files that there are."""
        for name, text in zip(_FILES, self, strict=True):
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8", newline="\n")

    def faults(self) -> Iterator[Reject]:
        """The lines that cannot be read, with file, line and remedy."""
        # Each says of a line what is wrong with it, and what to do about it.
        faults = _user_word_fault, _synonyms_fault, _stop_word_fault
        for name, text, fault_of in zip(_FILES, self, faults, strict=True):
            for number, line in _lines(text, name):
                if fault := fault_of(line):
                    yield Reject(name, number, *fault)

    def idle(self) -> Iterator[Reject]:
        """The lines that change nothing."""
        for name, text in zip(_FILES, self, strict=True):
            seen: dict[str, int] = {}
            for number, line in _lines(text, name):
                if (known := seen.setdefault(line, number)) != number:
                    yield Reject(name, number, "is there twice", f"line {known} says the same")
                elif name == USER_WORDS and not _user_word_fault(line) and not _user_word(line):
                    reason = "changes nothing: only runs of Han characters are cut"
                    yield Reject(name, number, reason, "take the line out")

    def added_words(self) -> list[UserWord]:
        """The words for the segmenter, as it sees them: in simplified characters."""
        words: list[UserWord] = []
        for _, line in _lines(self.user_words):
            if word := _user_word(line):
                words.append(word)
        return words

    def synonym_groups(self) -> Iterator[Synonyms]:
        """What the lines of synonyms say."""
        for _, line in _lines(self.synonyms, SYNONYMS):
            sides = list(map(_terms, _ARROW.split(line)))
            yield Synonyms(sides[0], sides[-1])

    def analyser(self) -> Analyser:
        """The analyser that cuts with these words."""
        stop_words = read_stop_words()
        if self.stop_words is not None:
            stop_words = frozenset(symbols(line) for _, line in _lines(self.stop_words))
        return Analyser(default_segmenter(self.added_words()), stop_words)


NO_DICTIONARIES = Dictionaries()


def _lines(text: str | None, name: str = "") -> Iterator[tuple[int, str]]:
    for number, line in enumerate((text or "").splitlines(), 1):
        if line.strip() and not (name == SYNONYMS and line.lstrip().startswith("#")):
            yield number, line.strip()


def _terms(side: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, _COMMA.split(side))))


def _user_word(line: str) -> UserWord | None:
    parts = _USER_WORD.fullmatch(line)
    if not parts or not all(map(is_jieba_han, simplify(parts[1]))):
        return None
    return UserWord(simplify(parts[1]), int(parts[2] or 0) or None, parts[3] or "")


def _user_word_fault(line: str) -> tuple[str, str] | None:
    if not (parts := _USER_WORD.fullmatch(line)):
        return "is not a word, its frequency and its tag", "write 防汛办 100 n"
    if len(parts[1]) > LONGEST:
        return f"has a word of over {LONGEST} characters", "shorten it"
    return None


def _synonyms_fault(line: str) -> tuple[str, str] | None:
    sides = list(map(_terms, _ARROW.split(line)))
    if len(sides) > 2 or not all(sides) or (len(sides) == 1 and len(sides[0]) < 2):
        return "is no list of synonyms", "write 世卫组织, 世界卫生组织 or 老汉口 => 汉口"
    if max(map(len, sides)) > MOST_SYNONYMS:
        return f"has over {MOST_SYNONYMS} words", "split the line"
    for term in (*sides[0], *sides[-1]):
        if len(term) > LONGEST or not symbols(term):
            return f"has a word of no character, or of over {LONGEST}", "shorten it"
    return None


def _stop_word_fault(line: str) -> tuple[str, str] | None:
    if len(line.split()) > 1:
        return "has white space inside a word", "give each word a line"
    return None
