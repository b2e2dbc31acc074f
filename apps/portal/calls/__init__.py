"""Every operation of a station's version: the list of them, and a form made from its schema."""
