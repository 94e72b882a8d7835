"""In charge of the use cases, a file each; never knows HTTP, a terminal or a concrete engine.

searching, reading, suggesting, auditing: what is asked of an index. indexing: how one is made.
sheets, explaining: what parsers read from files, and why. A server never loads the last three.
"""
