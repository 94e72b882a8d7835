"""In charge of keeping articles and finding them again. It never sees what was typed."""
