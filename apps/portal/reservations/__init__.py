"""Reservations: the list, one of them, asking for one and giving it up."""
