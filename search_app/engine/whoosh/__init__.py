"""In charge of articles in a Whoosh index, kept in generations that are never half there."""
