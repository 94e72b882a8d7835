"""In charge of which files a corpus has, and of their bytes, origins and account; never of what a
file's text means.
"""
