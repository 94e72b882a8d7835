"""In charge of which generation is live, who writes and reads; never of what its files hold."""
