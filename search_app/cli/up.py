"""The command `up`: an index if there is none, and then the server."""

import click

from search_app.bootstrap import indexing_service
from search_app.cli.indexing import run_build
from search_app.cli.serving import become_gunicorn, refuse_busy, serving_options
from search_app.cli.terminal import corpus_option, index_option, settings_with


@click.command(epilog="\b\nExample:\n  search-app up --port 8080")
@corpus_option
@index_option
@serving_options
def up(
    corpus: str | None,
    index: str | None,
    host: str | None,
    port: str | None,
    workers: str | None,
) -> None:
    """Build the index if there is none, then serve it."""
    settings = settings_with(corpus=corpus, index=index, host=host, port=port, workers=workers)
    refuse_busy(settings)
    if not indexing_service(settings).has_index():
        run_build("rebuild", settings)
    become_gunicorn(settings)
