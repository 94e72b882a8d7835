"""In charge of the folder of generations: which is live, who writes, what goes; never of what a
generation's files hold.
"""
