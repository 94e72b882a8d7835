"""In charge of the use cases, a file each; never knows HTTP, a terminal or a concrete engine.

searching, reading, suggesting, browsing, auditing: what is asked of an index. indexing: how one is
made. sheets, explaining: what parsers read from files, and why. `SearchService` in `facade` finds
the live engine and hands on. A server never loads `indexing`: it imports the readers of corpora.
"""
