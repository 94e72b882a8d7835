"""In charge of what every engine needs of a corpus: workers, batches of tokens, signatures.

It never knows how an index keeps what was read.
"""
