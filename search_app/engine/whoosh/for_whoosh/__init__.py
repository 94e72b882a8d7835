"""In charge of showing a generation to plain Whoosh, as its own index; never used to answer."""
