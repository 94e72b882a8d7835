"""In charge of the terminal: the same services as the web, results on stdout, the rest on stderr.

Exit codes: 0 done, 1 done but some input was rejected, 2 wrong usage or unknown id, 3 prevented
by the environment or a guard, 130 and 143 for an interrupt or a termination, 0 for a closed pipe.
"""
