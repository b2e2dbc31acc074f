"""Local lists of stations, what they decide by themselves, and what they know of customers."""
