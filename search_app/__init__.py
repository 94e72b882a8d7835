"""Full-text search for Chinese newspaper text: from page dumps to found, citable articles."""

__version__ = "0.1.0"
