"""In charge of saying what the API is, to programs and to people; never answers for it."""
