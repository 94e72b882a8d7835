"""In charge of turning files into articles. It never cuts words and never sees an index."""
