"""In charge of which generation is live, who writes, what goes; never of what its files hold."""
