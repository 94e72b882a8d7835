"""In charge of what every engine needs of a corpus; it never knows how an index keeps that."""
