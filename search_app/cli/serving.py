"""The commands that become a server, `serve` and `up`; and `settings`."""

import os
import socket
import sys
from pathlib import Path

import click

from search_app.cli.terminal import options, put
from search_app.errors import BadSetting, SearchAppError
from search_app.settings import Settings, read_settings

# For glibc, elsewhere nothing: queries ask for arrays of megabytes and give them back at once. Kept
# by the process they cost no page faults again, which halved the time of the slowest queries.
_MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "MALLOC_TOP_PAD_": str(16 << 20),
}


@click.command(epilog="\b\nExample:\n  search-app serve --host 127.0.0.1 --port 8000 --workers 2")
@options("index", "host", "port", "workers")
def serve(**given: str | None) -> None:
    """Serve the search page and the API.

    Without an index it waits for one.
    """
    settings = read_settings().with_options(**given)
    _refuse_busy(settings)
    _become_gunicorn(settings)


@click.command(epilog="\b\nExample:\n  search-app up --port 8080")
@options("corpus", "index", "host", "port", "workers")
def up(**given: str | None) -> None:
    """Build the index if there is none, then serve it."""
    # Here, because `serve` needs nothing of what reads a corpus.
    from search_app.bootstrap import indexing_service
    from search_app.cli.indexing import run_build

    settings = read_settings().with_options(**given)
    _refuse_busy(settings)
    if not indexing_service(settings).has_index():
        run_build("rebuild", settings)
    _become_gunicorn(settings)


@click.command(epilog="\b\nExample:\n  SEARCH_APP_PORT=8080 search-app settings")
def settings() -> None:
    """Show every setting and where its value came from."""
    for value in read_settings().all():
        put(f"{value.setting.variable}={value.text}  ({value.origin})")
        put(f"    {value.setting.help}")


# Raises SearchAppError where the port is taken, before anything is done for it.
def _refuse_busy(settings: Settings) -> None:
    host, port = settings["host"], int(settings["port"])
    if not 0 < port < 65536:
        raise BadSetting(f"--port must lie between 1 and 65535, not {port}")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            # As gunicorn does: without it a port is busy for a minute after a server has ended.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = error.strerror or error
        raise SearchAppError(
            f"cannot listen on {host}:{port} ({reason}); name another port with --port"
        ) from error


# Replaces this process, so that its pid is the arbiter's and a SIGTERM ends all.
def _become_gunicorn(settings: Settings) -> None:
    if int(settings["workers"]) < 1:
        raise BadSetting("--workers must be at least 1")
    sys.stderr.flush()
    # -P, and from the folder of wsgi.py: no file of the current folder may stand in for ours.
    command = [
        sys.executable,
        "-P",
        "-m",
        "gunicorn",
        "-c",
        "python:search_app.web.gunicorn_conf",
    ]
    environment = _MALLOC | os.environ | settings.environment()
    os.chdir(Path(__file__).parents[2])  # it lies beside the package, installed or not
    os.execve(sys.executable, command, environment)
