"""In charge of what operators see and choose: counts, logs, limits; it never makes an answer."""
