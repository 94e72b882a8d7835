"""In charge of the use cases, a file each; never knows HTTP, a terminal or a concrete engine.

searching, reading, suggesting, browsing, auditing: what is asked of an index. indexing: how one is
made. sheets: files beside what was read from them. `facade` is what callers hold: it finds the live
engine and hands on. A server never loads `indexing`, which brings the readers of corpora along.
"""
