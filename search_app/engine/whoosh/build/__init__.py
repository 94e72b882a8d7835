"""In charge of making a generation out of a corpus; a server that only answers never loads it."""
