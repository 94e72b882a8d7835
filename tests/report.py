"""Lines that a test run prints at its end: what was counted, beside what passed."""

LINES: list[str] = []


def line(text: str) -> None:
    """Adds a line."""
    LINES.append(text)
