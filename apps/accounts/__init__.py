"""People, organisations, roles and the keys of programs."""
