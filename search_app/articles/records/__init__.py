"""In charge of files that say themselves where an article begins: JSON, tables, Markdown, HTML.

It takes every field as it is; it never repairs a text or takes a page apart.
"""
