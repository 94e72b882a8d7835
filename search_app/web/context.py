"""What the application factory was given, and how views get at it."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from search_app.service.facade import SearchService

EXTENSION = "search_app"


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the web side behaves. `hosts`: names it answers to, with or without port; empty = any."""

    lang: str = "zh"
    hosts: tuple[str, ...] = ()


def service() -> SearchService:
    """The service of the application that handles this request."""
    return cast(SearchService, current_app.extensions[EXTENSION])
