"""In charge of which files a corpus has, their bytes, origins and account; never of their texts."""
