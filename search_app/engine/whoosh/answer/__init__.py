"""In charge of answering queries over the segments of one generation; it never writes a file."""
