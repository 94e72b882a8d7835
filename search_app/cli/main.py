"""The command `search-app`: its subcommands, and how each way of ending becomes an exit code."""

import errno
import importlib
import os
import signal
import sys
from typing import Any, NoReturn

import click

from search_app import __version__
from search_app.cli.terminal import say
from search_app.errors import SearchAppError

_REMEDIES = {
    errno.ENOSPC: "; free some space or name another --index (what is live is whole)",
    errno.EROFS: "; name an --index that can be written",
    errno.EACCES: "; check who may read and write there",
}
_EPILOG = """\b
Examples:
  search-app up
  search-app rebuild --corpus corpus --index index
  search-app search '防汛抗旱 指挥部'"""
# By name the module that has it: only what is asked for is imported, so that `serve` starts
# without all that reads corpora and indexes.
_COMMANDS = {
    "dictionary": "searching", "extract": "extracting", "mcp": "mcp", "rebuild": "indexing",
    "rollback": "indexing", "search": "searching", "serve": "serving", "settings": "serving",
    "show": "searching", "status": "searching", "up": "serving", "update": "indexing",
    "verify": "indexing",
}  # fmt: skip


class _Commands(click.Group):
    """The subcommands, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"search_app.cli.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_Commands, epilog=_EPILOG, no_args_is_help=False, invoke_without_command=True,
             context_settings={"help_option_names": ["-h", "--help"],
                               "max_content_width": 100})  # fmt: skip
@click.version_option(__version__, prog_name="search-app")
@click.pass_context
def cli(context: click.Context) -> None:
    """Full-text search for Chinese newspaper text (中文报纸全文检索)."""
    if context.invoked_subcommand is None:
        raise click.UsageError("Name a command.", context)


def main() -> NoReturn:
    """Runs the command line and ends the process with the exit code of what happened."""
    for name in ("stdout", "stderr"):
        # A stream that the caller closed is None here; what is written to it goes nowhere.
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    signal.signal(signal.SIGTERM, _terminated)
    try:
        sys.exit(_run())
    except BrokenPipeError:
        # Whoever read our output has enough; nothing may be flushed into the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _run() -> int:
    try:
        # Not `cli.main`: that makes a closed pipe an error.
        with cli.make_context("search-app", sys.argv[1:]) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "search-app"
        return _fail(2, f"{error.format_message()} Try '{command} --help'.")
    except click.ClickException as error:
        return _fail(2, error.format_message())
    except SearchAppError as error:
        return _fail(error.exit_code, str(error))
    except (click.Abort, KeyboardInterrupt):
        return _fail(130, "interrupted; the index that is live is whole")
    except BrokenPipeError:
        raise
    except OSError as error:
        what = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
        return _fail(3, what + _REMEDIES.get(error.errno or 0, ""))
    return code or 0  # most commands end without one


def _fail(code: int, message: str) -> int:
    say(f"search-app: {message}")
    return code


def _terminated(*_: Any) -> NoReturn:
    # An exception, so that a half-built folder is removed on the way out.
    say("search-app: terminated; the index that is live is whole")
    sys.exit(143)
