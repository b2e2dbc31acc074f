"""Pure rules of stations: no Django, no I/O."""
