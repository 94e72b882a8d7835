"""In charge of what print looks like: lines, signs, credits, headers, days, furniture, adverts.

It says what a line shows; it never decides which article a line belongs to.
"""
