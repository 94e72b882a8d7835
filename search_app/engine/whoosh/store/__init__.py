"""In charge of how a segment lies in its files and is read; never of what a query means."""
