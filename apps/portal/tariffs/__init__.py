"""Tariffs: what charging costs, in versions, and where each applies."""
