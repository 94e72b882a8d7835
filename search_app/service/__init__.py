"""The use cases, for whoever asks: the command line, the API and the pages.

This floor speaks the values of `model` and raises the errors of `errors`; it knows no HTTP, no
terminal and no concrete engine. A server needs `search` alone: `indexing` brings the readers of
corpora along.
"""
