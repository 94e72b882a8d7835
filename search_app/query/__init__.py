"""In charge of turning what was typed into our own small tree, and of marking what it found."""
