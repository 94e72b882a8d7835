"""The command `serve`, and what it shares with `up`; and `settings`."""

import importlib.util
import os
import socket
import sys
from pathlib import Path

import click

from search_app.cli.terminal import F, index_option, put, settings_with
from search_app.errors import BadSetting, SearchAppError
from search_app.settings import Settings

# For glibc, elsewhere nothing: queries ask for arrays of megabytes and give them back at once. Kept
# by the process they cost no page faults again, which halved the time of the slowest queries.
_MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "MALLOC_TOP_PAD_": str(16 << 20),
}


def serving_options(command: F) -> F:
    """The options --host, --port and --workers."""
    for option in (
        click.option("--workers", metavar="N", help="Worker processes."),
        click.option("--port", metavar="PORT", help="Port to listen on."),
        click.option("--host", metavar="ADDRESS", help="Address to listen on."),
    ):
        command = option(command)
    return command


@click.command(epilog="\b\nExample:\n  search-app serve --host 127.0.0.1 --port 8000 --workers 2")
@index_option
@serving_options
def serve(index: str | None, host: str | None, port: str | None, workers: str | None) -> None:
    """Serve the search page and the API.

    Without an index it waits for one.
    """
    settings = settings_with(index=index, host=host, port=port, workers=workers)
    refuse_busy(settings)
    become_gunicorn(settings)


@click.command(epilog="\b\nExample:\n  SEARCH_APP_PORT=8080 search-app settings")
def settings() -> None:
    """Show every setting and where its value came from."""
    for value in settings_with().all():
        put(f"{value.setting.variable}={value.text}  ({value.origin})")
        put(f"    {value.setting.help}")


def refuse_busy(settings: Settings) -> None:
    """Raises SearchAppError where the port is taken, before anything is done for it."""
    host, port = settings["host"], int(settings["port"])
    if not 0 < port < 65536:
        raise BadSetting(f"--port must lie between 1 and 65535, not {port}")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = getattr(error, "strerror", None) or error
        raise SearchAppError(
            f"cannot listen on {host}:{port} ({reason}); name another port with --port"
        ) from error


def become_gunicorn(settings: Settings) -> None:
    """Replaces this process, so that its pid is the arbiter's and a SIGTERM ends all."""
    if int(settings["workers"]) < 1:
        raise BadSetting("--workers must be at least 1")
    sys.stderr.flush()
    # -P, and from the folder of wsgi.py: no file of the current folder may stand in for ours.
    found = importlib.util.find_spec("wsgi")
    assert found is not None
    assert found.origin is not None
    command = [sys.executable, "-P", "-m", "gunicorn", "-c", "python:search_app.web.gunicorn_conf"]
    environment = _MALLOC | os.environ | settings.environment()
    os.chdir(Path(found.origin).parent)
    os.execve(sys.executable, command, environment)
