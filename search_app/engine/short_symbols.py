"""Symbols as indexes keep them: a very long one is cut to its hash, so that every term is short."""

import hashlib

# A symbol may be a run of any length (a page of digits); its term is cut to its hash.
LONGEST_SYMBOL = 64


def short_symbol(symbol: str) -> str:
    """The symbol, or what stands for it in terms where it is very long."""
    if len(symbol) <= LONGEST_SYMBOL:
        return symbol
    digest = hashlib.blake2b(symbol.encode(), digest_size=16).hexdigest()
    return symbol[: LONGEST_SYMBOL // 2] + digest
