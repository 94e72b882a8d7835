"""How the service is operated, and which client asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

# What proxies add to a request; a client that asks for itself has none of it.
_FORWARDING = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What operators chose beside names and language; the defaults offer nothing to others."""

    origins: tuple[str, ...] = ()  # that browsers may read answers from; ("*",) is any
    rate_limit: str = ""  # as Flask-Limiter takes it; empty: none
    proxies: frozenset[str] = frozenset()  # whose word on their clients' addresses is taken
    log: str = ""  # text, json, or empty: no line for a request
    logs_queries: bool = False
    shows_metrics: bool = False  # to every client, not only to this machine
    settings: str = ""  # stands for all settings that may change an answer


def client_address(environ: Mapping[str, Any], proxies: frozenset[str]) -> str:
    """The address of who asks: of a proxy's client where the proxy is one of ours.

    Read from the right, where each proxy adds its own client; what a client wrote itself stands
    further left and is not believed.
    """
    address = str(environ.get("REMOTE_ADDR", ""))
    forwarded = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    while address in proxies and forwarded:
        address = forwarded.pop().strip() or address
    return address


def is_this_machine(environ: Mapping[str, Any]) -> bool:
    """Whether a client on this machine asks by itself, not through a proxy."""
    if any(name in environ for name in _FORWARDING):
        return False
    try:
        return ip_address(str(environ.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False
