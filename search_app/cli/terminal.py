"""What goes to a terminal: text without its control sequences, progress, options all share."""

import json
import os
import re
import shutil
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:  # `serve` starts without the values of the model
    from search_app.model import Reject, Source

# C0 and C1 controls but TAB and line ends, and what turns the direction of writing: text of a
# newspaper must not drive the terminal it is read on.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_NARROW = 20  # cells: ten Han characters
# Of those with one reason: a file of another kind has as many as lines.
_NAMED_REJECTS = 20
_NAMED_IDS = 3  # of those that are withdrawn and unknown; the rest are counted

F = TypeVar("F", bound=Callable[..., Any])

# The settings that commands have as options: what stands for a value, and what is said of it.
_OPTIONS = {
    "corpus": ("PATH", "Folder or file to read."),
    "index": ("FOLDER", "Folder of the index."),
    "dictionaries": ("FOLDER", "Folder of dictionaries."),
    "encoding": ("E", "Encoding of the files."),
    "jobs": ("N", "Processes that read; 0: one for each core."),
    "host": ("ADDRESS", "Address to listen on."),
    "port": ("PORT", "Port to listen on."),
    "workers": ("N", "Worker processes."),
}


def options(*names: str) -> Callable[[F], F]:
    """The options for these settings, listed in this order."""

    def decorate(command: F) -> F:
        for name in reversed(names):
            metavar, about = _OPTIONS[name]
            command = click.option(f"--{name}", metavar=metavar, help=about)(command)
        return command

    return decorate


def safe(text: str) -> str:
    """The text without anything that a terminal would obey."""
    return _UNSAFE.sub("", text)


def say(message: str) -> None:
    """Prints a line for people, on stderr; whether anyone listens there changes nothing else."""
    try:
        click.echo(safe(message), err=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def put(line: str, **style: Any) -> None:
    """Prints a line of the result, on stdout; in a style of `click.style` on a terminal only."""
    text = safe(line)
    if style:
        text = click.style(text, **style)
    # None: click looks whether stdout is a terminal. NO_COLOR is the convention of no-color.org.
    click.echo(text, color=False if "NO_COLOR" in os.environ else None)


def put_indented(text: str, indent: int, **style: Any) -> None:
    """Prints text behind an indent; on a terminal all of its lines are indented."""
    room = shutil.get_terminal_size().columns - indent
    lines: Iterable[str] = [text]
    # Into a file text goes unbroken, and on a very narrow terminal breaks would not help.
    if sys.stdout.isatty() and room > _NARROW:
        lines = _wrapped_lines(safe(text), room)
    for line in lines:
        put(" " * indent + line, **style)


# The text in lines of so many cells; a Han character takes two.
def _wrapped_lines(text: str, room: int) -> Iterator[str]:
    start = used = 0
    for i, character in enumerate(text):
        cells = _cells(character)
        if used + cells > room:
            yield text[start:i]
            start, used = i, 0
        used += cells
    yield text[start:]


def _cells(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fitted(text: str, room: int) -> str:
    """The text in so many cells: filled with spaces, or cut with … at its end."""
    text = safe(text)
    used = sum(map(_cells, text))
    if used > room:
        text = next(_wrapped_lines(text, room - 1)) + "…"
        used = sum(map(_cells, text))
    return text + " " * (room - used)


def put_json(value: Any, **more: Any) -> None:
    """Prints a frozen value as one line of JSON, on stdout."""
    click.echo(json.dumps({**asdict(value), **more}, ensure_ascii=False))


def named_range(source: "Source") -> str:
    """A file and the characters of it, as people are told where something stands."""
    return f"{source.path}: characters {source.start}-{source.end}"


class BuildProgress:
    """Shows a build: a bar where someone watches, and every reject as a line of its own.

    Those in `named` are not shown again. It gets those of this build, and of no other one once
    everything is read.
    """

    def __init__(self, named: set[str] | None = None) -> None:
        self._named, self._rejects = named, set[str]()
        self._bar: Any = None
        self._watched = sys.stderr.isatty()
        self._reasons: Counter[tuple[str, str]] = Counter()  # their first words, with the remedy

    def read(self, done: int, total: int) -> None:
        if not self._watched:
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label="reading", file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def unknown(self, withdrawn: Sequence[str]) -> None:
        # Some of them: such an article may have come back under another id.
        named = ", ".join(withdrawn[:_NAMED_IDS])
        if len(withdrawn) > _NAMED_IDS:
            named += ", …"
        say(
            f"withdrawn.txt names {len(withdrawn)} ids that no article has ({named}); "
            "check what ids these articles have now"
        )

    def writing(self) -> None:
        if self._named is not None:
            self._named.intersection_update(self._rejects)
        if self._watched:
            self.close()
            say("writing the index ...")

    def close(self) -> None:
        """Ends the bar, so that what follows has lines of its own."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
        for (start, remedy), count in self._reasons.items():
            if count > _NAMED_REJECTS:
                say(f"{count - _NAMED_REJECTS:,} more like these ({start} …): {remedy}")
        self._reasons.clear()
        if self._named is not None:
            self._named.update(self._rejects)

    def rejected(self, reject: "Reject") -> None:
        if self._named is not None:
            self._rejects.add(str(reject))
            if str(reject) in self._named:
                return
        # Behind its first words a reason has ids and lines, of which no two are the same.
        kind = " ".join(reject.reason.split()[:2]), reject.remedy
        self._reasons[kind] += 1
        if self._reasons[kind] > _NAMED_REJECTS:
            return
        if self._watched:
            click.echo("\r\x1b[K", nl=False, err=True)  # the bar goes: its line is written over
        say(str(reject))
