"""In charge of turning what was typed into our own small tree, and of marking what it matched.

It never asks an engine and never writes HTML: others get trees, texts and ranges from it.
"""
